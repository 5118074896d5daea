//! What somebody may see, as a filter for listings.

use crate::access::{Acting, Actor};
use crate::keys::KeyType;
use crate::ports::{Sight, Visible};

/// The rule of [`Action::See`](crate::access::Action::See) as a filter.
pub fn visible_to(actor: &Actor) -> Visible {
    match actor {
        Actor::CommandLine | Actor::System => Visible::Everything,
        Actor::Anonymous => Visible::Public,
        Actor::Key(key) => match key.kind {
            KeyType::Admin => Visible::Everything,
            KeyType::Upload | KeyType::Read => Visible::PublicOr(Sight {
                scopes: vec![key.scope.clone()],
                ..Sight::default()
            }),
            KeyType::User => Visible::Nothing,
        },
        Actor::Account(acting) => visible_to_account(acting),
    }
}

fn visible_to_account(acting: &Acting) -> Visible {
    if acting.check_grant_of_read_key().is_err() {
        return Visible::Nothing;
    }
    let within = acting
        .key()
        .map(|key| key.scope.clone())
        .unwrap_or_default();
    if acting.superadmin {
        return if within.is_unlimited() {
            Visible::Everything
        } else {
            Visible::PublicOr(Sight {
                scopes: vec![within],
                ..Sight::default()
            })
        };
    }
    Visible::PublicOr(Sight {
        accounts: acting.accounts().cloned().collect(),
        scopes: acting.publish_scopes().cloned().collect(),
        within,
    })
}
