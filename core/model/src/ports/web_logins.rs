//! The part of the catalogue that knows sign-ins which programs have begun.

use async_trait::async_trait;

use crate::Timestamp;
use crate::accounts::AccountName;
use crate::ports::CatalogError;
use crate::sessions::TokenHash;
use crate::web_login::{MostWebLogins, PendingWebLogin};

/// Reading sign-ins that programs have begun; those that have expired are found, too.
#[async_trait]
pub trait WebLogins {
    /// The one that a program asks for.
    async fn web_login(&self, id: &TokenHash) -> Result<Option<PendingWebLogin>, CatalogError>;

    /// The one of a page.
    async fn web_login_of_page(
        &self,
        page: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError>;
}

/// Changing sign-ins that programs have begun, as part of a transaction.
#[async_trait]
pub trait WebLoginChanges {
    /// Notes one unless too many are pending; whether it was noted. Some more may get through at the same moment.
    async fn insert_web_login(
        &mut self,
        pending: &PendingWebLogin,
        most: MostWebLogins,
    ) -> Result<bool, CatalogError>;

    /// Notes who has signed in on a page, unless it has expired or somebody was faster; whether it was noted.
    async fn complete_web_login(
        &mut self,
        page: &TokenHash,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<bool, CatalogError>;

    /// Removes one and gives it to whoever removed it.
    async fn take_web_login(
        &mut self,
        id: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError>;

    /// Removes those that a user has completed and no program has asked for yet.
    async fn forget_web_logins_of(&mut self, user: &AccountName) -> Result<(), CatalogError>;

    /// Removes those that expired before this time.
    async fn forget_web_logins(&mut self, expired_before: Timestamp) -> Result<(), CatalogError>;
}
