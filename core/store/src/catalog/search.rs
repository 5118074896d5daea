//! How the words of a search are looked for.
//!
//! Few artefacts have a rare word: they are looked up, and asked for the other words. A word that thousands have
//! (`map` in a registry of maps) finds a page soon in the order of the list, so the list is read and each artefact asked.
//! Either way a search costs what a page costs, and not what the registry holds.

use cellier_model::ports::CatalogError;

use crate::catalog::Store;
use crate::catalog::records::end_of_prefix;
use crate::db::Query;

/// Up to so many artefacts are looked up for a word.
const FEW: u32 = 1_000;

/// The same for a search of several words, of which none is rarer: read in the order of the list, they may have no
/// artefact in common for a long time.
const MANY: u32 = 10_000;

/// The words of a search, each meant as the start of a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    all: &'a [String],
    /// The one by which artefacts are looked up; if there is none, the list is read.
    rare: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// Finds out how to look for words.
    pub(super) async fn of(store: &Store, all: &'a [String]) -> Result<Self, CatalogError> {
        let rare = match all {
            [] => None,
            [word] => rarest(store, std::slice::from_ref(word), FEW).await?,
            several => match rarest(store, several, FEW).await? {
                Some(rare) => Some(rare),
                None => rarest(store, several, MANY).await?,
            },
        };
        Ok(Self { all, rare })
    }

    /// Adds the condition that an artefact `a` has all of them.
    pub(super) fn push(self, query: &mut Query) {
        if let Some(rare) = self.rare {
            query.push(" AND a.id IN (SELECT w.artefact_id FROM artefact_words w WHERE ");
            push_starts_with(query, rare);
            query.push(")");
        }
        for word in self.all.iter().filter(|word| self.rare != Some(word)) {
            query.push(
                " AND EXISTS (SELECT 1 FROM artefact_words w WHERE w.artefact_id = a.id AND ",
            );
            push_starts_with(query, word);
            query.push(")");
        }
    }
}

/// The word that the fewest artefacts have, if these are fewer than `most`.
async fn rarest<'a>(
    store: &Store,
    words: &'a [String],
    most: u32,
) -> Result<Option<&'a str>, CatalogError> {
    let mut query = Query::new("count the words of a search", "");
    for (number, word) in (0_u64..).zip(words) {
        query.push(if number == 0 {
            "SELECT CAST("
        } else {
            " UNION ALL SELECT CAST("
        });
        query.push_value(number);
        query.push(
            " AS BIGINT) AS number, COUNT(*) AS count FROM (SELECT 1 FROM artefact_words w WHERE ",
        );
        push_starts_with(&mut query, word);
        query.push(" LIMIT ").push_value(most).push(") AS counted");
    }
    let rows = store.database.fetch_all(query).await?;
    let mut counted = Vec::new();
    for row in &rows {
        counted.push((row.unsigned("count")?, row.unsigned("number")?));
    }
    let rarest = counted.into_iter().min();
    let rarest = rarest.filter(|(count, _)| *count < u64::from(most));
    Ok(rarest.and_then(|(_, number)| {
        let word = words.get(usize::try_from(number).ok()?)?;
        Some(word.as_str())
    }))
}

fn push_starts_with(query: &mut Query, word: &str) {
    query
        .push("w.word >= ")
        .push_value(word)
        .push(" AND w.word < ");
    query.push_value(end_of_prefix(word));
}
