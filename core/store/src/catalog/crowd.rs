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

/// Which indexes may find what scopes cover.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indexes {
    /// That of the names.
    pub(super) of_names: bool,
    /// Those of formats and categories that are wanted.
    pub(super) of_filters: bool,
}

impl Indexes {
    /// For a few.
    const FEW: Self = Self {
        of_names: true,
        of_filters: false,
    };

    /// Where the database chooses well by itself.
    const ALL: Self = Self {
        of_names: true,
        of_filters: true,
    };

    /// For a crowd: the order of the list, or what is wanted of it.
    const CROWD: Self = Self {
        of_names: false,
        of_filters: true,
    };
}

/// The indexes for a page, and those for the count of all pages.
pub(super) async fn indexes(
    store: &Store,
    wanted: &ArtefactQuery,
) -> Result<(Indexes, Indexes), CatalogError> {
    if store.database.is_postgres() {
        return Ok((Indexes::ALL, Indexes::ALL));
    }
    if !is_crowd(store, wanted).await? {
        return Ok((Indexes::FEW, Indexes::FEW));
    }
    // One range of names is in their order, several are not.
    let is_one_range =
        matches!(&wanted.visible, Visible::PublicOr(sight) if sight.scopes.len() == 1);
    let page = match wanted.sort {
        ArtefactSort::Name if is_one_range => Indexes::ALL,
        ArtefactSort::Name | ArtefactSort::Updated => Indexes::CROWD,
    };
    // A count ends soon among the names, unless only some of them are wanted.
    let wants_all = wanted.format.is_none() && wanted.category.is_none();
    let count = if wants_all {
        Indexes::FEW
    } else {
        Indexes::CROWD
    };
    Ok((page, count))
}

/// Whether the scopes of whoever asks cover a crowd.
async fn is_crowd(store: &Store, wanted: &ArtefactQuery) -> Result<bool, CatalogError> {
    let Visible::PublicOr(sight) = &wanted.visible else {
        return Ok(false);
    };
    let by_name = sight.scopes.iter().any(begins_a_name);
    let unlimited = sight.scopes.iter().any(Scope::is_unlimited);
    if unlimited || !by_name {
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
