//! Changes that happen together or not at all.

use async_trait::async_trait;
use cellier_model::audit::AuditEvent;
use cellier_model::keys::ApiKey;
use cellier_model::ports::{CatalogError, Transaction};
use cellier_model::{
    Artefact, ArtefactName, BlobKey, FileRecord, FormatId, Id, Release, Tag, Timestamp,
    VersionRecord, fold_name,
};

use crate::catalog::reads::Reads;
use crate::catalog::records::{
    ARTEFACT_COLUMNS, artefact, json, optional_json, release_columns, releases, tag, write_digests,
};
use crate::catalog::space::{FilesOf, delete_files};
use crate::catalog::versions::{SELECT_RELEASE, whole_release};
use crate::catalog::{access, audit, blobs, keys};
use crate::db::{Query, Session};

/// A transaction on either database.
pub(super) struct StoreTransaction(pub(super) Session, Reads);

impl StoreTransaction {
    pub(super) fn new(session: Session, reads: Reads) -> Self {
        Self(session, reads)
    }

    /// The version of an artefact that stands last in the order among those that a condition lets through.
    async fn last_of(
        &mut self,
        artefact: Id<Artefact>,
        condition: &'static str,
    ) -> Result<Option<Release>, CatalogError> {
        let mut query = Query::new(
            "read the last version",
            concat!(
                "SELECT ",
                release_columns!(),
                " FROM (SELECT * FROM versions WHERE artefact_id = "
            ),
        );
        query.push_value(artefact.to_string()).push(condition);
        query.push(
            " ORDER BY sort_key DESC, id DESC LIMIT 1) v LEFT JOIN files f ON f.version_id = v.id",
        );
        query.push(" ORDER BY f.published_at, f.id");
        Ok(releases(&self.0.fetch_all(query).await?)?
            .into_iter()
            .next())
    }

    pub(super) async fn execute(&mut self, query: Query) -> Result<(), CatalogError> {
        self.0.execute(query).await.map(drop)
    }
}

#[async_trait]
impl Transaction for StoreTransaction {
    async fn lock_artefact(
        &mut self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Artefact>, CatalogError> {
        let mut query = Query::new("lock an artefact", "SELECT ");
        query
            .push(ARTEFACT_COLUMNS)
            .push(" FROM artefacts WHERE format = ")
            .push_value(format.as_str());
        query.push(" AND name_fold = ").push_value(fold_name(name));
        if self.0.locks_rows() {
            query.push(" FOR UPDATE");
        }
        self.0
            .fetch_optional(query)
            .await?
            .as_ref()
            .map(artefact)
            .transpose()
    }

    async fn insert_or_lock_artefact(&mut self, new: &Artefact) -> Result<Artefact, CatalogError> {
        let mut insert = Query::new("make an artefact", "INSERT INTO artefacts (name_fold, ");
        insert.push(ARTEFACT_COLUMNS).push(
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
             ON CONFLICT (format, name_fold) DO NOTHING",
        );
        let insert = insert
            .bind(new.name.folded())
            .bind(new.id.to_string())
            .bind(new.format.as_str())
            .bind(new.name.as_str())
            .bind(new.category.as_str())
            .bind(json("title", &new.title)?)
            .bind(json("description", &new.description)?)
            .bind(new.public)
            .bind(json("access", &new.private_access)?)
            .bind(json("owners", &new.owners)?)
            .bind(optional_json("retention policy", new.retention.as_ref())?)
            .bind(new.latest.as_ref().map(ToString::to_string))
            .bind(new.size)
            .bind(new.revision)
            .bind(new.created_at.as_micros())
            .bind(new.updated_at.as_micros())
            .bind(new.data_updated_at.as_micros())
            .bind(new.deleted_at.map(Timestamp::as_micros));
        if self.0.execute(insert).await? == 1 {
            access::index_accounts(&mut self.0, new).await?;
        }
        // Whoever else made it has committed by now, or we would have waited.
        self.lock_artefact(&new.format, new.name.as_str())
            .await?
            .ok_or(CatalogError::Conflict)
    }

    async fn update_artefact(&mut self, artefact: &Artefact) -> Result<(), CatalogError> {
        let update = "UPDATE artefacts SET name = $2, category = $3, title = $4, description = $5, public = $6, \
                      private_access = $7, retention = $8, latest = $9, size = $10, revision = $11, created_at = $12, \
                      updated_at = $13, data_updated_at = $14, deleted_at = $15, owners = $16 WHERE id = $1";
        let query = Query::new("write an artefact", update)
            .bind(artefact.id.to_string())
            .bind(artefact.name.as_str())
            .bind(artefact.category.as_str())
            .bind(json("title", &artefact.title)?)
            .bind(json("description", &artefact.description)?)
            .bind(artefact.public)
            .bind(json("access", &artefact.private_access)?)
            .bind(optional_json(
                "retention policy",
                artefact.retention.as_ref(),
            )?)
            .bind(artefact.latest.as_ref().map(ToString::to_string))
            .bind(artefact.size)
            .bind(artefact.revision)
            .bind(artefact.created_at.as_micros())
            .bind(artefact.updated_at.as_micros())
            .bind(artefact.data_updated_at.as_micros())
            .bind(artefact.deleted_at.map(Timestamp::as_micros))
            .bind(json("owners", &artefact.owners)?);
        self.execute(query).await?;
        access::index_accounts(&mut self.0, artefact).await
    }

    async fn index_artefact(
        &mut self,
        artefact: Id<Artefact>,
        words: &[String],
    ) -> Result<(), CatalogError> {
        let select = "SELECT word FROM artefact_words WHERE artefact_id = $1";
        let rows = self
            .0
            .fetch_all(Query::new("read words", select).bind(artefact.to_string()))
            .await?;
        let mut stored = rows
            .iter()
            .map(|row| row.text("word"))
            .collect::<Result<Vec<_>, _>>()?;
        // Most changes leave the words as they are: then nothing is written.
        for word in words.iter().filter(|word| !stored.contains(word)) {
            let insert = "INSERT INTO artefact_words (word, artefact_id) VALUES ($1, $2)";
            self.execute(
                Query::new("add a word", insert)
                    .bind(word.as_str())
                    .bind(artefact.to_string()),
            )
            .await?;
        }
        stored.retain(|word| !words.contains(word));
        for word in stored {
            let delete = "DELETE FROM artefact_words WHERE word = $1 AND artefact_id = $2";
            self.execute(
                Query::new("remove a word", delete)
                    .bind(word)
                    .bind(artefact.to_string()),
            )
            .await?;
        }
        Ok(())
    }

    async fn claim_door_name(
        &mut self,
        name: &ArtefactName,
        format: &FormatId,
    ) -> Result<FormatId, CatalogError> {
        let insert = "INSERT INTO door_names (name_fold, format) VALUES ($1, $2) ON CONFLICT (name_fold) DO NOTHING";
        let query = Query::new("claim a name", insert)
            .bind(name.folded())
            .bind(format.as_str());
        self.execute(query).await?;
        let select = "SELECT format FROM door_names WHERE name_fold = $1";
        let row = self
            .0
            .fetch_optional(Query::new("read who has a name", select).bind(name.folded()))
            .await?;
        row.ok_or(CatalogError::Conflict)?
            .text("format")
            .map(FormatId::new)
    }

    async fn release(
        &mut self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError> {
        let query = Query::new("read a version", SELECT_RELEASE)
            .bind(artefact.to_string())
            .bind(version);
        whole_release(&self.0.fetch_all(query).await?)
    }

    async fn last_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        self.last_of(artefact, "").await
    }

    async fn latest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        self.last_of(
            artefact,
            " AND stable AND yanked_at IS NULL AND deleted_at IS NULL",
        )
        .await
    }

    async fn newest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        self.last_of(artefact, " AND yanked_at IS NULL AND deleted_at IS NULL")
            .await
    }

    async fn insert_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError> {
        let insert = "INSERT INTO versions (id, artefact_id, version, sort_key, stable, published_at, yanked_at, \
                      deprecated, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let query = Query::new("make a version", insert)
            .bind(version.id.to_string())
            .bind(version.artefact.to_string())
            .bind(version.version.as_str())
            .bind(version.order.as_str())
            .bind(version.stable)
            .bind(version.published_at.as_micros())
            .bind(version.yanked_at.map(Timestamp::as_micros))
            .bind(version.deprecated.clone())
            .bind(version.deleted_at.map(Timestamp::as_micros));
        self.execute(query).await
    }

    async fn update_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError> {
        let update =
            "UPDATE versions SET yanked_at = $2, deprecated = $3, deleted_at = $4 WHERE id = $1";
        let query = Query::new("write a version", update)
            .bind(version.id.to_string())
            .bind(version.yanked_at.map(Timestamp::as_micros))
            .bind(version.deprecated.clone())
            .bind(version.deleted_at.map(Timestamp::as_micros));
        self.execute(query).await
    }

    async fn note_blob(
        &mut self,
        key: &BlobKey,
        size: u64,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        blobs::note_blob(&mut self.0, key, size, now).await
    }

    async fn use_blob(&mut self, key: &BlobKey) -> Result<bool, CatalogError> {
        blobs::use_blob(&mut self.0, key).await
    }

    async fn insert_file(&mut self, file: &FileRecord) -> Result<(), CatalogError> {
        let insert = "INSERT INTO files (id, version_id, name, variant, media_type, size, blob_key, digests, \
                      published_at, uploaded_by, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let query = Query::new("make a file", insert)
            .bind(file.id.to_string())
            .bind(file.version.to_string())
            .bind(file.name.as_str())
            .bind(file.variant.as_ref().map_or("", |variant| variant.as_str()))
            .bind(file.media_type.as_str())
            .bind(file.size)
            .bind(file.blob.to_string())
            .bind(write_digests(&file.digests))
            .bind(file.published_at.as_micros())
            .bind(json("uploader", &file.uploaded_by)?)
            .bind(json("details", &file.details)?);
        self.execute(query).await
    }

    async fn delete_files(
        &mut self,
        version: Id<VersionRecord>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        delete_files(&mut self.0, &FilesOf::Version(version.to_string()), now).await
    }

    async fn delete_all_versions(
        &mut self,
        artefact: Id<Artefact>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let artefact = artefact.to_string();
        let tags = "DELETE FROM tags WHERE artefact_id = $1";
        self.execute(Query::new("delete tags", tags).bind(artefact.as_str()))
            .await?;
        delete_files(&mut self.0, &FilesOf::Artefact(artefact.clone()), now).await?;
        let words = "DELETE FROM artefact_words WHERE artefact_id = $1";
        self.execute(Query::new("delete words", words).bind(artefact.as_str()))
            .await?;
        let versions =
            "UPDATE versions SET deleted_at = $2 WHERE artefact_id = $1 AND deleted_at IS NULL";
        self.execute(
            Query::new("delete versions", versions)
                .bind(artefact)
                .bind(now.as_micros()),
        )
        .await
    }

    async fn set_tag(
        &mut self,
        artefact: Id<Artefact>,
        tag: &Tag,
        version: Id<VersionRecord>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let upsert = "INSERT INTO tags (artefact_id, tag, version_id, moved_at) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (artefact_id, tag) DO UPDATE \
                      SET version_id = excluded.version_id, moved_at = excluded.moved_at";
        let query = Query::new("set a tag", upsert)
            .bind(artefact.to_string())
            .bind(tag.as_str())
            .bind(version.to_string())
            .bind(now.as_micros());
        self.execute(query).await
    }

    async fn remove_tag(
        &mut self,
        artefact: Id<Artefact>,
        tag: &Tag,
    ) -> Result<bool, CatalogError> {
        let delete = "DELETE FROM tags WHERE artefact_id = $1 AND tag = $2";
        let query = Query::new("remove a tag", delete)
            .bind(artefact.to_string())
            .bind(tag.as_str());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn remove_tags_of(
        &mut self,
        version: Id<VersionRecord>,
    ) -> Result<Vec<Tag>, CatalogError> {
        let delete = "DELETE FROM tags WHERE version_id = $1 RETURNING tag";
        let query = Query::new("remove the tags of a version", delete).bind(version.to_string());
        self.0.fetch_all(query).await?.iter().map(tag).collect()
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), CatalogError> {
        keys::insert_key(&mut self.0, key).await
    }

    async fn revoke_key(&mut self, id: Id<ApiKey>, now: Timestamp) -> Result<bool, CatalogError> {
        keys::revoke_key(&mut self.0, id, now).await
    }

    async fn key_is_active(
        &mut self,
        id: Id<ApiKey>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        keys::key_is_active(&mut self.0, id, now).await
    }

    async fn append_audit(&mut self, event: &AuditEvent) -> Result<(), CatalogError> {
        audit::append(&mut self.0, event).await
    }

    async fn commit(self: Box<Self>) -> Result<(), CatalogError> {
        let Self(session, reads) = *self;
        let outcome = session.commit().await;
        // Also when it failed: a commit whose answer got lost may have happened.
        reads.forget();
        outcome
    }
}
