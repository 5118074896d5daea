//! What a format was shown while it answered one request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cellier_model::FileRecord;
use cellier_model::access::Decision;
use cellier_sdk::Sha256;

use crate::http::problem::Problem;

/// The files that a format was shown for one request, and whether the caller may download them: an answer may send
/// these alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    files: Arc<Mutex<HashMap<Sha256, (FileRecord, Decision)>>>,
    sign_in: Arc<AtomicBool>,
}

impl Shown {
    /// Two artefacts may share their bytes: who may have those of one may have them.
    pub(super) fn add(&self, file: FileRecord, decision: Decision) {
        let mut shown = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shown.get(&file.sha256()).map(|(_, decision)| *decision);
        if known != Some(Decision::Allowed) {
            shown.insert(file.sha256(), (file, decision));
        }
    }

    /// The file of a digest, if it was shown and may be downloaded. The digest alone gives no right.
    pub(super) fn get(&self, digest: Sha256) -> Result<FileRecord, Problem> {
        let shown = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        match shown.get(&digest) {
            Some((file, Decision::Allowed)) => Ok(file.clone()),
            Some((_, decision)) => Err((*decision).into()),
            None => Err(Problem::not_found("there is no such file")),
        }
    }

    /// Notes that the format has asked what came of a sign-in in a browser.
    pub(super) fn note_sign_in(&self) {
        self.sign_in.store(true, Ordering::Relaxed);
    }

    /// Whether it has: then its answer is about that, and for somebody who has no credential yet.
    pub(super) fn is_about_sign_in(&self) -> bool {
        self.sign_in.load(Ordering::Relaxed)
    }
}
