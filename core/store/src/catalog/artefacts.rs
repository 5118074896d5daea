//! Artefacts.

use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::ports::{ArtefactPage, ArtefactQuery, Artefacts, CatalogError};
use cellier_model::{Artefact, FormatId, Id, Tag, fold_name};
use cellier_sdk::Version;

use crate::catalog::Store;
use crate::catalog::crowd::indexes;
use crate::catalog::listing::{self, artefact_columns};
use crate::catalog::records::{artefact, tag};
use crate::catalog::search::Search;
use crate::db::{Query, Row};

#[async_trait]
impl Artefacts for Store {
    async fn artefact(
        &self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Arc<Artefact>>, CatalogError> {
        let select = concat!(
            "SELECT ",
            artefact_columns!(),
            " FROM artefacts a WHERE a.format = $1 AND a.name_fold = $2 AND a.deleted_at IS NULL"
        );
        let question = (format.clone(), fold_name(name));
        let read = || async {
            let query = Query::new("read an artefact", select)
                .bind(format.as_str())
                .bind(fold_name(name));
            let row = self.database.fetch_optional(query).await?;
            row.as_ref().map(artefact).transpose()
        };
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
        let search = Search::of(self, wanted).await?;
        let (for_page, for_count) = indexes(self, wanted).await?;
        let rows = self
            .database
            .fetch_all(listing::page(wanted, search, for_page))
            .await?;
        let more = rows.len() > wanted.limit as usize;
        let artefacts = rows
            .iter()
            .take(wanted.limit as usize)
            .map(artefact)
            .collect::<Result<_, _>>()?;

        let counted = listing::count(wanted, search, for_count);
        let counted = self.database.fetch_optional(counted).await?;
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
