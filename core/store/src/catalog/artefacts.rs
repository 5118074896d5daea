//! Artefacts.

use async_trait::async_trait;
use cellier_model::keys::Scope;
use cellier_model::ports::{
    ArtefactPage, ArtefactQuery, ArtefactSort, Artefacts, CatalogError, Visible,
};
use cellier_model::{Artefact, FormatId, Id, Tag, fold_name};
use cellier_sdk::Version;

use crate::catalog::Store;
use crate::catalog::records::{artefact, end_of_prefix, tag};
use crate::db::{Query, Row};

/// How many artefacts a word of a search may find at most. A word that finds more (`map` in a registry of maps) finds the
/// first so many; a second word is looked for among all that have it.
const CANDIDATES: u32 = 10_000;

macro_rules! artefact_columns {
    () => {
        "a.id, a.format, a.name, a.category, a.title, a.description, a.public, a.private_access, a.retention, \
         a.latest, a.size, a.revision, a.created_at, a.updated_at, a.data_updated_at, a.deleted_at"
    };
}
pub(super) use artefact_columns;

#[async_trait]
impl Artefacts for Store {
    async fn artefact(
        &self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Artefact>, CatalogError> {
        let select = concat!(
            "SELECT ",
            artefact_columns!(),
            " FROM artefacts a WHERE a.format = $1 AND a.name_fold = $2 AND a.deleted_at IS NULL"
        );
        let query = Query::new("read an artefact", select)
            .bind(format.as_str())
            .bind(fold_name(name));
        let read = async {
            let row = self.database.fetch_optional(query).await?;
            row.as_ref().map(artefact).transpose()
        };
        let question = (format.clone(), fold_name(name));
        self.reads
            .get(|reads| &mut reads.artefacts, question, read)
            .await
    }

    async fn artefacts_named(&self, name: &str) -> Result<Vec<Artefact>, CatalogError> {
        let select = concat!(
            "SELECT ",
            artefact_columns!(),
            " FROM artefacts a WHERE a.name_fold = $1 AND a.deleted_at IS NULL ORDER BY a.created_at, a.id"
        );
        let query = Query::new("read the artefacts of a name", select).bind(fold_name(name));
        self.database
            .fetch_all(query)
            .await?
            .iter()
            .map(artefact)
            .collect()
    }

    async fn list_artefacts(&self, wanted: &ArtefactQuery) -> Result<ArtefactPage, CatalogError> {
        let mut page = Query::new(
            "list artefacts",
            concat!("SELECT ", artefact_columns!(), " FROM artefacts a WHERE "),
        );
        push_filter(&mut page, wanted);
        push_page(&mut page, wanted);
        let rows = self.database.fetch_all(page).await?;
        let more = rows.len() > wanted.limit as usize;
        let artefacts = rows
            .iter()
            .take(wanted.limit as usize)
            .map(artefact)
            .collect::<Result<_, _>>()?;

        let mut count = Query::new(
            "count artefacts",
            "SELECT count(*) AS count FROM (SELECT 1 FROM artefacts a WHERE ",
        );
        push_filter(&mut count, wanted);
        count
            .push(" LIMIT ")
            .push_value(ArtefactPage::COUNTED)
            .push(") AS counted");
        let counted = self.database.fetch_optional(count).await?;
        let count = counted.map_or(Ok(0), |row| row.unsigned("count"))?;
        Ok(ArtefactPage {
            artefacts,
            more,
            count: u32::try_from(count).unwrap_or(u32::MAX),
        })
    }

    async fn tags(&self, artefact: Id<Artefact>) -> Result<Vec<(Tag, Version)>, CatalogError> {
        let select = "SELECT t.tag, v.version FROM tags t JOIN versions v ON v.id = t.version_id \
                      WHERE t.artefact_id = $1 ORDER BY t.tag";
        let rows = self
            .database
            .fetch_all(Query::new("read tags", select).bind(artefact.to_string()))
            .await?;
        let read = |row: &Row| Ok((tag(row)?, row.parsed("version", Version::opaque)?));
        rows.iter().map(read).collect()
    }
}

fn push_filter(query: &mut Query, wanted: &ArtefactQuery) {
    query.push("a.deleted_at IS NULL");
    match &wanted.visible {
        Visible::Everything => {}
        Visible::Public => {
            query.push(" AND a.public");
        }
        Visible::PublicOrWithin(scope) => {
            query.push(" AND (a.public OR (");
            push_scope(query, scope);
            query.push("))");
        }
    }
    for word in &wanted.words {
        query.push(" AND a.id IN (SELECT w.artefact_id FROM artefact_words w WHERE w.word >= ");
        query
            .push_value(word.as_str())
            .push(" AND w.word < ")
            .push_value(end_of_prefix(word));
        query.push(" LIMIT ").push_value(CANDIDATES).push(")");
    }
    if let Some(format) = &wanted.format {
        query.push(" AND a.format = ").push_value(format.as_str());
    }
    if let Some(category) = &wanted.category {
        query
            .push(" AND a.category = ")
            .push_value(category.as_str());
    }
    match &wanted.tag {
        None => {}
        Some(tag) if tag.is_latest() => {
            query.push(" AND a.latest IS NOT NULL");
        }
        Some(tag) => {
            query.push(" AND EXISTS (SELECT 1 FROM tags t WHERE t.artefact_id = a.id AND t.tag = ");
            query.push_value(tag.as_str()).push(")");
        }
    }
}

fn push_scope(query: &mut Query, scope: &Scope) {
    query.push("1 = 1");
    if let Some(format) = &scope.format {
        query.push(" AND a.format = ").push_value(format.as_str());
    }
    if let Some(category) = &scope.category {
        query
            .push(" AND a.category = ")
            .push_value(category.as_str());
    }
    if let Some(pattern) = &scope.name {
        if let Some(prefix) = pattern.prefix() {
            query
                .push(" AND a.name_fold >= ")
                .push_value(prefix.as_str());
            query
                .push(" AND a.name_fold < ")
                .push_value(end_of_prefix(&prefix));
        } else {
            query
                .push(" AND a.name_fold = ")
                .push_value(fold_name(pattern.as_str()));
        }
    }
}

/// The page after the last one, by its keys and not by counting rows: the thousandth page is as fast as the first.
fn push_page(query: &mut Query, wanted: &ArtefactQuery) {
    match (&wanted.sort, &wanted.after) {
        (ArtefactSort::Updated, Some(after)) => {
            query
                .push(" AND (a.data_updated_at, a.id) < (")
                .push_value(after.data_updated_at.as_micros());
            query.push(", ").push_value(after.id.to_string()).push(")");
        }
        (ArtefactSort::Name, Some(after)) => {
            query
                .push(" AND (a.name_fold, a.format) > (")
                .push_value(after.name.folded());
            query.push(", ").push_value(after.format.as_str()).push(")");
        }
        (_, None) => {}
    }
    match wanted.sort {
        ArtefactSort::Updated => query.push(" ORDER BY a.data_updated_at DESC, a.id DESC"),
        ArtefactSort::Name => query.push(" ORDER BY a.name_fold, a.format"),
    };
    query
        .push(" LIMIT ")
        .push_value(u64::from(wanted.limit) + 1);
}
