//! The headers of files that were asked for lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use cellier_model::{FileRecord, Id};

use crate::http::download::{FileResponse, describe_file};

/// How many files are kept; then all are forgotten, and those that are hot are soon there again.
const MOST: usize = 4_000;

/// The headers of files that were asked for lately. Of a small download it costs a good part to word them, and they never
/// change.
#[derive(Debug, Default)]
pub(crate) struct Described(Mutex<HashMap<Id<FileRecord>, Arc<HeaderMap>>>);

impl Described {
    /// The headers that tell of a file, whole.
    pub(super) fn of(&self, file: &FileRecord) -> Arc<HeaderMap> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(headers) = known.get(&file.id) {
            return Arc::clone(headers);
        }
        let headers = Arc::new(describe_file(&FileResponse::from(file)));
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(file.id, Arc::clone(&headers));
        headers
    }
}
