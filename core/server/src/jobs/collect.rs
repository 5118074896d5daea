//! Applying the retention policies and freeing what nothing uses.

use std::time::Duration;

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::retention::{Collection, Sweep, SweepError, collect};
use tokio::time::sleep;

use crate::config::GcConfig;
use crate::jobs::{Holder, under_lease};

/// The lease under which space is freed.
pub(crate) const GC_LEASE: &str = "gc";

/// Frees space every now and then, on one server at a time.
pub(crate) async fn collect_regularly(context: Context, config: GcConfig) {
    if config.every.0.is_zero() {
        tracing::info!("gc.every is 0s: space is freed only by cellier gc");
        return;
    }
    let holder = Holder::of_this_process(&context);
    loop {
        sleep(jittered(&context, config.every.0)).await;
        let work = collect_now(&context, config.grace.0);
        match under_lease(&context, GC_LEASE, &holder, work).await {
            Ok(Ok(Ok(collection))) => tell(&context, &collection).await,
            Ok(Ok(Err(error))) => {
                metrics::counter!("cellier_gc_runs_total", "outcome" => "error").increment(1);
                tracing::error!(%error, "space could not be freed; the next run goes on: {error}");
            }
            Ok(Err(elsewhere)) => {
                tracing::debug!(%elsewhere, "another server frees space: {elsewhere}");
            }
            Err(error) => {
                tracing::warn!(%error, "it could not be learnt who frees space: {error}");
            }
        }
    }
}

/// Frees space once.
async fn collect_now(context: &Context, grace: Duration) -> Result<Collection, SweepError> {
    let origin = Origin {
        actor: Actor::System,
        address: None,
    };
    let wanted = Sweep {
        grace,
        orphans: false,
        dry_run: false,
    };
    collect(context, &origin, wanted, |removed| {
        tracing::info!(
            format = %removed.format,
            name = %removed.name,
            version = %removed.version,
            "removed {}/{}@{}, which the policy ({}) does not keep",
            removed.format, removed.name, removed.version, removed.policy,
        );
    })
    .await
}

async fn tell(context: &Context, collection: &Collection) {
    let swept = collection.swept;
    let failed = (collection.failed, swept.failed);
    let outcome = if failed == (0, 0) { "done" } else { "error" };
    metrics::counter!("cellier_gc_runs_total", "outcome" => outcome).increment(1);
    if failed != (0, 0) {
        let (artefacts, blobs) = failed;
        tracing::error!(
            artefacts,
            blobs,
            "the versions of {artefacts} artefacts could not be removed and {blobs} blobs not be deleted; the next run \
             tries again"
        );
    }
    metrics::counter!("cellier_gc_versions_total").increment(collection.versions);
    metrics::counter!("cellier_gc_blobs_total").increment(swept.blobs);
    metrics::counter!("cellier_gc_bytes_total").increment(swept.bytes);
    tracing::info!(
        versions = collection.versions,
        blobs = swept.blobs,
        bytes = swept.bytes,
        "removed {} versions and freed {} bytes",
        collection.versions,
        swept.bytes,
    );
    if let Ok(space) = context.catalog.space().await {
        for (state, bytes) in [
            ("used", space.bytes - space.reclaimable_bytes),
            ("reclaimable", space.reclaimable_bytes),
        ] {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a gauge is a float; no store has 2^53 bytes"
            )]
            metrics::gauge!("cellier_blob_bytes", "state" => state).set(bytes as f64);
        }
    }
}

/// A little earlier or later, so that servers that were started together do not all ask at once.
fn jittered(context: &Context, period: Duration) -> Duration {
    let mut random = [0];
    context.random.fill(&mut random);
    period.mul_f64(0.9 + f64::from(random[0]) / 255.0 * 0.2)
}
