//! `cellier gc`

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::retention::{Collected, Collection, Sweep, collect};
use clap::Args;
use serde_json::json;

use crate::cli::{CliError, output};
use crate::compose::compose_as_it_is;
use crate::config::Config;
use crate::jobs::{GC_LEASE, Holder, under_lease};

/// Remove the versions that no retention rule keeps, and free the bytes that nothing uses.
///
/// The server does the same by itself (`gc.every`); this does it now, beside a running server. It also looks through the
/// whole store for bytes that the database does not know.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier gc --dry-run     what would be removed, and by which rule\n  cellier gc"
)]
pub(super) struct GcArgs {
    /// Only tell what would be done; nothing is changed.
    #[arg(long)]
    dry_run: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, args: &GcArgs) -> Result<(), CliError> {
    let context = compose_as_it_is(config).await?.context;
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    let wanted = Sweep {
        grace: config.gc.grace.0,
        orphans: true,
        dry_run: args.dry_run,
    };
    let mut removed = Vec::new();
    let work = collect(&context, &origin, wanted, |one| removed.push(one));
    let outcome = if args.dry_run {
        work.await
    } else {
        let holder = Holder::of_this_process(&context);
        let done = under_lease(&context, GC_LEASE, &holder, work).await;
        done.map_err(|error| CliError::failed("learn who frees space", error))?
            .map_err(|elsewhere| {
                CliError::Refused(format!("space is being freed already: {elsewhere}"))
            })?
    };
    let collection = outcome.map_err(|error| CliError::failed("free space", error))?;
    if args.json {
        output::json(&as_json(args.dry_run, &removed, &collection))
    } else {
        tell(args.dry_run, &removed, &collection)
    }
}

fn tell(dry_run: bool, removed: &[Collected], collection: &Collection) -> Result<(), CliError> {
    let would = if dry_run { "would be " } else { "" };
    for one in removed {
        let (artefact, pruned) = (&one.artefact, &one.pruned);
        output::line(&format!(
            "{}/{}@{}  {} bytes  {would}removed: {} does not keep it",
            artefact.format, artefact.name, pruned.version, pruned.size, pruned.policy
        ))?;
    }
    let swept = collection.swept;
    output::line(&format!(
        "{} of the versions of {} artefacts {would}removed; {} blobs with {} bytes {would}freed, {} of them unknown to \
         the database",
        collection.versions, collection.artefacts, swept.blobs, swept.bytes, swept.orphans
    ))
}

fn as_json(dry_run: bool, removed: &[Collected], collection: &Collection) -> serde_json::Value {
    let versions: Vec<_> = removed
        .iter()
        .map(|one| {
            json!({
                "format": one.artefact.format,
                "name": one.artefact.name,
                "version": one.pruned.version,
                "size": one.pruned.size,
                "policy": one.pruned.policy,
            })
        })
        .collect();
    json!({
        "dryRun": dry_run,
        "artefacts": collection.artefacts,
        "versions": versions,
        "blobs": collection.swept.blobs,
        "bytes": collection.swept.bytes,
        "orphans": collection.swept.orphans,
    })
}
