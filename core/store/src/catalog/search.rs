//! How the words and the tag of a search are looked for.
//!
//! Few artefacts have a rare word: they are looked up, and asked for the other words. A word that thousands have
//! (`map` in a registry of maps) finds a page soon in the order of the list, so the list is read and each artefact asked.
//! The same holds for a tag. Either way a search costs what a page costs, and not what the registry holds.

use cellier_model::Tag;
use cellier_model::ports::{ArtefactQuery, CatalogError};

use crate::catalog::Store;
use crate::catalog::records::end_of_prefix;
use crate::db::Query;

/// Up to so many artefacts are looked up for a word.
const FEW: u32 = 1_000;

/// The same for a search of several words, of which none is rarer: read in the order of the list, they may have no
/// artefact in common for a long time.
const MANY: u32 = 10_000;

/// The words of a search, each meant as the start of a word, and its tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<'a> {
    all: &'a [String],
    /// The word by which artefacts are looked up; if there is none, the list is read.
    rare: Option<&'a str>,
    tag: Option<&'a Tag>,
    /// Whether artefacts are looked up by the tag.
    tag_is_rare: bool,
}

impl<'a> Search<'a> {
    /// Finds out how to look for what is wanted.
    pub(super) async fn of(store: &Store, wanted: &'a ArtefactQuery) -> Result<Self, CatalogError> {
        let all = wanted.words.as_slice();
        let rare = match all {
            [] => None,
            [word] => rarest(store, std::slice::from_ref(word), FEW).await?,
            several => match rarest(store, several, FEW).await? {
                Some(rare) => Some(rare),
                None => rarest(store, several, MANY).await?,
            },
        };
        let tag = wanted.tag.as_ref();
        let tag_is_rare = match tag {
            Some(tag) if !tag.is_latest() => is_rare(store, tag).await?,
            _ => false,
        };
        Ok(Self {
            all,
            rare,
            tag,
            tag_is_rare,
        })
    }

    /// Adds the condition that an artefact `a` has all of them.
    pub(super) fn push(self, query: &mut Query) {
        self.push_words(query);
        let Some(tag) = self.tag else {
            return;
        };
        if tag.is_latest() {
            query.push(" AND a.latest IS NOT NULL");
        } else if self.tag_is_rare {
            query.push(" AND a.id IN (SELECT t.artefact_id FROM tags t WHERE t.tag = ");
            query.push_value(tag.as_str()).push(")");
        } else {
            query.push(" AND EXISTS (SELECT 1 FROM tags t WHERE t.artefact_id = a.id AND t.tag = ");
            query.push_value(tag.as_str()).push(")");
        }
    }

    fn push_words(self, query: &mut Query) {
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

/// Whether few artefacts have a tag.
async fn is_rare(store: &Store, tag: &Tag) -> Result<bool, CatalogError> {
    let select =
        "SELECT COUNT(*) AS count FROM (SELECT 1 FROM tags WHERE tag = $1 LIMIT $2) AS counted";
    let query = Query::new("count who has the tag of a search", select)
        .planned_anew()
        .bind(tag.as_str())
        .bind(FEW);
    let row = store.database.fetch_optional(query).await?;
    let count = row.map_or(Ok(0), |row| row.unsigned("count"))?;
    Ok(count < u64::from(FEW))
}

/// The word that the fewest artefacts have, if these are fewer than `most`.
async fn rarest<'a>(
    store: &Store,
    words: &'a [String],
    most: u32,
) -> Result<Option<&'a str>, CatalogError> {
    let mut query = Query::new("count the words of a search", "").planned_anew();
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
