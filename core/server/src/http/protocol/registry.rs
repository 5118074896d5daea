//! The view of the registry that is lent to a format: of its own artefacts, and of those what the caller may see.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cellier_model::access::{Action, Decision, Target, decide, visible_to};
use cellier_model::ports::{ArtefactQuery, ArtefactSort, FormatInfo};
use cellier_model::read::{
    ArtefactAddress, FindError, ResolveError, find_artefact, resolve, versions_of,
};
use cellier_model::{Artefact, Context, FileRecord, Release};
use cellier_sdk::{
    ArtefactView, Caller as FormatCaller, FileView, OrderKey, Page, ReadAt, Registry, Settings,
    Sha256, VersionView,
};
use tokio::runtime::Handle;

use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::state::AppState;

/// How many items a page has.
const PAGE: u32 = 100;

/// The files that a format was shown for one request, and whether the caller may download them: an answer may send
/// these alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown(Arc<Mutex<HashMap<Sha256, (FileRecord, Decision)>>>);

impl Shown {
    /// Two artefacts may share their bytes: who may have those of one may have them.
    fn add(&self, file: &FileRecord, decision: Decision) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shown.get(&file.sha256()).map(|(_, decision)| *decision);
        if known != Some(Decision::Allowed) {
            shown.insert(file.sha256(), (file.clone(), decision));
        }
    }

    /// The file of a digest, if it was shown and may be downloaded. The digest alone gives no right.
    pub(super) fn get(&self, digest: Sha256) -> Result<FileRecord, Problem> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shown.get(&digest) {
            Some((file, Decision::Allowed)) => Ok(file.clone()),
            Some((_, decision)) => Err((*decision).into()),
            None => Err(Problem::not_found("there is no such file")),
        }
    }
}

/// The view that is lent to a format. Its methods block the format's own thread, never the server's.
pub(super) struct NarrowedRegistry {
    context: Context,
    caller: Caller,
    public_caller: FormatCaller,
    format: FormatInfo,
    runtime: Handle,
    shown: Shown,
}

impl NarrowedRegistry {
    pub(super) fn new(
        state: &AppState,
        caller: &Caller,
        format: &FormatInfo,
        shown: Shown,
    ) -> Self {
        let uploader = caller.actor().as_uploader();
        let name = uploader.account.or(uploader.key_name);
        Self {
            context: state.context.clone(),
            caller: caller.clone(),
            public_caller: name.map_or_else(FormatCaller::anonymous, FormatCaller::named),
            format: format.clone(),
            runtime: Handle::current(),
            shown,
        }
    }

    async fn find(&self, name: &str) -> io::Result<Option<Artefact>> {
        let address = ArtefactAddress::Exact {
            format: self.format.id.clone(),
            name: name.to_owned(),
        };
        match find_artefact(&self.context, self.caller.actor(), Action::See, &address).await {
            Ok(artefact) => Ok(Some(artefact)),
            Err(FindError::Catalog(error)) => Err(io::Error::other(error)),
            Err(_nothing_to_see) => Ok(None),
        }
    }

    async fn describe(&self, artefact: &Artefact) -> io::Result<ArtefactView> {
        let tags = self
            .context
            .catalog
            .tags(artefact.id)
            .await
            .map_err(io::Error::other)?;
        let by_hand = tags
            .into_iter()
            .map(|(tag, version)| (tag.as_str().to_owned(), version));
        let latest = artefact
            .latest
            .iter()
            .map(|version| (cellier_model::Tag::LATEST.to_owned(), version.clone()));
        Ok(ArtefactView {
            name: artefact.name.to_string(),
            revision: artefact.revision,
            category: Some(artefact.category.clone()).filter(|category| !category.is_empty()),
            title: artefact.title.clone(),
            description: artefact.description.clone(),
            tags: latest.chain(by_hand).collect(),
            public: artefact.public,
            owners: Vec::new(),
            created_at: artefact.created_at.to_string(),
            updated_at: artefact.updated_at.to_string(),
        })
    }

    fn show(&self, artefact: &Artefact, release: &Release) -> VersionView {
        let may_download = decide(
            self.context.access,
            self.caller.actor(),
            Action::Download,
            Target::artefact(artefact),
        );
        for file in &release.files {
            self.shown.add(file, may_download);
        }
        VersionView {
            version: release.version.version.clone(),
            metadata: release
                .files
                .first()
                .map(|file| file.details.metadata.clone())
                .unwrap_or_default(),
            files: release.files.iter().map(describe_file).collect(),
            published_at: release.version.published_at.to_string(),
            yanked: release.version.yanked_at.is_some(),
            deprecated: release.version.deprecated.clone(),
        }
    }
}

fn describe_file(file: &FileRecord) -> FileView {
    let others = file.digests.iter().map(cellier_sdk::Digest::to_integrity);
    FileView {
        name: file.name.as_str().to_owned(),
        variant: file
            .variant
            .as_ref()
            .map(|variant| variant.as_str().to_owned()),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: file.sha256(),
        integrity: std::iter::once(file.sha256().to_integrity())
            .chain(others)
            .collect(),
    }
}

impl Registry for NarrowedRegistry {
    fn artefact(&self, name: &str) -> io::Result<Option<ArtefactView>> {
        self.runtime.block_on(async {
            match self.find(name).await? {
                Some(artefact) => self.describe(&artefact).await.map(Some),
                None => Ok(None),
            }
        })
    }

    fn artefacts(&self, after: Option<&str>) -> io::Result<Page<ArtefactView>> {
        self.runtime.block_on(async {
            let after = match after {
                Some(name) => self.find(name).await?,
                None => None,
            };
            let query = ArtefactQuery {
                visible: visible_to(self.caller.actor()),
                words: Vec::new(),
                format: Some(self.format.id.clone()),
                category: None,
                tag: None,
                sort: ArtefactSort::Name,
                after,
                limit: PAGE,
            };
            let page = self
                .context
                .catalog
                .list_artefacts(&query)
                .await
                .map_err(io::Error::other)?;
            let next = page
                .artefacts
                .last()
                .filter(|_| page.more)
                .map(|artefact| artefact.name.to_string());
            let mut items = Vec::new();
            for artefact in &page.artefacts {
                items.push(self.describe(artefact).await?);
            }
            Ok(Page { items, next })
        })
    }

    fn versions(&self, name: &str, after: Option<&str>) -> io::Result<Page<VersionView>> {
        self.runtime.block_on(async {
            let Some(artefact) = self.find(name).await? else {
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            };
            let below = after
                .map(OrderKey::new)
                .transpose()
                .map_err(io::Error::other)?;
            let page = versions_of(&self.context, &artefact, below, PAGE)
                .await
                .map_err(io::Error::other)?;
            let next = page.releases.last().filter(|_| page.more);
            let next = next.map(|release| release.version.order.as_str().to_owned());
            let mut items = Vec::new();
            for release in &page.releases {
                // The list leaves out what formats have learnt; a format wants exactly that.
                let version = release.version.version.as_str();
                let whole = self
                    .context
                    .catalog
                    .release(artefact.id, version)
                    .await
                    .map_err(io::Error::other)?;
                items.extend(whole.map(|whole| self.show(&artefact, &whole)));
            }
            Ok(Page { items, next })
        })
    }

    fn version(&self, name: &str, selector: &str) -> io::Result<Option<VersionView>> {
        self.runtime.block_on(async {
            let Some(artefact) = self.find(name).await? else {
                return Ok(None);
            };
            match resolve(&self.context, &artefact, selector).await {
                Ok(release) => Ok(Some(self.show(&artefact, &release))),
                Err(ResolveError::Catalog(error)) => Err(io::Error::other(error)),
                Err(_nothing_matches) => Ok(None),
            }
        })
    }

    fn open(&self, digest: Sha256) -> io::Result<Box<dyn ReadAt>> {
        let file = self.shown.get(digest);
        let file = file.map_err(|_problem| io::ErrorKind::NotFound)?;
        let content = self
            .runtime
            .block_on(self.context.blobs.open(&file.blob))
            .map_err(io::Error::other)?;
        Ok(Box::new(Lent(content)))
    }

    fn caller(&self) -> &FormatCaller {
        &self.public_caller
    }

    fn settings(&self) -> &Settings {
        &self.format.settings
    }

    fn log(&self, message: &str) {
        tracing::info!(format = %self.format.id, "the format {} says: {}", self.format.id, message.escape_debug());
    }
}

/// A blob that is lent.
struct Lent(Arc<dyn ReadAt>);

impl ReadAt for Lent {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&std::path::Path> {
        self.0.local_path()
    }
}
