//! The actors and artefacts that there are in the test, described in words of the test's own.

use std::sync::Arc;

use crate::access::{Acting, Actor, Through};
use crate::accounts::{AccountName, Granted, Person, Role, Standing};
use crate::keys::{ApiKey, KeyHash, KeyType, NamePattern, Scope};
use crate::{AccountKind, AccountRef, Artefact, ArtefactName, FormatId, Id, Timestamp, Uploader};

/// The accounts: two users and two organizations. Actors are `anna`, and may belong to `acme`.
pub(super) const ACCOUNTS: [&str; 4] = ["anna", "bert", "acme", "umbrella"];

/// A limit in words: a pattern for names, a format, a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit(
    pub(super) Option<&'static str>,
    pub(super) Option<&'static str>,
    pub(super) Option<&'static str>,
);

const ANYTHING: Limit = Limit(None, None, None);
const ACME_ONLY: Limit = Limit(Some("@acme/*"), None, None);
const TILESETS: Limit = Limit(None, Some("tileset"), None);
const OTHERS_OF_ACME: Limit = Limit(Some("@ACME/*"), Some("npm"), Some("other"));

/// A grant in words: limits for downloads, limits for publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant(pub(super) &'static [Limit], pub(super) &'static [Limit]);

const GRANTS: [Option<Grant>; 5] = [
    None,
    Some(Grant(&[ANYTHING], &[])),
    Some(Grant(&[ACME_ONLY], &[])),
    Some(Grant(&[], &[OTHERS_OF_ACME])),
    Some(Grant(&[OTHERS_OF_ACME, TILESETS], &[TILESETS, ACME_ONLY])),
];

/// The ticket by which a person comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ticket {
    Session,
    Token { read_only: bool, limit: Limit },
}

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Nobody,
    Terminal,
    /// A key that a superadmin made for no account.
    PlainKey {
        kind: &'static str,
        limit: Limit,
    },
    /// Anna.
    Person {
        superadmin: bool,
        /// Her role in acme, if she belongs to it.
        role: Option<&'static str>,
        own_grant: Option<Grant>,
        grant_of_acme: Option<Grant>,
        ticket: Ticket,
    },
    /// A read key of an account.
    AccountKey {
        owner: &'static str,
        grant: Option<Grant>,
        limit: Limit,
    },
}

impl Who {
    /// The same person without a token, if it is one with a token.
    pub(super) fn in_person(self) -> Option<Self> {
        match self {
            Self::Person {
                ticket: Ticket::Token { .. },
                superadmin,
                role,
                own_grant,
                grant_of_acme,
            } => Some(Self::Person {
                superadmin,
                role,
                own_grant,
                grant_of_acme,
                ticket: Ticket::Session,
            }),
            _ => None,
        }
    }
}

/// All actors.
pub(super) fn everybody() -> impl Iterator<Item = Who> {
    let mut everybody = vec![
        Who::Nobody,
        Who::Terminal,
        Who::PlainKey {
            kind: "admin",
            limit: ANYTHING,
        },
    ];
    for limit in [ANYTHING, ACME_ONLY, TILESETS, OTHERS_OF_ACME] {
        for kind in ["upload", "read"] {
            everybody.push(Who::PlainKey { kind, limit });
        }
        for owner in ["anna", "acme"] {
            for grant in GRANTS {
                everybody.push(Who::AccountKey {
                    owner,
                    grant,
                    limit,
                });
            }
        }
    }
    for superadmin in [false, true] {
        for (role, grant_of_acme) in places_in_acme() {
            for own_grant in GRANTS {
                for ticket in tickets() {
                    everybody.push(Who::Person {
                        superadmin,
                        role,
                        own_grant,
                        grant_of_acme,
                        ticket,
                    });
                }
            }
        }
    }
    everybody.into_iter()
}

fn places_in_acme() -> Vec<(Option<&'static str>, Option<Grant>)> {
    let mut places = vec![(None, None)];
    for role in ["member", "admin"] {
        for grant in [GRANTS[0], GRANTS[1], GRANTS[4]] {
            places.push((Some(role), grant));
        }
    }
    places
}

fn tickets() -> Vec<Ticket> {
    let mut tickets = vec![Ticket::Session];
    for read_only in [false, true] {
        for limit in [ANYTHING, ACME_ONLY] {
            tickets.push(Ticket::Token { read_only, limit });
        }
    }
    tickets
}

/// All artefacts.
pub(super) fn artefacts() -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    for (format, name, category) in [
        ("npm", "@acme/widget", "other"),
        ("npm", "@acme/catalog", "catalog"),
        ("npm", "@acme-evil/widget", "other"),
        ("tileset", "Terrain", "tileset"),
    ] {
        for public in [false, true] {
            for private_access in [&[][..], &["anna"], &["acme"], &["umbrella", "bert"]] {
                for owners in [&[][..], &["anna"], &["acme", "bert"], &["bert"]] {
                    artefacts.push(Artefact {
                        public,
                        private_access: private_access.iter().map(|name| account(name)).collect(),
                        owners: owners.iter().map(|name| account(name)).collect(),
                        ..artefact(format, name, category)
                    });
                }
            }
        }
    }
    artefacts
}

fn artefact(format: &str, name: &str, category: &str) -> Artefact {
    let at = Timestamp::from_micros(0);
    Artefact {
        id: Id::nil(),
        format: FormatId::new(format),
        name: ArtefactName::stored(name),
        category: category.to_owned(),
        title: cellier_sdk::LocalizedText::default(),
        description: cellier_sdk::LocalizedText::default(),
        public: false,
        private_access: Vec::new(),
        owners: Vec::new(),
        retention: None,
        latest: None,
        size: 0,
        revision: 1,
        created_at: at,
        updated_at: at,
        data_updated_at: at,
        deleted_at: None,
    }
}

/// An account by its name.
pub(super) fn account(name: &str) -> AccountRef {
    let kind = match name {
        "anna" | "bert" => AccountKind::User,
        _ => AccountKind::Organization,
    };
    AccountRef {
        kind,
        id: name.to_owned(),
    }
}

impl Limit {
    fn to_scope(self) -> Scope {
        Scope {
            name: self.0.map(|pattern| NamePattern::parse(pattern).unwrap()),
            format: self.1.map(FormatId::new),
            category: self.2.map(str::to_owned),
        }
    }
}

impl Grant {
    fn to_granted(self) -> Granted {
        Granted {
            download: self.0.iter().map(|limit| limit.to_scope()).collect(),
            publish: self.1.iter().map(|limit| limit.to_scope()).collect(),
        }
    }
}

impl Who {
    /// The actor as [`Authenticate`](crate::keys::Authenticate) would make it.
    pub(super) fn to_actor(self) -> Actor {
        match self {
            Self::Nobody => Actor::Anonymous,
            Self::Terminal => Actor::CommandLine,
            Self::PlainKey { kind, limit } => {
                Actor::Key(Arc::new(key(kind.parse().unwrap(), limit)))
            }
            Self::AccountKey {
                owner,
                grant,
                limit,
            } => {
                let key = ApiKey {
                    owner: Some(account(owner)),
                    ..key(KeyType::Read, limit)
                };
                let acting = Acting::read_key(standing(owner, None, grant), Arc::new(key));
                Actor::Account(Box::new(acting))
            }
            Self::Person {
                superadmin,
                role,
                own_grant,
                grant_of_acme,
                ticket,
            } => {
                let mut standings = vec![standing("anna", None, own_grant)];
                if let Some(role) = role {
                    let role = role.parse().unwrap();
                    standings.push(standing("acme", Some(role), grant_of_acme));
                }
                let person = Person {
                    name: AccountName::parse("anna").unwrap(),
                    superadmin,
                    standings,
                };
                Actor::Account(Box::new(Acting::person(person, ticket.to_way())))
            }
        }
    }
}

impl Ticket {
    fn to_way(self) -> Through {
        match self {
            Self::Session => Through::Session(Id::nil()),
            Self::Token { read_only, limit } => Through::Key(Arc::new(ApiKey {
                owner: Some(account("anna")),
                read_only,
                ..key(KeyType::User, limit)
            })),
        }
    }
}

fn standing(name: &str, role: Option<Role>, grant: Option<Grant>) -> Standing {
    Standing {
        account: account(name),
        role,
        grant: grant.map(Grant::to_granted),
    }
}

fn key(kind: KeyType, limit: Limit) -> ApiKey {
    ApiKey {
        id: Id::nil(),
        short_id: "00000000".to_owned(),
        name: "k".to_owned(),
        kind,
        owner: None,
        read_only: false,
        scope: limit.to_scope(),
        hash: KeyHash::from_bytes([0; 64]),
        created_by: Uploader::default(),
        created_at: Timestamp::from_micros(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}
