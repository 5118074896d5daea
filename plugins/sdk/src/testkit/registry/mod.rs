//! A registry in memory, for formats that speak a protocol.

mod artefact;
mod stored;

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{
    ArtefactView, Caller, DigestAlgorithm, Found, Page, ReadAt, Registry, Settings, Sha256,
    Signature, SigningKey, TokenView, VersionView, WebLogin,
};

pub use self::artefact::{FakeArtefact, FakeVersion};

use self::artefact::Shown;
use super::content::Memory;

/// A registry in memory, which a format can be asked about in its tests as if a host lent it.
///
/// It shows what a host would: artefacts by name, versions newest first, pages, and it opens a blob only after it has
/// shown the version that the blob belongs to.
///
/// ```
/// use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion};
/// use cellier_sdk::{Caller, Registry};
///
/// let registry = FakeRegistry::new().with_caller(Caller::named("ci")).with_artefact(
///     FakeArtefact::new("sunset")
///         .version(FakeVersion::new("1").file("sunset.palette", "text/plain", "PALETTE\n"))
///         .version(FakeVersion::new("2").file("sunset.palette", "text/plain", "PALETTE\n#fc0\n"))
///         .tag("stable", "1"),
/// );
/// let version = registry.version("sunset", "stable").unwrap().unwrap();
/// let content = registry.open(version.files[0].sha256).unwrap();
/// assert_eq!(content.size(), 8);
/// ```
#[derive(Debug, Default)]
pub struct FakeRegistry {
    artefacts: Vec<FakeArtefact>,
    caller: Caller,
    signs: bool,
    tokens: Vec<TokenView>,
    web_logins: Vec<(String, WebLogin)>,
    settings: Settings,
    digests: Vec<DigestAlgorithm>,
    page: Option<usize>,
    fails_from: Option<u64>,
    seen: Seen,
}

/// What has happened to a registry.
#[derive(Debug, Default)]
struct Seen {
    calls: AtomicU64,
    shown: Mutex<HashMap<Sha256, Arc<[u8]>>>,
    log: Mutex<Vec<String>>,
}

/// The same registry, to which nothing has happened yet.
impl Clone for FakeRegistry {
    fn clone(&self) -> Self {
        Self {
            artefacts: self.artefacts.clone(),
            caller: self.caller.clone(),
            signs: self.signs,
            tokens: self.tokens.clone(),
            web_logins: self.web_logins.clone(),
            settings: self.settings.clone(),
            digests: self.digests.clone(),
            page: self.page,
            fails_from: self.fails_from,
            seen: Seen::default(),
        }
    }
}

impl FakeRegistry {
    /// A registry with nothing in it, and a caller without a credential.
    pub fn new() -> Self {
        Self {
            caller: Caller::anonymous(),
            ..Self::default()
        }
    }

    /// With an artefact. Artefacts are listed by name.
    #[must_use]
    pub fn with_artefact(mut self, artefact: FakeArtefact) -> Self {
        self.artefacts.push(artefact);
        self.artefacts
            .sort_by_key(|artefact| artefact.name().to_owned());
        self
    }

    /// With somebody who asks.
    #[must_use]
    pub fn with_caller(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }

    /// One that signs, with a key that is none: a signature is the text itself, in base64.
    #[must_use]
    pub fn that_signs(mut self) -> Self {
        self.signs = true;
        self
    }

    /// With a token of the caller.
    #[must_use]
    pub fn with_token(mut self, token: TokenView) -> Self {
        self.tokens.push(token);
        self
    }

    /// With a sign-in in a browser that was begun.
    #[must_use]
    pub fn with_web_login(mut self, id: &str, state: WebLogin) -> Self {
        self.web_logins.push((id.to_owned(), state));
        self
    }

    /// With the operator's settings.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// With a digest that files have beside SHA-256.
    #[must_use]
    pub fn with_digest(mut self, algorithm: DigestAlgorithm) -> Self {
        self.digests.push(algorithm);
        self
    }

    /// With so many items on a page; 100 if nobody says.
    #[must_use]
    pub fn with_pages_of(mut self, items: usize) -> Self {
        self.page = Some(items);
        self
    }

    /// With a database that fails: from the n-th call on, counted from 0, every call is an error.
    #[must_use]
    pub fn failing_from(mut self, call: u64) -> Self {
        self.fails_from = Some(call);
        self
    }

    /// How often it was asked for something that a database would have to answer.
    pub fn calls(&self) -> u64 {
        self.seen.calls.load(Ordering::Relaxed)
    }

    /// The size of a blob that was shown; an answer may send no other.
    pub fn shown(&self, digest: Sha256) -> Option<u64> {
        self.shown_blobs().get(&digest).map(|bytes| bytes.size())
    }

    /// The lines that were written to the log.
    pub fn log_lines(&self) -> Vec<String> {
        let log = self.seen.log.lock();
        log.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything that is in it.
    pub(super) fn artefacts_by_name(&self) -> &[FakeArtefact] {
        &self.artefacts
    }

    fn shown_blobs(&self) -> MutexGuard<'_, HashMap<Sha256, Arc<[u8]>>> {
        let shown = self.seen.shown.lock();
        shown.unwrap_or_else(PoisonError::into_inner)
    }

    fn count_call(&self) -> io::Result<()> {
        let number = self.seen.calls.fetch_add(1, Ordering::Relaxed);
        match self.fails_from {
            Some(from) if number >= from => {
                Err(io::Error::other("the conformance kit lets this call fail"))
            }
            _ => Ok(()),
        }
    }

    fn find(&self, name: &str) -> Option<&FakeArtefact> {
        let same = |artefact: &&FakeArtefact| artefact.name().eq_ignore_ascii_case(name);
        self.artefacts.iter().find(same)
    }

    fn show(&self, version: &FakeVersion) -> VersionView {
        let Shown { view, blobs } = version.show(&self.digests);
        self.shown_blobs().extend(blobs);
        view
    }

    fn one_page<T>(&self, items: impl Iterator<Item = T>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = self.page.unwrap_or(100).max(1);
        let mut items: Vec<_> = items.take(limit + 1).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(key);
        Page { items, next }
    }
}

impl Registry for FakeRegistry {
    fn artefact(&self, name: &str) -> io::Result<Option<ArtefactView>> {
        self.count_call()?;
        Ok(self.find(name).map(FakeArtefact::view))
    }

    fn artefacts(&self, after: Option<&str>) -> io::Result<Page<ArtefactView>> {
        self.count_call()?;
        let later = |artefact: &&FakeArtefact| after.is_none_or(|after| artefact.name() > after);
        let views = self.artefacts.iter().filter(later).map(FakeArtefact::view);
        Ok(self.one_page(views, |view| view.name.clone()))
    }

    fn versions(&self, name: &str, after: Option<&str>) -> io::Result<Page<VersionView>> {
        self.count_call()?;
        let all = self.find(name).map(FakeArtefact::newest_first);
        let all = all.unwrap_or_default();
        let start = match after {
            None => 0,
            Some(after) => {
                let same = |version: &&FakeVersion| version.text() == after;
                let position = all.iter().position(same);
                position.map_or(all.len(), |position| position + 1)
            }
        };
        let views = all[start..].iter().map(|version| self.show(version));
        Ok(self.one_page(views, |view| view.version.to_string()))
    }

    fn version(&self, name: &str, selector: &str) -> io::Result<Option<VersionView>> {
        self.count_call()?;
        let artefact = self.find(name);
        let version = artefact.and_then(|artefact| artefact.select(selector));
        Ok(version.map(|version| self.show(version)))
    }

    fn open(&self, digest: Sha256) -> io::Result<Box<dyn ReadAt>> {
        self.count_call()?;
        let bytes = self.shown_blobs().get(&digest).cloned();
        let bytes = bytes.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Memory(bytes)))
    }

    fn search(&self, text: &str, from: usize, limit: usize) -> io::Result<Found> {
        self.count_call()?;
        let words: Vec<_> = text.split_whitespace().collect();
        let has_all =
            |artefact: &&FakeArtefact| words.iter().all(|word| artefact.name().contains(*word));
        let views: Vec<_> = self
            .artefacts
            .iter()
            .filter(has_all)
            .map(FakeArtefact::view)
            .collect();
        Ok(Found {
            total: views.len(),
            items: views.into_iter().skip(from).take(limit).collect(),
        })
    }

    fn sign(&self, text: &str) -> io::Result<Option<Signature>> {
        self.count_call()?;
        Ok(self.signs.then(|| Signature {
            key_id: "SHA256:fake".to_owned(),
            signature: STANDARD.encode(text),
        }))
    }

    fn signing_keys(&self) -> io::Result<Vec<SigningKey>> {
        self.count_call()?;
        let key = SigningKey {
            key_id: "SHA256:fake".to_owned(),
            public_key: STANDARD.encode("fake"),
            expires: None,
        };
        Ok(if self.signs { vec![key] } else { Vec::new() })
    }

    fn tokens(&self) -> io::Result<Vec<TokenView>> {
        self.count_call()?;
        Ok(self.tokens.clone())
    }

    fn web_login(&self, id: &str) -> io::Result<WebLogin> {
        self.count_call()?;
        let found = self.web_logins.iter().find(|(of, _)| of == id);
        Ok(found.map_or(WebLogin::Unknown, |(_, state)| state.clone()))
    }

    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn log(&self, message: &str) {
        let log = self.seen.log.lock();
        log.unwrap_or_else(PoisonError::into_inner)
            .push(message.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> FakeRegistry {
        let version = |text: &str| FakeVersion::new(text).file("a.txt", "text/plain", text);
        FakeRegistry::new()
            .with_artefact(FakeArtefact::new("b").version(version("1.0.0")))
            .with_artefact(
                FakeArtefact::new("a")
                    .version(version("1.0.0"))
                    .version(version("1.2.0"))
                    .version(version("2.0.0").yanked())
                    .tag("stable", "1.0.0"),
            )
            .with_pages_of(1)
    }

    #[test]
    fn everything_is_listed_page_by_page() {
        let registry = registry();
        let first = registry.artefacts(None).unwrap();
        assert_eq!(first.items[0].name, "a");
        let second = registry.artefacts(first.next.as_deref()).unwrap();
        assert_eq!((second.items[0].name.as_str(), second.next), ("b", None));

        let mut texts = Vec::new();
        let mut after = None;
        loop {
            let page = registry.versions("a", after.as_deref()).unwrap();
            texts.extend(
                page.items
                    .into_iter()
                    .map(|version| version.version.to_string()),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(texts, ["2.0.0", "1.2.0", "1.0.0"]);
    }

    #[test]
    fn a_selector_finds_what_a_host_would_find() {
        let registry = registry();
        let found = |selector| {
            let found = registry.version("A", selector).unwrap();
            found.map(|version| version.version.to_string())
        };
        assert_eq!(found("latest").as_deref(), Some("1.2.0"), "2.0.0 is yanked");
        assert_eq!(found("stable").as_deref(), Some("1.0.0"));
        assert_eq!(found("2.0.0").as_deref(), Some("2.0.0"));
        assert_eq!(found("^1").as_deref(), Some("1.2.0"));
        assert_eq!(found("3"), None);
    }

    #[test]
    fn a_blob_is_opened_only_after_it_was_shown() {
        let registry = registry();
        let digest = registry
            .clone()
            .version("a", "1.0.0")
            .unwrap()
            .unwrap()
            .files[0]
            .sha256;
        assert!(registry.open(digest).is_err());
        assert_eq!(registry.shown(digest), None);
        registry.version("a", "1.0.0").unwrap();
        assert_eq!(registry.open(digest).unwrap().size(), 5);
    }

    #[test]
    fn a_failing_database_fails_from_the_call_that_is_said() {
        let registry = registry().failing_from(1);
        assert!(registry.artefact("a").is_ok());
        assert!(registry.artefact("a").is_err());
        assert_eq!(registry.calls(), 2);
    }
}
