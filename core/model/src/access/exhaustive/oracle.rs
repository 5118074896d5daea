//! What the rules say, worked out in another way than the decision does: with sets of artefacts.

use std::collections::BTreeSet;

use crate::access::Action;
use crate::access::exhaustive::world::{Grant, Limit, Ticket, Who};
use crate::{AccountRef, Artefact};

/// The answer that somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As asked.
    Yes,
    /// 403
    No,
    /// 404
    NothingThere,
    /// 401
    WhoAreYou,
}

/// Numbers of artefacts.
type Set = BTreeSet<usize>;

/// What one actor may do with a world of artefacts.
pub(super) struct Oracle<'a> {
    world: &'a [Artefact],
    who: &'a Who,
    anonymous_downloads: bool,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(world: &'a [Artefact], who: &'a Who, anonymous_downloads: bool) -> Self {
        Self {
            world,
            who,
            anonymous_downloads,
        }
    }

    /// The verdict on an action for every artefact in turn.
    pub(super) fn about_artefacts(&self, action: Action) -> Vec<Verdict> {
        let visible = self.visible();
        let allowed = match action {
            Action::See => visible.clone(),
            Action::SeeInternals => self.with_internals(),
            Action::Download => self.downloadable(),
            Action::Publish => self.publishable(),
            Action::Tag | Action::Yank => &self.publishable() & &visible,
            Action::SetOwners => self.to_hand_over(),
            Action::Edit | Action::Delete => self.to_administer(),
            other => panic!("{other:?} is not about artefacts"),
        };
        let verdict = |number: usize| {
            let shows = visible.contains(&number);
            match (self.who, action) {
                _ if allowed.contains(&number) => Verdict::Yes,
                _ if self.is_bankrupt() => Verdict::No,
                (Who::Nobody, Action::See | Action::Download | Action::SeeInternals) => {
                    if shows && action != Action::See {
                        Verdict::WhoAreYou
                    } else {
                        Verdict::NothingThere
                    }
                }
                (Who::Nobody, _) => Verdict::WhoAreYou,
                // Publishing is refused the same way whether the name is taken or not.
                (_, Action::Publish) => Verdict::No,
                _ if shows => Verdict::No,
                _ => Verdict::NothingThere,
            }
        };
        (0..self.world.len()).map(verdict).collect()
    }

    /// The verdict on an action on an account.
    pub(super) fn about_account(&self, action: Action, name: &str) -> Verdict {
        let own = self.own_accounts().contains(&name);
        let yes_if = |yes| if yes { Verdict::Yes } else { Verdict::No };
        if self.rules_everything() {
            return Verdict::Yes;
        }
        match self.who {
            Who::Nobody => Verdict::WhoAreYou,
            Who::PlainKey { .. } => Verdict::No,
            _ if self.is_bankrupt() => Verdict::No,
            Who::AccountKey { .. } if action == Action::MakeReadKey => Verdict::No,
            Who::Person { .. } if action == Action::MakeReadKey => {
                yes_if(own && self.has_free_hand() && self.grant_of(name).is_some())
            }
            _ if !own => Verdict::NothingThere,
            Who::AccountKey { .. } => Verdict::No,
            Who::Person { role, .. } => match action {
                Action::SeeAccount => Verdict::Yes,
                Action::UseKeysOf => yes_if(self.has_free_hand()),
                Action::ManageMembers => {
                    yes_if(self.has_free_hand() && name == "acme" && *role == Some("admin"))
                }
                other => panic!("{other:?} is not about accounts"),
            },
            Who::Terminal => Verdict::Yes,
        }
    }

    /// The verdict on an action on the registry.
    pub(super) fn about_registry(&self, action: Action) -> Verdict {
        let yes_if = |yes| if yes { Verdict::Yes } else { Verdict::No };
        let in_session = matches!(
            self.who,
            Who::Person {
                ticket: Ticket::Session,
                ..
            }
        );
        match (action, self.who) {
            (Action::List, _) => yes_if(!self.is_bankrupt()),
            (_, Who::Nobody) => Verdict::WhoAreYou,
            (Action::ManageSelf, _) => yes_if(in_session),
            (Action::IssueToken, who) => {
                yes_if(matches!(who, Who::Person { .. }) && self.has_free_hand())
            }
            _ => yes_if(self.rules_everything()),
        }
    }

    fn those(&self, condition: impl Fn(&Artefact) -> bool) -> Set {
        let numbered = self.world.iter().enumerate();
        numbered
            .filter(|(_, artefact)| condition(artefact))
            .map(|(number, _)| number)
            .collect()
    }

    fn all(&self) -> Set {
        self.those(|_| true)
    }

    fn public(&self) -> Set {
        self.those(|artefact| artefact.public)
    }

    fn within(&self, limits: &[Limit]) -> Set {
        self.those(|artefact| limits.iter().any(|limit| covers(*limit, artefact)))
    }

    fn owned(&self) -> Set {
        self.those(|artefact| self.has_one_of(&artefact.owners))
    }

    fn made_visible(&self) -> Set {
        self.those(|artefact| self.has_one_of(&artefact.private_access))
    }

    fn has_one_of(&self, accounts: &[AccountRef]) -> bool {
        let own = self.own_accounts();
        accounts
            .iter()
            .any(|account| own.contains(&account.id.as_str()))
    }

    /// What may be published by grant, whoever owns it.
    fn granted_to_publish(&self) -> Set {
        let grants = self.grants();
        let limits: Vec<Limit> = grants.iter().flat_map(|grant| grant.1).copied().collect();
        self.within(&limits)
    }

    fn granted_to_download(&self) -> Set {
        let grants = self.grants();
        let limits: Vec<Limit> = grants.iter().flat_map(|grant| grant.0).copied().collect();
        self.within(&limits)
    }

    /// What lies within the limit of the ticket.
    fn within_ticket(&self) -> Set {
        match self.who {
            Who::Nobody => Set::new(),
            Who::Terminal => self.all(),
            Who::PlainKey { limit, .. } | Who::AccountKey { limit, .. } => self.within(&[*limit]),
            Who::Person { ticket, .. } => match ticket {
                Ticket::Session => self.all(),
                Ticket::Token { limit, .. } => self.within(&[*limit]),
            },
        }
    }

    fn visible(&self) -> Set {
        if self.is_bankrupt() {
            return Set::new();
        }
        let privately = match self.who {
            Who::Nobody => Set::new(),
            Who::Terminal
            | Who::PlainKey { .. }
            | Who::Person {
                superadmin: true, ..
            } => self.all(),
            Who::Person { .. } | Who::AccountKey { .. } => {
                let by_right = &self.owned() | &self.made_visible();
                &by_right | &self.granted_to_publish()
            }
        };
        &self.public() | &(&privately & &self.within_ticket())
    }

    fn downloadable(&self) -> Set {
        if self.is_bankrupt() {
            return Set::new();
        }
        let by_right = match self.who {
            Who::Nobody => Set::new(),
            Who::Terminal
            | Who::PlainKey { .. }
            | Who::Person {
                superadmin: true, ..
            } => self.all(),
            Who::Person { .. } | Who::AccountKey { .. } => {
                let without_grant = &self.owned() | &self.granted_to_publish();
                &without_grant | &self.granted_to_download()
            }
        };
        let by_right = &(&by_right & &self.within_ticket()) & &self.visible();
        if self.anonymous_downloads {
            &by_right | &self.public()
        } else {
            by_right
        }
    }

    fn publishable(&self) -> Set {
        let nobodys = self.those(|artefact| artefact.owners.is_empty());
        let by_right = match self.who {
            _ if self.only_reads() => Set::new(),
            Who::Nobody | Who::AccountKey { .. } | Who::PlainKey { kind: "read", .. } => Set::new(),
            Who::Terminal
            | Who::PlainKey { .. }
            | Who::Person {
                superadmin: true, ..
            } => self.all(),
            Who::Person { .. } => &self.granted_to_publish() & &(&self.owned() | &nobodys),
        };
        &by_right & &self.within_ticket()
    }

    fn to_hand_over(&self) -> Set {
        let owned = match self.who {
            Who::Person { .. } if !self.only_reads() => self.owned(),
            _ => Set::new(),
        };
        &(&owned & &self.within_ticket()) | &self.to_administer()
    }

    fn with_internals(&self) -> Set {
        let administered = match self.who {
            Who::Person {
                superadmin: true, ..
            } => self.within_ticket(),
            Who::Person { .. } | Who::AccountKey { .. } => Set::new(),
            _ => self.to_administer(),
        };
        let owned = match self.who {
            Who::Person { .. } => self.owned(),
            Who::AccountKey { .. } if !self.is_bankrupt() => self.owned(),
            _ => Set::new(),
        };
        &administered | &(&owned & &self.within_ticket())
    }

    fn to_administer(&self) -> Set {
        match self.who {
            Who::Terminal | Who::PlainKey { kind: "admin", .. } => self.all(),
            Who::Person {
                superadmin: true, ..
            } if !self.only_reads() => self.within_ticket(),
            _ => Set::new(),
        }
    }

    /// A read key whose account was granted nothing is refused everything.
    fn is_bankrupt(&self) -> bool {
        matches!(self.who, Who::AccountKey { grant: None, .. })
    }

    fn only_reads(&self) -> bool {
        let ticket = match self.who {
            Who::Person { ticket, .. } => Some(*ticket),
            _ => None,
        };
        matches!(
            ticket,
            Some(Ticket::Token {
                read_only: true,
                ..
            })
        )
    }

    /// Whether a person is bound by nothing but the rights themselves.
    fn has_free_hand(&self) -> bool {
        match self.who {
            Who::Person { ticket, .. } => match ticket {
                Ticket::Session => true,
                Ticket::Token { read_only, limit } => {
                    !read_only && *limit == Limit(None, None, None)
                }
            },
            _ => false,
        }
    }

    fn rules_everything(&self) -> bool {
        match self.who {
            Who::Terminal | Who::PlainKey { kind: "admin", .. } => true,
            Who::Person { superadmin, .. } => *superadmin && self.has_free_hand(),
            _ => false,
        }
    }

    fn own_accounts(&self) -> Vec<&'static str> {
        match self.who {
            Who::Person { role: None, .. } => vec!["anna"],
            Who::Person { role: Some(_), .. } => vec!["anna", "acme"],
            Who::AccountKey { owner, .. } => vec![owner],
            _ => Vec::new(),
        }
    }

    fn grant_of(&self, name: &str) -> Option<Grant> {
        match self.who {
            Who::Person { own_grant, .. } if name == "anna" => *own_grant,
            Who::Person { grant_of_acme, .. } if name == "acme" => *grant_of_acme,
            Who::AccountKey { grant, .. } => *grant,
            _ => None,
        }
    }

    fn grants(&self) -> Vec<Grant> {
        let names = self.own_accounts();
        names
            .iter()
            .filter_map(|name| self.grant_of(name))
            .collect()
    }
}

fn covers(Limit(pattern, format, category): Limit, artefact: &Artefact) -> bool {
    let name = artefact.name.as_str().to_lowercase();
    let name_fits = match pattern.map(str::to_lowercase) {
        None => true,
        Some(pattern) if pattern.ends_with('*') => name.starts_with(&pattern[..pattern.len() - 1]),
        Some(pattern) => name == pattern,
    };
    name_fits
        && format.is_none_or(|format| artefact.format.as_str() == format)
        && category.is_none_or(|category| artefact.category == category)
}
