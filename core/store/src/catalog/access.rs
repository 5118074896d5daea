//! Which artefacts name which accounts, turned round so that a listing for an account need not read the others.

use std::collections::BTreeSet;

use cellier_model::Artefact;
use cellier_model::ports::CatalogError;

use crate::db::{Query, Session};

/// Brings the index up to date with what an artefact says. Most changes leave that as it is: then nothing is written.
pub(super) async fn index_accounts(
    session: &mut Session,
    artefact: &Artefact,
) -> Result<(), CatalogError> {
    let named = artefact.named_accounts();
    let select = "SELECT account FROM artefact_access WHERE artefact_id = $1";
    let query = Query::new("read which accounts are named", select).bind(artefact.id.to_string());
    let rows = session.fetch_all(query).await?;
    let stored = rows
        .iter()
        .map(|row| row.text("account"))
        .collect::<Result<BTreeSet<_>, _>>()?;
    for account in named.difference(&stored) {
        let insert = "INSERT INTO artefact_access (account, artefact_id) VALUES ($1, $2)";
        let query = Query::new("index an account", insert)
            .bind(account.as_str())
            .bind(artefact.id.to_string());
        session.execute(query).await?;
    }
    for account in stored.difference(&named) {
        let delete = "DELETE FROM artefact_access WHERE account = $1 AND artefact_id = $2";
        let query = Query::new("unindex an account", delete)
            .bind(account.as_str())
            .bind(artefact.id.to_string());
        session.execute(query).await?;
    }
    Ok(())
}
