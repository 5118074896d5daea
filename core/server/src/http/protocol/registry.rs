//! The view of the registry that is lent to a format: of its own artefacts, and of those what the caller may see.

use std::io;
use std::sync::{Arc, OnceLock};

use cellier_model::access::{Action, Target, decide, visible_to};
use cellier_model::ports::{ArtefactQuery, ArtefactSort, FormatInfo};
use cellier_model::read::{
    ArtefactAddress, FindError, ResolveError, find_artefact, resolve, whole_versions_of,
};
use cellier_model::sessions::list_tokens;
use cellier_model::signing::{KeyPair, Signer, SigningKeyRecord, list_signing_keys};
use cellier_model::web_login::{WebLoginState, take_web_login};
use cellier_model::{Artefact, Context, FileRecord, Release};
use cellier_sdk::{
    ArtefactView, Caller as FormatCaller, FileView, Found, OrderKey, Page, ReadAt, Registry,
    Settings, Sha256, Signature, SigningKey, TokenView, VersionView, WebLogin,
};
use tokio::runtime::Handle;

use crate::http::credential::Caller;
use crate::http::protocol::memo::{Sight, Trace};
use crate::http::protocol::refusal::Withheld;
use crate::http::protocol::search::{Hits, search};
use crate::http::protocol::shown::Shown;
use crate::http::protocol::token_view::token_view;
use crate::state::AppState;

/// How many items a page has.
const PAGE: u32 = 100;

/// The view that is lent to a format. Its methods block the format's own thread, never the server's.
pub(super) struct NarrowedRegistry {
    pub(super) context: Context,
    pub(super) caller: Caller,
    public_caller: FormatCaller,
    pub(super) format: FormatInfo,
    runtime: Handle,
    shown: Shown,
    trace: Trace,
    signer: Arc<Signer>,
    signing_key: OnceLock<Option<Arc<KeyPair>>>,
}

impl NarrowedRegistry {
    pub(super) fn new(
        state: &AppState,
        caller: &Caller,
        format: &FormatInfo,
        shown: Shown,
        trace: Trace,
    ) -> Self {
        Self {
            context: state.context.clone(),
            caller: caller.clone(),
            public_caller: introduce(caller),
            format: format.clone(),
            runtime: Handle::current(),
            shown,
            trace,
            signer: Arc::clone(&state.signer),
            signing_key: OnceLock::new(),
        }
    }

    /// The key that signs, which stays the same for as long as one request is answered. Without one, what was asked for is
    /// still answered: it only lacks its signature.
    fn signing_key(&self) -> Option<Arc<KeyPair>> {
        let key = self.signing_key.get_or_init(|| {
            let key = self.signer.key_in_use(&self.context);
            let key = self.runtime.block_on(key);
            key.inspect_err(|error| tracing::error!(%error, "nothing can be signed: {error}"))
                .ok()
        });
        key.clone()
    }

    pub(super) async fn find(&self, name: &str) -> io::Result<Option<Arc<Artefact>>> {
        let address = ArtefactAddress::Exact {
            format: self.format.id.clone(),
            name: name.to_owned(),
        };
        match find_artefact(&self.context, self.caller.actor(), Action::See, &address).await {
            Ok(artefact) => {
                let sight = Sight::of(&self.context, &self.caller, &artefact);
                self.trace.saw(&artefact, sight);
                Ok(Some(artefact))
            }
            Err(FindError::Catalog(error)) => Err(io::Error::other(error)),
            Err(_nothing_to_see) => {
                // Nothing says when there will be something to see.
                self.trace.went_beyond();
                Ok(None)
            }
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
            owners: self.owners(artefact),
            created_at: artefact.created_at.to_string(),
            updated_at: artefact.updated_at.to_string(),
        })
    }

    /// Who owns an artefact is shown to those alone who are shown it elsewhere.
    fn owners(&self, artefact: &Artefact) -> Vec<String> {
        if !self.caller.sees_internals_of(artefact) {
            return Vec::new();
        }
        let owners = artefact.owners.iter();
        owners.map(|owner| owner.id.clone()).collect()
    }

    /// Who published the first file of a version.
    fn publisher(&self, artefact: &Artefact, release: &Release) -> Option<String> {
        if !self.caller.sees_internals_of(artefact) {
            return None;
        }
        let uploader = &release.files.first()?.uploaded_by;
        uploader
            .account
            .clone()
            .or_else(|| uploader.key_name.clone())
    }

    /// Shows a version. What a format has learnt from its files is large and goes to the format alone: what is noted for
    /// the answer is only what it takes to send them, or an answer about many versions would hold all of it.
    fn show(&self, artefact: &Artefact, mut release: Release) -> VersionView {
        let may_download = decide(
            self.context.access,
            self.caller.actor(),
            Action::Download,
            Target::artefact(artefact),
        );
        let mut learnt = release
            .files
            .iter_mut()
            .map(|file| std::mem::take(&mut file.details));
        let metadata = learnt.next().unwrap_or_default().metadata;
        learnt.for_each(drop);
        let view = VersionView {
            version: release.version.version.clone(),
            metadata,
            files: release.files.iter().map(describe_file).collect(),
            published_at: release.version.published_at.to_string(),
            published_by: self.publisher(artefact, &release),
            yanked: release.version.yanked_at.is_some(),
            deprecated: release.version.deprecated,
        };
        for file in release.files {
            self.shown.add(file, may_download);
        }
        view
    }
}

/// Who asks, as far as a format is told.
fn introduce(caller: &Caller) -> FormatCaller {
    let uploader = caller.actor().as_uploader();
    match (uploader.account, uploader.key_name) {
        (Some(account), _) => FormatCaller::signed_in(account),
        (None, Some(key)) => FormatCaller::named(key),
        (None, None) => FormatCaller::anonymous(),
    }
}

fn describe_key(key: SigningKeyRecord) -> SigningKey {
    SigningKey {
        key_id: key.id,
        public_key: key.public_key,
        expires: key.retired_at.map(|retired_at| retired_at.to_string()),
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
        self.trace.went_beyond();
        self.runtime.block_on(async {
            let after = match after {
                Some(name) => self.find(name).await?.map(Arc::unwrap_or_clone),
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
            let page = whole_versions_of(&self.context, &artefact, below, PAGE)
                .await
                .map_err(io::Error::other)?;
            let next = page.releases.last().filter(|_| page.more);
            let next = next.map(|release| release.version.order.as_str().to_owned());
            let releases = page.releases.into_iter();
            let shown = releases.map(|release| self.show(&artefact, release));
            Ok(Page {
                items: shown.collect(),
                next,
            })
        })
    }

    fn version(&self, name: &str, selector: &str) -> io::Result<Option<VersionView>> {
        self.runtime.block_on(async {
            let Some(artefact) = self.find(name).await? else {
                return Ok(None);
            };
            match resolve(&self.context, &artefact, selector).await {
                Ok(release) => Ok(Some(self.show(&artefact, release))),
                Err(ResolveError::Catalog(error)) => Err(io::Error::other(error)),
                Err(_nothing_matches) => Ok(None),
            }
        })
    }

    fn open(&self, digest: Sha256) -> io::Result<Box<dyn ReadAt>> {
        let file = self.shown.get(digest);
        let file = file.map_err(Withheld::into_error)?;
        let content = self
            .runtime
            .block_on(self.context.blobs.open(&file.blob))
            .map_err(io::Error::other)?;
        Ok(Box::new(Lent(content)))
    }

    fn search(&self, text: &str, from: usize, limit: usize) -> io::Result<Found> {
        self.trace.went_beyond();
        self.runtime.block_on(async {
            let Hits { artefacts, total } = search(self, text, from, limit).await?;
            let mut items = Vec::new();
            for artefact in &artefacts {
                items.push(self.describe(artefact).await?);
            }
            Ok(Found { items, total })
        })
    }

    fn tokens(&self) -> io::Result<Vec<TokenView>> {
        self.trace.went_beyond();
        let tokens = list_tokens(&self.context, &self.caller.0);
        let tokens = self.runtime.block_on(tokens).map_err(io::Error::other)?;
        Ok(tokens.iter().map(token_view).collect())
    }

    fn web_login(&self, id: &str) -> io::Result<WebLogin> {
        self.trace.went_beyond();
        self.shown.note_sign_in();
        let taken = take_web_login(&self.context, self.caller.0.address, id);
        let taken = self.runtime.block_on(taken).map_err(io::Error::other)?;
        Ok(match taken {
            WebLoginState::Unknown => WebLogin::Unknown,
            WebLoginState::Waiting => WebLogin::Waiting,
            WebLoginState::Done(created) => WebLogin::Done {
                token: created.token.reveal().to_owned(),
            },
        })
    }

    fn sign(&self, text: &str) -> io::Result<Option<Signature>> {
        if !self.format.descriptor.wants_signatures() {
            return Ok(None);
        }
        let key = self.signing_key();
        Ok(key.map(|key| key.sign(text)))
    }

    fn signing_keys(&self) -> io::Result<Vec<SigningKey>> {
        self.trace.went_beyond();
        if !self.format.descriptor.wants_signatures() {
            return Ok(Vec::new());
        }
        let listed = list_signing_keys(&self.context);
        let listed = self.runtime.block_on(listed).map_err(io::Error::other)?;
        Ok(listed.into_iter().map(describe_key).collect())
    }

    fn caller(&self) -> &FormatCaller {
        self.trace.went_beyond();
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
