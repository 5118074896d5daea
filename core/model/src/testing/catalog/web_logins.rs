//! Sign-ins that programs have begun, in memory.

use async_trait::async_trait;

use super::{MemoryCatalog, MemoryTransaction};
use crate::Timestamp;
use crate::accounts::AccountName;
use crate::ports::{CatalogError, WebLoginChanges, WebLogins};
use crate::sessions::TokenHash;
use crate::web_login::{MostWebLogins, PendingWebLogin};

#[async_trait]
impl WebLogins for MemoryCatalog {
    async fn web_login(&self, id: &TokenHash) -> Result<Option<PendingWebLogin>, CatalogError> {
        let tables = self.lock();
        let found = tables.web_logins.iter().find(|pending| pending.id == *id);
        Ok(found.cloned())
    }

    async fn web_login_of_page(
        &self,
        page: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError> {
        let tables = self.lock();
        let mut pending = tables.web_logins.iter();
        Ok(pending.find(|pending| pending.page == *page).cloned())
    }
}

#[async_trait]
impl WebLoginChanges for MemoryTransaction {
    async fn insert_web_login(
        &mut self,
        pending: &PendingWebLogin,
        most: MostWebLogins,
    ) -> Result<bool, CatalogError> {
        let all = &mut self.working.web_logins;
        let of_network = all.iter().filter(|one| one.network() == pending.network());
        let is_full = of_network.count() >= most.of_network as usize;
        if is_full || all.len() >= most.in_all as usize {
            return Ok(false);
        }
        all.push(pending.clone());
        Ok(true)
    }

    async fn complete_web_login(
        &mut self,
        page: &TokenHash,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let mut all = self.working.web_logins.iter_mut();
        let found = all.find(|pending| pending.page == *page && pending.is_waiting(now));
        Ok(found
            .map(|pending| pending.user = Some(user.clone()))
            .is_some())
    }

    async fn take_web_login(
        &mut self,
        id: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError> {
        let all = &mut self.working.web_logins;
        let position = all.iter().position(|pending| pending.id == *id);
        Ok(position.map(|position| all.swap_remove(position)))
    }

    async fn forget_web_logins_of(&mut self, user: &AccountName) -> Result<(), CatalogError> {
        let all = &mut self.working.web_logins;
        all.retain(|pending| pending.user.as_ref() != Some(user));
        Ok(())
    }

    async fn forget_web_logins(&mut self, expired_before: Timestamp) -> Result<(), CatalogError> {
        let all = &mut self.working.web_logins;
        all.retain(|pending| pending.expires_at >= expired_before);
        Ok(())
    }
}
