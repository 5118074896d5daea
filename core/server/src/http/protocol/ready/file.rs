//! Stored bytes: a file, or a part of one.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::BytesMut;
use cellier_model::FileRecord;
use futures_util::TryStreamExt as _;
use tokio::sync::OnceCell;

use crate::http::download::{Asked, FileResponse, describe_file, file_response};
use crate::http::problem::Problem;
use crate::http::protocol::coding::{Accepted, Coding};
use crate::http::protocol::ready::memory::{Form, Memory, no_form};
use crate::http::protocol::ready::{Sender, headers as header_rules};
use crate::http::protocol::tag::Tag;

/// Parts of at most so many bytes are kept in memory while their answer is held.
const SMALL: u64 = 128 << 10;

/// Packed parts of at most so many bytes are unpacked for clients that cannot.
const UNPACKABLE: u64 = 16 << 20;

/// What only a stored file knows to answer.
const ABOUT_FILES: [HeaderName; 5] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
];

/// A stored file, or a part of it, that a format has answered with.
#[derive(Debug)]
pub(super) struct StoredFile {
    record: FileRecord,
    part: Option<Range<u64>>,
    coding: Option<Coding>,
    tag: Option<String>,
    status: StatusCode,
    headers: HeaderMap,
    loaded: OnceCell<Memory>,
}

impl StoredFile {
    /// A file of which a part may be all that there is.
    pub(super) fn new(
        record: FileRecord,
        part: Option<Range<u64>>,
        coding: Option<Coding>,
        tag: Option<Tag>,
    ) -> Result<Self, Problem> {
        let lies_within = |part: &Range<u64>| part.start <= part.end && part.end <= record.size;
        if part.as_ref().is_some_and(|part| !lies_within(part)) {
            return Err(Problem::not_found("the file has no such part"));
        }
        let tag = tag.and_then(|tag| Some(tag.header()?.to_str().ok()?.to_owned()));
        Ok(Self {
            record,
            part,
            coding,
            tag,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            loaded: OnceCell::new(),
        })
    }

    /// The same with what the format says of it.
    pub(super) fn with_headers(mut self, status: StatusCode, mut headers: HeaderMap) -> Self {
        if self.coding.is_some() {
            header_rules::vary_by_coding(&mut headers);
        }
        self.status = status;
        self.headers = headers;
        self
    }

    /// What the format says of it.
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The bytes of it that are in memory.
    pub(super) fn weight(&self) -> usize {
        self.loaded.get().map_or(0, Memory::weight)
    }

    /// Sends it, or the range of it that is asked for.
    pub(super) async fn send(
        &self,
        sender: Sender<'_>,
        asked: Asked<'_>,
    ) -> Result<Response, Problem> {
        let takes = self.coding.is_none_or(|coding| {
            let accepted = Accepted::of(asked.headers);
            accepted.takes(coding)
        });
        if !takes && self.size() > UNPACKABLE {
            return Err(no_form());
        }
        let is_small = self.part.is_some() && self.size() <= SMALL && self.status == StatusCode::OK;
        let is_plain = || {
            !ABOUT_FILES
                .iter()
                .any(|name| asked.headers.contains_key(name))
        };
        if !takes || sender.again && is_small && is_plain() {
            let memory = self.loaded.get_or_try_init(|| self.load(sender)).await?;
            return memory.send(sender.format, asked.headers).await;
        }
        let mut response = file_response(sender.state, asked, &self.as_file()).await?;
        let status_of_file = response.status();
        if status_of_file == StatusCode::FOUND {
            // What the format says of the bytes does not hold for the way to them.
            return Ok(response);
        }
        if self.status != StatusCode::OK || status_of_file == StatusCode::OK {
            *response.status_mut() = self.status;
        }
        self.decorate(response.headers_mut());
        Ok(response)
    }

    async fn load(&self, sender: Sender<'_>) -> Result<Memory, Problem> {
        let part = self.part.clone().unwrap_or(0..self.record.size);
        let blobs = &sender.state.context.blobs;
        let mut pieces = blobs.read(&self.record.blob, part).await?;
        let mut bytes = BytesMut::new();
        while let Some(piece) = pieces
            .try_next()
            .await
            .map_err(|error| Problem::unavailable(&error))?
        {
            bytes.extend_from_slice(&piece);
        }
        let file = self.as_file();
        let etag = file.etag();
        let mut headers = describe_file(&file);
        self.decorate(&mut headers);
        // The memory puts these in, for each form anew.
        headers.remove(header::CONTENT_ENCODING);
        headers.remove(header::ETAG);
        let tag = Tag::given(etag.trim_matches('"'));
        let form = Form {
            given: self.coding,
            bytes: bytes.freeze(),
        };
        Ok(Memory::new(self.status, headers, form, tag, false))
    }

    fn decorate(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        if let Some(coding) = self.coding {
            let name = HeaderValue::from_static(coding.name());
            headers.insert(header::CONTENT_ENCODING, name);
        }
    }

    fn size(&self) -> u64 {
        self.part
            .as_ref()
            .map_or(self.record.size, |part| part.end - part.start)
    }

    fn as_file(&self) -> FileResponse<'_> {
        FileResponse {
            name: None,
            may_redirect: self.coding.is_none() && self.part.is_none(),
            part: self.part.clone(),
            tag: self.tag.as_deref(),
            ..(&self.record).into()
        }
    }
}
