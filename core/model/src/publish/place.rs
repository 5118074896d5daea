//! Where an uploaded file goes: into a new version, into one that is there, or nowhere because it is there already.

use cellier_sdk::{OrderKey, Version};

use crate::ports::Transaction;
use crate::publish::request::{Draft, Number};
use crate::publish::{Conflict, PublishError, PublishRequest};
use crate::{Artefact, Context, FileRecord, Id, Release, VersionRecord};

/// Where the uploaded file goes.
pub(super) enum Place {
    /// Nowhere: it is there already.
    SameFile(Box<Release>),
    /// Into this version; whether that is new.
    In(Box<VersionRecord>, bool),
}

/// A draft that is being written into an artefact that is locked.
pub(super) struct At<'a> {
    pub(super) context: &'a Context,
    pub(super) request: &'a PublishRequest,
    pub(super) draft: &'a Draft,
    pub(super) artefact: &'a Artefact,
}

impl At<'_> {
    pub(super) async fn find_place(
        &self,
        transaction: &mut dyn Transaction,
        number: &Number,
    ) -> Result<Place, PublishError> {
        match number {
            Number::Known {
                version,
                order,
                stable,
            } => {
                let known = (version, order, *stable);
                self.place_of_version(transaction, known).await
            }
            Number::NextRevision => self.place_of_next(transaction).await,
        }
    }

    async fn place_of_version(
        &self,
        transaction: &mut dyn Transaction,
        (version, order, stable): (&Version, &OrderKey, bool),
    ) -> Result<Place, PublishError> {
        let id = self.artefact.id;
        if let Some(release) = transaction.release(id, version.as_str()).await? {
            return Ok(match find_same_file(self.request, self.draft, &release)? {
                Some(file) => same_file(release.version.clone(), file.clone()),
                None => Place::In(Box::new(release.version), false),
            });
        }
        if is_counted(self.context, self.artefact) {
            let next = next_revision(transaction.last_release(id).await?.as_ref());
            if next != *version {
                let conflict = Conflict::OtherRevision {
                    name: self.artefact.name.clone(),
                    said: version.clone(),
                    next,
                };
                return Err(conflict.into());
            }
        }
        Ok(self.new_version(version.clone(), order.clone(), stable))
    }

    async fn place_of_next(
        &self,
        transaction: &mut dyn Transaction,
    ) -> Result<Place, PublishError> {
        let id = self.artefact.id;
        let last = transaction.last_release(id).await?;
        if let Some(release) = &last
            && let Some(file) = same_bytes(self.request, release)
        {
            // The list leaves the details of files out, the answer has them.
            let text = release.version.version.as_str();
            let whole = transaction.release(id, text).await?;
            let files = whole.into_iter().flat_map(|whole| whole.files);
            let whole_file = files.into_iter().find(|other| other.id == file.id);
            let file = whole_file.unwrap_or_else(|| file.clone());
            return Ok(same_file(release.version.clone(), file));
        }
        let version = next_revision(last.as_ref());
        let number = version.as_str().parse().unwrap_or(1);
        Ok(self.new_version(version, OrderKey::of_revision(number), true))
    }

    fn new_version(&self, version: Version, order: OrderKey, stable: bool) -> Place {
        let now = self.context.clock.now();
        let record = VersionRecord {
            id: Id::new(now, self.context.random.as_ref()),
            artefact: self.artefact.id,
            version,
            order,
            stable,
            published_at: now,
            yanked_at: None,
            deprecated: None,
            deleted_at: None,
        };
        Place::In(Box::new(record), true)
    }
}

fn is_counted(context: &Context, artefact: &Artefact) -> bool {
    crate::read::versioning_of(context, artefact) == cellier_sdk::Versioning::Revisions
}

fn same_file(version: VersionRecord, file: FileRecord) -> Place {
    Place::SameFile(Box::new(Release {
        version,
        files: vec![file],
    }))
}

fn next_revision(last: Option<&Release>) -> Version {
    let last = last.and_then(|release| release.version.version.as_str().parse::<u64>().ok());
    Version::revision(last.unwrap_or(0) + 1)
}

/// The newest revision's file of the same variant, if it has the same bytes and may still be found.
fn same_bytes<'a>(request: &PublishRequest, newest: &'a Release) -> Option<&'a FileRecord> {
    if newest.version.yanked_at.is_some() || newest.version.deleted_at.is_some() {
        return None;
    }
    newest.files.iter().find(|file| {
        file.variant == request.claims.variant && file.sha256() == request.staged.sha256()
    })
}

/// The file of a published version that the upload is, if it is one; an error if it is in the way.
pub(super) fn find_same_file<'a>(
    request: &PublishRequest,
    draft: &Draft,
    release: &'a Release,
) -> Result<Option<&'a FileRecord>, Conflict> {
    let name = draft.artefact.name.clone();
    let version = release.version.version.clone();
    if release.version.deleted_at.is_some() {
        return Err(Conflict::Deleted { name, version });
    }
    let in_the_way = release.files.iter().find(|file| {
        file.variant == request.claims.variant && (!draft.open || file.name == draft.file_name)
    });
    match in_the_way {
        Some(file) if file.sha256() == request.staged.sha256() => Ok(Some(file)),
        Some(_) => Err(Conflict::OtherBytes { name, version }),
        None => Ok(None),
    }
}
