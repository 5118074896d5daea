//! Sign-ins that programs have begun.

use async_trait::async_trait;
use cellier_model::Timestamp;
use cellier_model::accounts::AccountName;
use cellier_model::ports::{CatalogError, WebLoginChanges, WebLogins};
use cellier_model::sessions::TokenHash;
use cellier_model::web_login::{MostWebLogins, PendingWebLogin};

use crate::catalog::Store;
use crate::catalog::records::time;
use crate::catalog::transaction::StoreTransaction;
use crate::db::{Query, Row};

macro_rules! web_login_columns {
    () => {
        "id_hash, page_hash, label, begun_at, expires_at, address, user_name"
    };
}

#[async_trait]
impl WebLogins for Store {
    async fn web_login(&self, id: &TokenHash) -> Result<Option<PendingWebLogin>, CatalogError> {
        let row = self.database.fetch_optional(by_id(id)).await?;
        row.as_ref().map(web_login).transpose()
    }

    async fn web_login_of_page(
        &self,
        page: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError> {
        let select = concat!(
            "SELECT ",
            web_login_columns!(),
            " FROM web_logins WHERE page_hash = $1"
        );
        let query = Query::new("look for the sign-in of a page", select).bind(page.to_hex());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(web_login).transpose()
    }
}

fn by_id(id: &TokenHash) -> Query {
    let select = concat!(
        "SELECT ",
        web_login_columns!(),
        " FROM web_logins WHERE id_hash = $1"
    );
    Query::new("look for a sign-in of a program", select).bind(id.to_hex())
}

fn web_login(row: &Row) -> Result<PendingWebLogin, CatalogError> {
    let parsed = |column: &'static str, problem: &str| CatalogError::Broken {
        what: column,
        problem: problem.to_owned(),
    };
    let address = row.optional_text("address")?.map(|text| text.parse());
    let user = row.optional_text("user_name")?;
    let user = user.map(|name| AccountName::parse(&name));
    Ok(PendingWebLogin {
        id: row.parsed("id_hash", TokenHash::from_hex)?,
        page: row.parsed("page_hash", TokenHash::from_hex)?,
        label: row.text("label")?,
        begun_at: time(row, "begun_at")?,
        expires_at: time(row, "expires_at")?,
        address: address
            .transpose()
            .map_err(|_not_an_address| parsed("sign-in of a program", "its address"))?,
        user: user
            .transpose()
            .map_err(|_no_name| parsed("sign-in of a program", "its user"))?,
    })
}

#[async_trait]
impl WebLoginChanges for StoreTransaction {
    async fn insert_web_login(
        &mut self,
        pending: &PendingWebLogin,
        most: MostWebLogins,
    ) -> Result<bool, CatalogError> {
        let select = "SELECT (SELECT count(*) FROM web_logins WHERE network = $1) AS of_network, \
                      (SELECT count(*) FROM web_logins) AS in_all";
        let query = Query::new("count sign-ins of programs", select).bind(pending.network());
        if let Some(row) = self.0.fetch_optional(query).await?
            && (row.unsigned("of_network")? >= u64::from(most.of_network)
                || row.unsigned("in_all")? >= u64::from(most.in_all))
        {
            return Ok(false);
        }
        let insert = concat!(
            "INSERT INTO web_logins (",
            web_login_columns!(),
            ", network) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        );
        let query = Query::new("note a sign-in of a program", insert)
            .bind(pending.id.to_hex())
            .bind(pending.page.to_hex())
            .bind(pending.label.as_str())
            .bind(pending.begun_at.as_micros())
            .bind(pending.expires_at.as_micros())
            .bind(pending.address.map(|address| address.to_string()))
            .bind(pending.user.as_ref().map(ToString::to_string))
            .bind(pending.network());
        self.execute(query).await?;
        Ok(true)
    }

    async fn complete_web_login(
        &mut self,
        page: &TokenHash,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let update = "UPDATE web_logins SET user_name = $1 \
                      WHERE page_hash = $2 AND user_name IS NULL AND expires_at > $3";
        let query = Query::new("note who has signed in for a program", update)
            .bind(user.as_str())
            .bind(page.to_hex())
            .bind(now.as_micros());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn take_web_login(
        &mut self,
        id: &TokenHash,
    ) -> Result<Option<PendingWebLogin>, CatalogError> {
        let row = self.0.fetch_optional(by_id(id)).await?;
        let delete = "DELETE FROM web_logins WHERE id_hash = $1";
        let query = Query::new("end a sign-in of a program", delete).bind(id.to_hex());
        // Of two who have read it, the one that removes it gets it.
        if self.0.execute(query).await? == 1 {
            row.as_ref().map(web_login).transpose()
        } else {
            Ok(None)
        }
    }

    async fn forget_web_logins_of(&mut self, user: &AccountName) -> Result<(), CatalogError> {
        let delete = "DELETE FROM web_logins WHERE user_name = $1";
        let query = Query::new("forget the sign-ins of a user's programs", delete);
        self.execute(query.bind(user.as_str())).await
    }

    async fn forget_web_logins(&mut self, expired_before: Timestamp) -> Result<(), CatalogError> {
        let delete = "DELETE FROM web_logins WHERE expires_at < $1";
        let query = Query::new("forget sign-ins of programs", delete);
        self.execute(query.bind(expired_before.as_micros())).await
    }
}
