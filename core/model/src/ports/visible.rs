//! What a caller may see, as a filter that a database understands.

use crate::keys::Scope;
use crate::{AccountRef, Artefact};

/// Which artefacts a caller may be shown. [`visible_to`](crate::access::visible_to) makes it; a test shows that it says the
/// same as the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// All.
    Everything,
    /// Public ones, and those that somebody sees beside them.
    PublicOr(Sight),
    /// Public ones.
    Public,
    /// None.
    Nothing,
}

/// What somebody sees beside what is public: within `within`, what was made visible to or is owned by one of `accounts`,
/// and what one of `scopes` covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Accounts that it may have been made visible to, or may belong to.
    pub accounts: Vec<AccountRef>,
    /// Scopes that may cover it.
    pub scopes: Vec<Scope>,
    /// What it must lie within.
    pub within: Scope,
}

impl Visible {
    /// Whether it shows an artefact: the meaning of the filter, for catalogues that are no database.
    pub fn shows(&self, artefact: &Artefact) -> bool {
        match self {
            Self::Everything => true,
            Self::Nothing => false,
            Self::Public => artefact.public,
            Self::PublicOr(sight) => artefact.public || sight.shows(artefact),
        }
    }
}

impl Sight {
    fn shows(&self, artefact: &Artefact) -> bool {
        let covers = |scope: &Scope| {
            scope.allows_name(artefact.name.as_str())
                && scope.allows_format(&artefact.format)
                && scope.allows_category(&artefact.category)
        };
        let names_account = |account: &AccountRef| {
            artefact.private_access.contains(account) || artefact.owners.contains(account)
        };
        covers(&self.within)
            && (self.scopes.iter().any(covers) || self.accounts.iter().any(names_account))
    }
}
