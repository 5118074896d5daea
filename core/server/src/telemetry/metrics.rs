//! The metrics, in the form of Prometheus. All names and what they mean stand here.

use std::sync::Arc;

use cellier_store::Store;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::formats::FormatSet;
use crate::http::Memo;

/// Seconds: from half a millisecond, a cached read, to a quarter of an hour, a large upload.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 120.0, 900.0,
];

/// Installs the recorder and gives the handle that renders it.
pub(crate) fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
    let handle = builder.install_recorder()?;
    describe_counter!(
        "cellier_http_requests_total",
        "Requests by method, route and status"
    );
    describe_histogram!(
        "cellier_http_request_seconds",
        Unit::Seconds,
        "Time to the head of the answer, by route"
    );
    describe_counter!(
        "cellier_uploads_total",
        "Uploads that were published, by format"
    );
    describe_counter!(
        "cellier_upload_bytes_total",
        Unit::Bytes,
        "Bytes that were published, by format"
    );
    describe_counter!(
        "cellier_download_bytes_total",
        Unit::Bytes,
        "Bytes of files that answers began to send"
    );
    describe_counter!(
        "cellier_download_redirects_total",
        "Downloads that were sent to the object storage"
    );
    describe_counter!(
        "cellier_blob_copies_total",
        "Local copies of stored blobs that formats asked for, by what came of it"
    );
    describe_counter!(
        "cellier_inspections_total",
        "Uploads that formats looked at, by format and outcome"
    );
    describe_counter!(
        "cellier_findings_total",
        "Findings of formats, by format and severity"
    );
    describe_counter!(
        "cellier_format_reads_total",
        "Reads in the protocol of a format, by format and by how they were answered"
    );
    describe_gauge!(
        "cellier_held_answers_bytes",
        Unit::Bytes,
        "Bytes of answers of formats that are held in memory"
    );
    describe_histogram!(
        "cellier_database_seconds",
        Unit::Seconds,
        "Time of database statements, by what they do"
    );
    describe_histogram!(
        "cellier_blob_seconds",
        Unit::Seconds,
        "Time of blob operations, by operation and outcome"
    );
    describe_gauge!(
        "cellier_database_connections",
        "Connections to the database, by state"
    );
    describe_gauge!(
        "cellier_format_calls",
        "Calls of formats that work or wait for a thread, by state"
    );
    describe_counter!(
        "cellier_gc_runs_total",
        "Times that space was freed, by outcome"
    );
    describe_counter!(
        "cellier_gc_versions_total",
        "Versions that retention policies removed"
    );
    describe_counter!("cellier_gc_blobs_total", "Blobs that were freed");
    describe_counter!(
        "cellier_gc_bytes_total",
        Unit::Bytes,
        "Bytes that were freed"
    );
    describe_gauge!(
        "cellier_blob_bytes",
        Unit::Bytes,
        "Bytes of blobs after space was last freed, by state: used or reclaimable"
    );
    begin_at_zero();
    Ok(handle)
}

/// Counts what may not happen for days from zero: the rate of a series that is not there yet cannot be told from none.
fn begin_at_zero() {
    metrics::counter!("cellier_download_redirects_total").absolute(0);
    for outcome in ["found", "fetched", "failed"] {
        metrics::counter!("cellier_blob_copies_total", "outcome" => outcome).absolute(0);
    }
    for outcome in ["done", "error"] {
        metrics::counter!("cellier_gc_runs_total", "outcome" => outcome).absolute(0);
    }
    metrics::counter!("cellier_gc_versions_total").absolute(0);
    metrics::counter!("cellier_gc_blobs_total").absolute(0);
    metrics::counter!("cellier_gc_bytes_total").absolute(0);
}

/// What is looked at when metrics are asked for, because nobody is told when it changes.
#[derive(Clone, Debug)]
pub(crate) struct Gauges {
    pub(crate) store: Store,
    pub(crate) formats: Arc<FormatSet>,
    pub(crate) memo: Arc<Memo>,
}

impl Gauges {
    /// Looks.
    pub(crate) fn refresh(&self) {
        let connections = self.store.connections();
        for (state, count) in [("busy", connections.busy), ("idle", connections.idle)] {
            metrics::gauge!("cellier_database_connections", "state" => state).set(count);
        }
        let calls = self.formats.in_hand();
        for (state, count) in [("working", calls.working), ("waiting", calls.waiting)] {
            metrics::gauge!("cellier_format_calls", "state" => state).set(count);
        }
        // A few bytes more or less are nothing to a gauge.
        #[expect(
            clippy::cast_precision_loss,
            reason = "bytes of memory are far below 2^53"
        )]
        metrics::gauge!("cellier_held_answers_bytes").set(self.memo.bytes() as f64);
    }
}
