//! Stores that lie, fail or lose answers. Each is refused before it is used, or survived.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs as _};
use cellier_model::testing::SeededRandom;
use cellier_model::{BlobKey, StagedBlob};
use cellier_store::testing::{Lie, TestS3};
use cellier_store::{Patience, RemoteBlobs, RemoteStore};
use futures_util::TryStreamExt as _;
use hyper::Method;
use hyper::http::request::Parts;
use object_store::memory::InMemory;

use crate::blobs::remote::{bucket, open, open_with, options, patience};
use crate::blobs::suite::{noise, read, stage, store};
use crate::blobs::watched::Watched;

const INTERNAL_ERROR: &str = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>";
const COMPLETED: &str = "<?xml version=\"1.0\"?><CompleteMultipartUploadResult>\
                         <ETag>\"0-2\"</ETag></CompleteMultipartUploadResult>";

/// A store on a server that lies, and the folder of its client.
struct Lied {
    blobs: RemoteBlobs,
    _folder: tempfile::TempDir,
    _server: TestS3,
}

fn lied(lie: impl Fn(&Parts) -> Option<Lie> + Send + Sync + 'static) -> Lied {
    lied_to(patience(), lie)
}

fn lied_to(
    patience: Patience,
    lie: impl Fn(&Parts) -> Option<Lie> + Send + Sync + 'static,
) -> Lied {
    let folder = tempfile::tempdir().unwrap();
    let server = TestS3::lying(lie);
    let mut options = options(folder.path());
    options.patience = patience;
    let blobs = open_with(bucket(&server.new_bucket(), patience), &options);
    Lied {
        blobs,
        _folder: folder,
        _server: server,
    }
}

fn is_blob(request: &Parts) -> bool {
    request.uri.path().contains("/sha256/")
}

fn is_complete(request: &Parts) -> bool {
    let query = request.uri.query().unwrap_or_default();
    request.method == Method::POST && query.contains("uploadId=")
}

fn is_part(request: &Parts) -> bool {
    let query = request.uri.query().unwrap_or_default();
    request.method == Method::PUT && query.contains("partNumber=")
}

/// A lie for the first so many requests that fit.
fn at_first(
    times: usize,
    fits: impl Fn(&Parts) -> bool + Send + Sync + 'static,
    lie: Lie,
) -> impl Fn(&Parts) -> Option<Lie> + Send + Sync + 'static {
    let told = AtomicUsize::new(0);
    move |request| {
        let lies = fits(request) && told.fetch_add(1, Ordering::Relaxed) < times;
        lies.then_some(lie)
    }
}

async fn refusal(blobs: &RemoteBlobs) -> String {
    let refused = blobs.probe(false).await.unwrap_err();
    let source = std::error::Error::source(&refused).map(ToString::to_string);
    format!("{refused}: {}", source.unwrap_or_default())
}

#[tokio::test]
async fn a_store_that_ignores_conditional_puts_is_refused_unless_the_operator_knows() {
    let folder = tempfile::tempdir().unwrap();
    let careless = RemoteStore::of(Arc::new(Watched::careless()));
    let told = refusal(&open(folder.path(), careless.clone())).await;
    for part in [
        "refusing to overwrite an object (If-None-Match: *)",
        "the condition was ignored",
        "conditional_puts=false",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let known = careless.with_conditional_puts(false);
    let blobs = open(folder.path(), known);
    blobs.probe(false).await.unwrap();
    let key = store(&blobs, b"first", 1).await;
    let second = stage(&blobs, b"second", &[]).await;
    let again = blobs.store(&second, &key).await;
    assert!(matches!(again, Err(BlobError::AlreadyExists { .. })));
}

#[tokio::test]
async fn a_store_that_answers_200_with_an_error_to_a_finished_upload_is_refused() {
    let lied = lied(|request| is_complete(request).then_some(Lie::Answer(200, INTERNAL_ERROR)));
    let told = refusal(&lied.blobs).await;
    assert!(
        told.contains("putting an object together from parts"),
        "{told}"
    );
    assert!(told.contains("InternalError"), "{told}");
}

#[tokio::test]
async fn a_store_that_says_done_and_has_done_nothing_is_refused() {
    let lied = lied(|request| is_complete(request).then_some(Lie::Answer(200, COMPLETED)));
    let told = refusal(&lied.blobs).await;
    assert!(
        told.contains("it said that the object is complete, and has none"),
        "{told}"
    );
}

#[tokio::test]
async fn a_store_that_cuts_what_it_sends_is_refused() {
    let lied = lied(|request| (request.method == Method::GET).then_some(Lie::Cut(3)));
    let told = refusal(&lied.blobs).await;
    assert!(
        told.contains("writing an object and reading it back"),
        "{told}"
    );
}

#[tokio::test]
async fn a_store_that_does_not_take_the_credentials_is_refused_with_their_names() {
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let lied = lied(move |_| Some(Lie::Answer(403, denied)));
    let told = refusal(&lied.blobs).await;
    assert!(told.contains("AWS_ACCESS_KEY_ID"), "{told}");
    assert!(told.contains("AccessDenied"), "{told}");
}

#[tokio::test]
async fn a_store_that_is_not_there_is_refused_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let url = "s3://nowhere?endpoint=http://127.0.0.1:1";
    let told = refusal(&open(folder.path(), bucket(url, patience()))).await;
    assert!(
        told.contains("127.0.0.1:1") && told.contains("storage.url"),
        "{told}"
    );
}

#[tokio::test]
async fn a_store_that_does_not_speak_tls_is_refused_where_the_url_says_https() {
    let folder = tempfile::tempdir().unwrap();
    let url = TestS3::embedded()
        .new_bucket()
        .replace("http://", "https://");
    let told = refusal(&open(folder.path(), bucket(&url, patience()))).await;
    assert!(told.contains("https://127.0.0.1"), "{told}");
}

#[tokio::test]
async fn a_store_that_signs_no_urls_is_refused_where_clients_are_to_be_sent_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path(), RemoteStore::of(Arc::new(InMemory::new())));
    let told = blobs.probe(true).await.unwrap_err().to_string();
    assert!(told.contains("storage.redirect = \"never\""), "{told}");
}

#[tokio::test]
async fn a_probe_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::default();
    open(folder.path(), RemoteStore::of(Arc::new(watched.clone())))
        .probe(false)
        .await
        .unwrap();
    let left: Vec<_> = object_store::ObjectStore::list(&watched.inner, None)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(left, []);
}

#[tokio::test]
async fn a_store_that_asks_to_slow_down_is_asked_again() {
    let slow_down = "<Error><Code>SlowDown</Code></Error>";
    let lied = lied(at_first(3, |_| true, Lie::Answer(503, slow_down)));
    let key = store(&lied.blobs, b"patience", 1).await;
    assert_eq!(read(&lied.blobs, &key, 0..8).await, b"patience");
}

#[tokio::test]
async fn an_upload_whose_answer_got_lost_is_known_again() {
    let is_put = |request: &Parts| request.method == Method::PUT && is_blob(request);
    let lied = lied(at_first(1, is_put, Lie::DoneButFailed));
    // The request is repeated, and finds an object in its way: its own.
    let key = store(&lied.blobs, b"stored at once", 1).await;
    assert_eq!(lied.blobs.size(&key).await.unwrap(), Some(14));
    let other = stage(&lied.blobs, b"stored by another", &[]).await;
    let again = lied.blobs.store(&other, &key).await;
    assert!(
        matches!(again, Err(BlobError::AlreadyExists { .. })),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_large_upload_whose_last_answer_got_lost_is_known_again() {
    let lied = lied(at_first(1, is_complete, Lie::DoneButFailed));
    let bytes = noise(20 << 20);
    let key = store(&lied.blobs, &bytes, 1).await;
    assert!(read(&lied.blobs, &key, 0..20 << 20).await == bytes);
}

#[tokio::test]
async fn a_large_upload_is_not_stored_because_the_store_says_so() {
    for answer in [INTERNAL_ERROR, COMPLETED] {
        let lied = lied(move |request| {
            let lies = is_complete(request) && is_blob(request);
            lies.then_some(Lie::Answer(200, answer))
        });
        let stored = store_noise(&lied.blobs, 9 << 20).await;
        assert!(
            matches!(stored, Err(BlobError::Unavailable { .. })),
            "{stored:?}"
        );
    }
}

async fn store_noise(blobs: &RemoteBlobs, length: usize) -> Result<BlobKey, BlobError> {
    let staged: StagedBlob = stage(blobs, &noise(length), &[]).await;
    let key = BlobKey::fresh(staged.sha256(), &SeededRandom::new(1));
    blobs.store(&staged, &key).await.map(|()| key)
}

#[tokio::test]
async fn a_full_store_is_told_from_a_broken_one() {
    let full = "<Error><Code>XMinioStorageFull</Code></Error>";
    for (status, text) in [(507, ""), (500, full)] {
        let lied = lied(move |request| {
            (request.method == Method::PUT && is_blob(request)).then_some(Lie::Answer(status, text))
        });
        for length in [100, 9 << 20] {
            let stored = store_noise(&lied.blobs, length).await;
            assert!(matches!(stored, Err(BlobError::Full)), "{stored:?}");
        }
    }
}

#[tokio::test]
async fn the_parts_of_an_upload_that_failed_are_removed() {
    let removed = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&removed);
    let lied = lied(move |request| {
        let is_abort = request.method == Method::DELETE
            && request
                .uri
                .query()
                .is_some_and(|query| query.contains("uploadId="));
        counted.fetch_add(usize::from(is_abort), Ordering::Relaxed);
        is_part(request).then_some(Lie::Answer(400, ""))
    });
    let stored = store_noise(&lied.blobs, 9 << 20).await;
    assert!(
        matches!(stored, Err(BlobError::Unavailable { .. })),
        "{stored:?}"
    );
    let patience = std::time::Instant::now();
    while removed.load(Ordering::Relaxed) == 0 {
        assert!(
            patience.elapsed() < Duration::from_secs(10),
            "the parts are still there"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_download_that_breaks_goes_on_where_it_broke() {
    let ranges = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ranges);
    let lied = lied(move |request| {
        if request.method != Method::GET || !is_blob(request) {
            return None;
        }
        let range = request.headers["range"].to_str().unwrap().to_owned();
        let mut seen = seen.lock().unwrap();
        seen.push(range);
        (seen.len() <= 3).then_some(Lie::Cut(300_000))
    });
    let bytes = noise(1_500_000);
    let key = store(&lied.blobs, &bytes, 1).await;
    assert!(read(&lied.blobs, &key, 100..1_500_000).await == bytes[100..]);
    let ranges = ranges.lock().unwrap();
    assert_eq!(ranges[0], "bytes=100-1499999");
    assert_eq!(ranges.len(), 4, "{ranges:?}");
    assert!(ranges.is_sorted_by_key(|range| range[6..].split('-').next().unwrap().len()));
}

#[tokio::test]
async fn a_download_that_stalls_is_given_up_and_goes_on() {
    let impatient = Patience {
        idle: Duration::from_millis(200),
        ..patience()
    };
    let is_get = |request: &Parts| request.method == Method::GET && is_blob(request);
    let lied = lied_to(impatient, at_first(2, is_get, Lie::Stall(10_000)));
    let bytes = noise(50_000);
    let key = store(&lied.blobs, &bytes, 1).await;
    assert!(read(&lied.blobs, &key, 0..50_000).await == bytes);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_asked_again_and_not_waited_for_without_end() {
    let impatient = Patience {
        answer: Duration::from_millis(300),
        ..patience()
    };
    let is_blob_get = |request: &Parts| request.method == Method::GET && is_blob(request);
    let once = lied_to(impatient, at_first(1, is_blob_get, Lie::Silence));
    let key = store(&once.blobs, b"answered", 1).await;
    assert_eq!(read(&once.blobs, &key, 0..8).await, b"answered");
    let never = lied_to(impatient, |request| {
        (request.method == Method::PUT).then_some(Lie::Silence)
    });
    let stored = store_noise(&never.blobs, 100).await;
    assert!(
        matches!(stored, Err(BlobError::Unavailable { .. })),
        "{stored:?}"
    );
}

#[tokio::test]
async fn a_download_that_never_gets_further_ends_with_an_error() {
    let gets = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&gets);
    let lied = lied(move |request| {
        let is_get = request.method == Method::GET && is_blob(request);
        counted.fetch_add(usize::from(is_get), Ordering::Relaxed);
        is_get.then_some(Lie::Cut(0))
    });
    let key = store(&lied.blobs, b"never seen", 1).await;
    let is_read = match lied.blobs.read(&key, 0..10).await {
        Ok(stream) => stream.try_collect::<Vec<Bytes>>().await.is_ok(),
        Err(_) => false,
    };
    assert!(!is_read);
    assert!(
        gets.load(Ordering::Relaxed) < 50,
        "it is not asked for ever"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_holds_four_parts_in_memory_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let watched = Watched::default();
    let blobs = open(folder.path(), RemoteStore::of(Arc::new(watched.clone())));
    let bytes = noise(64 << 20);
    let key = store(&blobs, &bytes, 1).await;
    assert!(read(&blobs, &key, 0..64 << 20).await == bytes);
    let part = 8 << 20;
    assert!(
        (2 * part..=4 * part).contains(&watched.peak()),
        "{} bytes were in flight",
        watched.peak()
    );
}
