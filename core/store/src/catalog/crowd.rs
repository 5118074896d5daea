//! Whether scopes cover so many artefacts that a listing had better be read in its own order.
//!
//! An index finds the artefacts whose names begin as a scope says; then they are sorted, which is good for few. Of many a
//! page is found sooner in the order of the list, where most lie within the scope. PostgreSQL knows how many there are and
//! chooses by itself; SQLite always takes the index of the names, and is kept from it here.

use cellier_model::keys::Scope;
use cellier_model::ports::{ArtefactQuery, ArtefactSort, CatalogError, Visible};

use crate::catalog::Store;
use crate::catalog::listing;

/// So many are a crowd: to sort fewer takes less time than to look through a list of which they are one in twenty.
const CROWD: u32 = 4_000;

/// Whether the scopes of whoever asks cover a crowd.
pub(super) async fn is_crowd(store: &Store, wanted: &ArtefactQuery) -> Result<bool, CatalogError> {
    let Visible::PublicOr(sight) = &wanted.visible else {
        return Ok(false);
    };
    let by_name = sight.scopes.iter().any(begins_a_name);
    let unlimited = sight.scopes.iter().any(Scope::is_unlimited);
    let sorts_by_name = wanted.sort == ArtefactSort::Name;
    if store.database.is_postgres() || sorts_by_name || unlimited || !by_name {
        return Ok(false);
    }
    let query = listing::count_of_scopes(sight, CROWD);
    let row = store.database.fetch_optional(query).await?;
    let count = row.map_or(Ok(0), |row| row.unsigned("count"))?;
    Ok(count == u64::from(CROWD))
}

fn begins_a_name(scope: &Scope) -> bool {
    let pattern = scope.name.as_ref();
    pattern.is_some_and(|name| name.prefix().is_some())
}
