//! Versions and their files.

use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::ports::{CatalogError, ReleasePage, ReleaseQuery, Versions};
use cellier_model::{Artefact, BlobKey, Id, Release};
use cellier_sdk::Sha256;

use crate::catalog::Store;
use crate::catalog::records::{end_of_prefix, release_columns, releases};
use crate::db::{Query, Row};

/// Everything of one version.
pub(super) const SELECT_RELEASE: &str = concat!(
    "SELECT ",
    release_columns!(),
    ", f.details FROM versions v LEFT JOIN files f ON f.version_id = v.id \
     WHERE v.artefact_id = $1 AND v.version = $2 ORDER BY f.published_at, f.id"
);

/// The same of one that is not deleted, without what formats have learnt.
const SELECT_BRIEF_RELEASE: &str = concat!(
    "SELECT ",
    release_columns!(),
    " FROM versions v LEFT JOIN files f ON f.version_id = v.id \
     WHERE v.artefact_id = $1 AND v.version = $2 AND v.deleted_at IS NULL ORDER BY f.published_at, f.id"
);

/// Reads the rows of [`SELECT_RELEASE`].
pub(super) fn whole_release(rows: &[Row]) -> Result<Option<Release>, CatalogError> {
    let Some(mut release) = releases(rows)?.into_iter().next() else {
        return Ok(None);
    };
    for (file, row) in release.files.iter_mut().zip(rows) {
        file.details = row.json("details")?;
    }
    Ok(Some(release))
}

/// The rows of a page of versions, and one version more if there are more.
fn page_of(wanted: &ReleaseQuery, mut query: Query) -> Query {
    query
        .push_value(wanted.artefact.to_string())
        .push(" AND deleted_at IS NULL");
    if wanted.stable_only {
        query.push(" AND stable");
    }
    if wanted.without_yanked {
        query.push(" AND yanked_at IS NULL");
    }
    if let Some(line) = &wanted.line {
        query.push(" AND sort_key >= ").push_value(line.as_str());
        query
            .push(" AND sort_key < ")
            .push_value(end_of_prefix(line.as_str()));
    }
    if let Some(from) = &wanted.from {
        query.push(" AND sort_key >= ").push_value(from.as_str());
    }
    if let Some(below) = &wanted.below {
        query.push(" AND sort_key < ").push_value(below.as_str());
    }
    query
        .push(" ORDER BY sort_key DESC, id DESC LIMIT ")
        .push_value(u64::from(wanted.limit) + 1);
    query.push(
        ") v LEFT JOIN files f ON f.version_id = v.id ORDER BY v.sort_key DESC, v.id DESC, f.published_at, f.id",
    );
    query
}

fn as_page(mut releases: Vec<Release>, wanted: &ReleaseQuery) -> ReleasePage {
    let more = releases.len() > wanted.limit as usize;
    releases.truncate(wanted.limit as usize);
    ReleasePage { releases, more }
}

#[async_trait]
impl Versions for Store {
    async fn release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError> {
        let query = Query::new("read a version", SELECT_RELEASE)
            .bind(artefact.to_string())
            .bind(version);
        let release = whole_release(&self.database.fetch_all(query).await?)?;
        Ok(release.filter(|release| release.version.deleted_at.is_none()))
    }

    async fn brief_release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Arc<Release>>, CatalogError> {
        let read = || async {
            let query = Query::new("look for a version", SELECT_BRIEF_RELEASE)
                .bind(artefact.to_string())
                .bind(version);
            let found = releases(&self.database.fetch_all(query).await?)?;
            Ok(found.into_iter().next())
        };
        self.reads
            .get(
                |reads| &mut reads.releases,
                (artefact, version.to_owned()),
                read,
            )
            .await
    }

    async fn releases(&self, wanted: &ReleaseQuery) -> Result<ReleasePage, CatalogError> {
        let select = concat!(
            "SELECT ",
            release_columns!(),
            " FROM (SELECT * FROM versions WHERE artefact_id = "
        );
        let query = page_of(wanted, Query::new("list versions", select));
        let rows = self.database.fetch_all(query).await?;
        Ok(as_page(releases(&rows)?, wanted))
    }

    async fn whole_releases(&self, wanted: &ReleaseQuery) -> Result<ReleasePage, CatalogError> {
        let select = concat!(
            "SELECT ",
            release_columns!(),
            ", f.details FROM (SELECT * FROM versions WHERE artefact_id = "
        );
        let query = page_of(wanted, Query::new("list whole versions", select));
        let rows = self.database.fetch_all(query).await?;
        let mut found = releases(&rows)?;
        let mut rows = rows.iter();
        for release in &mut found {
            if release.files.is_empty() {
                rows.next();
            }
            for (file, row) in release.files.iter_mut().zip(&mut rows) {
                file.details = row.json("details")?;
            }
        }
        Ok(as_page(found, wanted))
    }

    async fn shareable_blob(&self, sha256: &Sha256) -> Result<Option<BlobKey>, CatalogError> {
        let select = "SELECT blob_key FROM blobs WHERE sha256 = $1 AND unused_since IS NULL AND NOT dying \
                      ORDER BY created_at LIMIT 1";
        let row = self
            .database
            .fetch_optional(Query::new("look for a blob", select).bind(sha256.to_hex()))
            .await?;
        row.map(|row| row.parsed("blob_key", str::parse))
            .transpose()
    }
}
