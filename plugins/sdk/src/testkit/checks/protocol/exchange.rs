//! One request of a protocol, with the body that it brings.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::testkit::exam::Exam;
use crate::{Method, Request};

/// One request of a protocol, with the body that it brings.
#[derive(Clone, Debug)]
pub(in crate::testkit) struct Exchange {
    /// The request.
    pub(super) request: Request,
    /// The body.
    pub(super) body: Arc<[u8]>,
}

impl Exchange {
    /// A read.
    pub(in crate::testkit) fn read(request: Request) -> Self {
        Self::write(request, b"")
    }

    /// A write.
    pub(in crate::testkit) fn write(request: Request, body: &[u8]) -> Self {
        Self {
            request,
            body: body.into(),
        }
    }

    /// Below the mount of the format that is examined, unless it says where it is.
    pub(super) fn below(mut self, exam: &Exam) -> Self {
        if self.request.base_url.is_empty() {
            let mount = exam.descriptor().mount_segment().unwrap_or_default();
            self.request.base_url = format!("https://registry.example.com/{mount}");
        }
        self
    }

    /// Whether it asks for something and changes nothing.
    pub(super) fn is_read(&self) -> bool {
        self.request.method == Method::Get
    }

    /// The request in a few words.
    pub(super) fn label(&self) -> String {
        let path: Vec<_> = self
            .request
            .path
            .iter()
            .map(|segment| segment.escape_debug().to_string())
            .collect();
        let mut label = format!("{:?} /{}", self.request.method, path.join("/"));
        if let Some((key, value)) = self.request.query.first() {
            let _ = write!(label, "?{}={}", key.escape_debug(), value.escape_debug());
        }
        if let Some((name, value)) = self.request.headers.first() {
            let _ = write!(label, " with {name}: {}", value.escape_debug());
        }
        if !self.body.is_empty() {
            let _ = write!(label, " and {} bytes", self.body.len());
        }
        if label.len() > 120 {
            label.truncate(label.floor_char_boundary(119));
            label.push('…');
        }
        label
    }
}
