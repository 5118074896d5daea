//! `cellier gc`

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::retention::{Collected, Collection, Sweep, collect};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{CliError, output};
use crate::compose::compose_as_it_is;
use crate::config::Config;
use crate::jobs::{GC_LEASE, Holder, under_lease};
use crate::registry::{Tie, tie};
use crate::telemetry::start_log;

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
    // What cannot be removed or deleted is told there, one by one, as a server would.
    start_log(&config.log);
    let parts = compose_as_it_is(config).await?;
    let how = if args.dry_run { Tie::Check } else { Tie::Name };
    tie(config, &parts, how).await?;
    let context = parts.context;
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    let wanted = Sweep {
        grace: config.gc.grace.0,
        orphans: true,
        dry_run: args.dry_run,
    };
    let mut told = Told::new(args);
    let work = collect(&context, &origin, wanted, |one| told.tell(&one));
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
    told.summarise(&collection)?;
    match (collection.failed, collection.swept.failed) {
        (0, 0) => Ok(()),
        (artefacts, blobs) => Err(CliError::Refused(format!(
            "the versions of {artefacts} artefacts could not be removed and {blobs} blobs not be deleted: the log above \
             tells why, and the next run tries again"
        ))),
    }
}

/// What is told of a collection: versions as they are removed, or everything at the end as JSON.
struct Told {
    dry_run: bool,
    as_json: bool,
    versions: Vec<Value>,
    outcome: Result<(), CliError>,
}

impl Told {
    fn new(args: &GcArgs) -> Self {
        Self {
            dry_run: args.dry_run,
            as_json: args.json,
            versions: Vec::new(),
            outcome: Ok(()),
        }
    }

    fn would(&self) -> &'static str {
        if self.dry_run { "would be " } else { "" }
    }

    fn tell(&mut self, one: &Collected) {
        if self.as_json {
            self.versions.push(json!({
                "format": one.format,
                "name": one.name,
                "version": one.version,
                "size": one.size,
                "policy": one.policy,
            }));
            return;
        }
        // A reader that went away does not end the work: it is told at the end.
        let told = output::line(&format!(
            "{}/{}@{}  {} bytes  {}removed: {} does not keep it",
            one.format,
            one.name,
            one.version,
            one.size,
            self.would(),
            one.policy
        ));
        if self.outcome.is_ok() {
            self.outcome = told;
        }
    }

    fn summarise(self, collection: &Collection) -> Result<(), CliError> {
        let (would, swept) = (self.would(), collection.swept);
        self.outcome?;
        if self.as_json {
            return output::json(&json!({
                "dryRun": self.dry_run,
                "artefacts": collection.artefacts,
                "versions": self.versions,
                "blobs": swept.blobs,
                "bytes": swept.bytes,
                "orphans": swept.orphans,
                "orphansWaiting": swept.waiting,
                "failed": { "artefacts": collection.failed, "blobs": swept.failed },
            }));
        }
        let Collection {
            artefacts,
            versions,
            ..
        } = collection;
        output::line(&format!(
            "{versions} of the versions of {artefacts} artefacts {would}removed; {} blobs with {} bytes {would}freed, {} \
             of them unknown to the database; {} more that it does not know wait until gc.grace is over",
            swept.blobs, swept.bytes, swept.orphans, swept.waiting
        ))
    }
}
