//! `cellier verify`

use std::path::PathBuf;
use std::sync::Arc;

use cellier_sdk::{Format, Pin, built_in_formats};
use clap::Args;
use serde_json::json;

use crate::cli::remote::RemoteArgs;
use crate::cli::{CliError, output};
use crate::client::Progress;
use crate::client::verify::{Shelf, Verdict, Verified, Verifier};
use crate::client::words::printable;
use crate::system::SystemRandom;

/// Check that what a lockfile pins, or a package, is what a registry has signed; also where it cannot be asked.
///
/// The registry is asked for what it has signed. With --documents all of that is kept, and with --offline nothing else is
/// looked at. With --keys its keys are taken once and trusted from then on.
///
/// The exit code is 0 if everything that comes from this registry is verified.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier verify npm package-lock.json --server https://registry.example.com --keys keys.json\n  \
                  cellier verify npm package-lock.json --keys keys.json --documents kept/ --offline\n  \
                  cellier verify npm widget-1.0.0.tgz --keys keys.json"
)]
pub(super) struct VerifyArgs {
    /// The format, such as npm.
    format: String,
    /// A lockfile, what a registry answers for a package, or a package.
    file: PathBuf,
    /// The keys that are trusted, as the registry lists them; if the file is not there, it is written with what the registry
    /// says now.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Keep in this folder what the registry says.
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
    /// Ask nobody: look at what was kept. Needs --keys and, for anything but the registry's own document, --documents.
    #[arg(long, requires = "keys")]
    offline: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    /// Nothing but what is wrong.
    #[arg(long, short)]
    quiet: bool,
    /// Everything as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: VerifyArgs) -> Result<(), CliError> {
    let progress = Progress::new(args.quiet);
    let connection = if args.offline {
        None
    } else {
        Some(args.remote.connect()?)
    };
    if let Some(keys) = args
        .keys
        .as_deref()
        .filter(|keys| args.offline && !keys.exists())
    {
        return Err(CliError::Refused(format!(
            "there is no file {}; run this once without --offline to have it written",
            keys.display()
        )));
    }
    let verifier = Verifier {
        format: find(&args.format)?,
        server: args.remote.server()?,
        shelf: Shelf::open(
            args.documents,
            connection,
            args.remote.retries,
            Arc::new(SystemRandom),
            progress.clone(),
        )?,
        keys: args.keys,
        progress,
    };
    let verified = verifier.verify(&args.file).await?;
    if args.json {
        output::json(&as_json(&verified))?;
    } else {
        tell(&verified, args.quiet)?;
    }
    let bad = verified
        .verdicts
        .iter()
        .filter(|(_, verdict)| !verdict.is_good());
    match bad.count() {
        0 => Ok(()),
        bad => Err(CliError::Refused(format!(
            "{bad} of {} versions are not verified",
            verified.verdicts.len()
        ))),
    }
}

fn find(id: &str) -> Result<Arc<dyn Format>, CliError> {
    let formats = built_in_formats();
    let formats = formats.map_err(|error| CliError::failed("set up the formats", error))?;
    let ids: Vec<_> = formats
        .iter()
        .map(|format| format.describe().id().to_owned())
        .collect();
    let mut named = formats.into_iter().zip(&ids).filter(|(_, of)| *of == id);
    match named.next() {
        Some((format, _)) => Ok(Arc::from(format)),
        None => Err(CliError::Usage(format!(
            "there is no format {id:?}; there are {}",
            ids.join(", ")
        ))),
    }
}

/// What is wrong, one line each; then how much there is of everything.
fn tell(verified: &Verified, quiet: bool) -> Result<(), CliError> {
    let bad = verified
        .verdicts
        .iter()
        .filter(|(_, verdict)| !verdict.is_good());
    for (pin, verdict) in bad {
        output::line(&format!("{}: {}", shown(pin), verdict.sentence()))?;
    }
    if quiet {
        return Ok(());
    }
    let count = |wanted: Verdict| {
        let same = verified
            .verdicts
            .iter()
            .filter(|(_, verdict)| *verdict == wanted);
        same.count()
    };
    output::line(&format!(
        "{} verified, {} of other registries, {} of this machine",
        count(Verdict::Verified),
        count(Verdict::Elsewhere),
        verified.local.len()
    ))
}

fn shown(pin: &Pin) -> String {
    printable(&format!("{}@{}", pin.name, pin.version))
}

fn as_json(verified: &Verified) -> serde_json::Value {
    let versions = verified.verdicts.iter().map(|(pin, verdict)| {
        json!({
            "name": pin.name,
            "version": pin.version,
            "verdict": verdict.code(),
            "detail": verdict.sentence(),
        })
    });
    json!({ "versions": versions.collect::<Vec<_>>(), "local": verified.local })
}
