//! `GET /api/v1/artefacts/{format}/{name}/versions/{selector}/download`

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_model::access::Action;
use cellier_model::read::{
    ArtefactAddress, PickFile, find_artefact, newest_release_briefly, pick_file, resolve_briefly,
};
use cellier_model::{Artefact, BlobKey, FileName, FileRecord, Timestamp};
use cellier_sdk::MediaType;
use metrics::Counter;

use crate::http::credential::Caller;
use crate::http::download::conditional::{Condition, evaluate, range_counts, write_http_date};
use crate::http::download::content_disposition;
use crate::http::download::range::{Wanted, parse};
use crate::http::download::redirect::redirect;
use crate::http::json::read_query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::versions::get::FileQuery;
use crate::state::AppState;

/// The bytes of a version. Ranges, `If-Range`, `If-None-Match` and `If-Modified-Since` work; the `ETag` is strong and
/// made from the digest, `Repr-Digest` (RFC 9530) is the digest itself. `/tarball` is another word for `/download`.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/versions/{selector}/download", operation_id = "downloadVersion", tag = "downloads",
    params(("format" = String, Path), ("name" = String, Path), ("selector" = String, Path), FileQuery),
    responses(
        (status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "A range of the bytes"),
        (status = 302, description = "The bytes are at a signed URL of the store (`storage.redirect`)"),
        (status = 304, description = "The client has them already"),
        (status = 400, description = "The selector cannot be read, or it must be said which file", body = ProblemBody),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "The key does not cover it", body = ProblemBody),
        (status = 404, description = "Nothing matches, or nothing that the caller may see", body = ProblemBody),
        (status = 412, description = "If-Match names other bytes", body = ProblemBody),
        (status = 416, description = "The range lies outside the file", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    selector: Option<String>,
    request: &Parts,
) -> Result<Response, Problem> {
    let context = &state.context;
    let query: FileQuery = read_query(&request.uri)?;
    let artefact = find_artefact(context, caller.actor(), Action::Download, address).await?;
    let release = match &selector {
        Some(selector) => resolve_briefly(context, &artefact, selector).await?,
        None => newest_release_briefly(context, &artefact)
            .await?
            .ok_or_else(|| Problem::not_found("the artefact has no version that is not yanked"))?,
    };
    let wanted = PickFile::from(query);
    let file = pick_file(&release, &wanted)?;
    // An exact version has the same bytes for ever, but it may get further files, and what another selector means may
    // change at any time.
    let exact = selector.is_some_and(|selector| selector == release.version.version.as_str());
    let for_ever = exact && wanted.means_for_ever(file, is_open(state, &artefact));
    let cache_control = match (
        for_ever,
        artefact.public && context.access.anonymous_downloads,
    ) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "private, max-age=31536000, immutable",
        (false, true) => "public, no-cache",
        (false, false) => "private, no-cache",
    };
    let sent = FileResponse {
        described: Some(state.described.of(file)),
        ..FileResponse::from(file)
    };
    let mut response = file_response(state, request.into(), &sent).await?;
    if response.status() != StatusCode::FOUND {
        response.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(cache_control),
        );
    }
    Ok(response)
}

/// Whether the versions of an artefact may get files of other names; one whose format is not there any more is taken for
/// such.
fn is_open(state: &AppState, artefact: &Artefact) -> bool {
    let format = state.context.formats.get(artefact.format.as_str());
    format.is_none_or(|format| format.descriptor.is_open())
}

/// The bytes of the version that an artefact shows: `latest`, or the newest.
#[utoipa::path(
    get, path = "/api/v1/artefacts/{format}/{name}/download", operation_id = "downloadNewest", tag = "downloads",
    params(("format" = String, Path), ("name" = String, Path), FileQuery),
    responses(
        (status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "There is nothing, or nothing that the caller may see", body = ProblemBody),
    ),
)]
#[expect(dead_code, reason = "documents a second path of the same handler")]
pub(crate) fn newest() -> Body {
    Body::empty()
}

/// What a request asks of a file: nothing else of it matters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// `GET` or `HEAD`.
    pub(crate) method: &'a Method,
    /// All headers.
    pub(crate) headers: &'a HeaderMap,
}

impl<'a> From<&'a Parts> for Asked<'a> {
    fn from(request: &'a Parts) -> Self {
        Self {
            method: &request.method,
            headers: &request.headers,
        }
    }
}

/// What is sent of a stored file.
#[derive(Debug)]
pub(crate) struct FileResponse<'a> {
    /// Where its bytes are.
    pub(crate) blob: BlobKey,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The bytes of it that are all there is for this client, if not all of them.
    pub(crate) part: Option<Range<u64>>,
    /// Its media type.
    pub(crate) media_type: &'a MediaType,
    /// Its name.
    pub(crate) name: Option<&'a FileName>,
    /// When it was published.
    pub(crate) modified: Timestamp,
    /// Whether the store itself would answer the same.
    pub(crate) may_redirect: bool,
    /// An entity tag, with its quotes, if it is not the digest.
    pub(crate) tag: Option<&'a str>,
    /// The headers that tell of it, if they are worded already.
    pub(crate) described: Option<Arc<HeaderMap>>,
}

impl<'a> From<&'a FileRecord> for FileResponse<'a> {
    fn from(file: &'a FileRecord) -> Self {
        Self {
            blob: file.blob,
            size: file.size,
            part: None,
            media_type: &file.media_type,
            name: Some(&file.name),
            modified: file.published_at,
            may_redirect: true,
            tag: None,
            described: None,
        }
    }
}

impl FileResponse<'_> {
    /// A strong entity tag: the one that it was given, or the digest, and which part of the bytes it is, if it is only one.
    pub(crate) fn etag(&self) -> String {
        if let Some(tag) = self.tag {
            return tag.to_owned();
        }
        let sha256 = self.blob.sha256();
        match &self.part {
            None => format!("\"{sha256}\""),
            Some(part) => format!("\"{sha256}.{}-{}\"", part.start, part.end),
        }
    }
}

/// Sends a stored file, or the range of it that is asked for, or nothing if the client has it already; or sends the client
/// to the store.
pub(crate) async fn file_response(
    state: &AppState,
    asked: Asked<'_>,
    file: &FileResponse<'_>,
) -> Result<Response, Problem> {
    let described = match &file.described {
        Some(described) => Arc::clone(described),
        None => Arc::new(describe_file(file)),
    };
    let etag = described.get(header::ETAG);
    let etag = etag.and_then(|etag| etag.to_str().ok()).unwrap_or_default();
    let Range { start, end } = file.part.clone().unwrap_or(0..file.size);
    let size = end.saturating_sub(start);
    match evaluate(asked.headers, etag, file.modified) {
        Condition::Met => {}
        Condition::NotModified => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            *response.headers_mut() = HeaderMap::clone(&described);
            return Ok(response);
        }
        Condition::Failed => {
            let detail = "the file is not the one that If-Match or If-Unmodified-Since asks for";
            return Err(Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "precondition_failed",
                detail,
            ));
        }
    }
    let range = asked
        .headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let wanted = match range {
        Some(range) if range_counts(asked.headers, etag, file.modified) => parse(range, size),
        _ => Wanted::Whole,
    };
    let (status, bytes) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Wanted::Outside => return Err(outside(size)),
    };
    if let Some(response) = redirect(state, asked, file).await? {
        return Ok(response);
    }
    let length = bytes.end - bytes.start;
    let stored = start + bytes.start..start + bytes.end;
    // A store in the network would begin to send what nobody reads.
    let body = if asked.method == Method::HEAD {
        Body::empty()
    } else {
        let body = read(state, &file.blob, stored).await?;
        count(length);
        body
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    *headers = HeaderMap::clone(&described);
    // Room for these and those that every answer has.
    headers.reserve(4);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = bytes.end.saturating_sub(1);
        let content_range = format!("bytes {}-{last}/{size}", bytes.start);
        insert(headers, header::CONTENT_RANGE, &content_range);
    }
    Ok(response)
}

/// Bytes of a blob, at once if they lie in memory.
async fn read(state: &AppState, blob: &BlobKey, range: Range<u64>) -> Result<Body, Problem> {
    let blobs = &state.context.blobs;
    match blobs.at_hand(blob, &range) {
        Some(bytes) => Ok(Body::from(bytes)),
        None => Ok(Body::from_stream(blobs.read(blob, range).await?)),
    }
}

fn count(bytes: u64) {
    // To look for it costs more than to use it.
    static DOWNLOADED: LazyLock<Counter> =
        LazyLock::new(|| metrics::counter!("cellier_download_bytes_total"));
    DOWNLOADED.increment(bytes);
}

/// The headers that tell of a file. A browser must make nothing of bytes that anybody may have uploaded: nothing is run,
/// nothing is guessed.
pub(crate) fn describe_file(file: &FileResponse<'_>) -> HeaderMap {
    let mut described = HeaderMap::with_capacity(16);
    let headers = &mut described;
    let etag = &file.etag();
    insert(headers, header::CONTENT_TYPE, file.media_type.as_str());
    insert(headers, header::ETAG, etag);
    insert(
        headers,
        header::LAST_MODIFIED,
        &write_http_date(file.modified),
    );
    if file.part.is_none() {
        let digest = STANDARD.encode(file.blob.sha256().as_bytes());
        let digest = format!("sha-256=:{digest}:");
        insert(headers, HeaderName::from_static("repr-digest"), &digest);
    }
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(name) = file.name {
        headers.insert(header::CONTENT_DISPOSITION, content_disposition(name));
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let sandbox = HeaderValue::from_static("sandbox; default-src 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, sandbox);
    described
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn outside(size: u64) -> Problem {
    let detail = format!("the range lies outside the file, which has {size} bytes");
    let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", detail);
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => problem.header(header::CONTENT_RANGE, value),
        Err(_never) => problem,
    }
}
