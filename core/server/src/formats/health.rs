//! What is counted of a format.

use std::sync::atomic::{AtomicU64, Ordering};

use cellier_model::FormatId;
use cellier_sdk::{Finding, Inspection, Rejection, Severity};
use serde::Serialize;

/// How a format has been doing since the server started.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FormatHealth {
    /// Uploads that it looked at.
    pub inspections: u64,
    /// Those among them that it refused.
    pub refusals: u64,
    /// Times that it broke the contract: it panicked.
    pub failures: u64,
}

/// The counters behind a [`FormatHealth`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    inspections: AtomicU64,
    refusals: AtomicU64,
    failures: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> FormatHealth {
        FormatHealth {
            inspections: self.inspections.load(Ordering::Relaxed),
            refusals: self.refusals.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }

    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_inspection(&self, id: &FormatId, outcome: &Result<Inspection, Rejection>) {
        self.inspections.fetch_add(1, Ordering::Relaxed);
        let (word, findings): (_, &[Finding]) = match outcome {
            Ok(inspection) => ("taken", &inspection.findings),
            Err(Rejection::NotThisFormat(_)) => ("not_this_format", &[]),
            Err(Rejection::Invalid(findings)) => ("refused", findings),
            Err(Rejection::Unreadable(_)) => ("unreadable", &[]),
        };
        if matches!(outcome, Err(Rejection::Invalid(_))) {
            self.refusals.fetch_add(1, Ordering::Relaxed);
        }
        let format = id.to_string();
        metrics::counter!("cellier_inspections_total", "format" => format.clone(), "outcome" => word).increment(1);
        for finding in findings {
            let severity = match finding.severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            metrics::counter!("cellier_findings_total", "format" => format.clone(), "severity" => severity).increment(1);
        }
    }
}
