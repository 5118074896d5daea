//! What an action is about.

use crate::keys::ApiKey;
use crate::{AccountRef, Artefact, FormatId, Id};

/// What an action is about: as much as is known at the moment.
///
/// A publish is decided several times: by name (and format, where it is said) before a byte of the body is read, with
/// everything once the content has told format and category, and once more when nobody else can change the artefact.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// The name of the artefact.
    pub name: Option<&'a str>,
    /// Its format.
    pub format: Option<&'a FormatId>,
    /// Its category.
    pub category: Option<&'a str>,
    /// Whether everybody may see it.
    pub public: bool,
    /// Who may see it though it is private.
    pub private_access: &'a [AccountRef],
    /// Who owns it. Nobody, as long as it is not known.
    pub owners: &'a [AccountRef],
    /// The account that it is about.
    pub account: Option<&'a AccountRef>,
    /// The key that it is about.
    pub key: Option<Id<ApiKey>>,
}

impl<'a> Target<'a> {
    /// The registry itself: keys, accounts, the audit trail.
    pub fn registry() -> Self {
        Self::default()
    }

    /// An artefact that is there.
    pub fn artefact(artefact: &'a Artefact) -> Self {
        Self {
            name: Some(artefact.name.as_str()),
            format: Some(&artefact.format),
            category: Some(&artefact.category),
            public: artefact.public,
            private_access: &artefact.private_access,
            owners: &artefact.owners,
            ..Self::default()
        }
    }

    /// An account.
    pub fn account(account: &'a AccountRef) -> Self {
        Self {
            account: Some(account),
            ..Self::default()
        }
    }

    /// A key that is there.
    pub fn key(key: &'a ApiKey) -> Self {
        Self {
            account: key.owner.as_ref(),
            key: Some(key.id),
            ..Self::default()
        }
    }
}
