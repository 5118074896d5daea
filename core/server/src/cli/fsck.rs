//! `cellier fsck`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::check::{Checked, Checking, Finding, Watcher, check};
use cellier_model::ports::{BlobUse, Blobs, SpaceUsage};
use cellier_store::LocalBlobs;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{CliError, Progress, output};
use crate::compose::compose_as_it_is;
use crate::config::Config;
use crate::registry::{Tie, tie};

/// How many findings are listed as JSON; more are counted.
const LISTED: usize = 10_000;

/// Compare everything that is stored with what it should be: that the bytes of every file are there and have their digest,
/// and that what is derived from something else follows from it.
///
/// Works beside a running server. Bytes that nothing uses are only counted: the sweep frees them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier fsck\n  cellier fsck --quick     sizes only, reads no bytes\n  \
                        cellier fsck --repair --from /mnt/backup/cellier"
)]
pub(super) struct FsckArgs {
    /// Believe that bytes of the right size are the right bytes.
    #[arg(long)]
    quick: bool,
    /// Repair what can be repaired; nothing is deleted.
    #[arg(long)]
    repair: bool,
    /// Where lost bytes may be had again: a backup, or a copy of the storage folder.
    #[arg(long, value_name = "DIR", requires = "repair")]
    from: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, args: &FsckArgs) -> Result<(), CliError> {
    let parts = compose_as_it_is(config).await?;
    if args.repair {
        tie(config, &parts, Tie::Check).await?;
    }
    let context = parts.context;
    let wanted = Checking {
        quick: args.quick,
        repair: args.repair,
        copies: args.from.as_deref().map(copies_in).transpose()?,
    };
    let told = if args.json { Told::AsJson } else { Told::Whole };
    check_everything(&context, &wanted, told).await
}

fn copies_in(folder: &Path) -> Result<Arc<dyn Blobs>, CliError> {
    if folder.join("sha256").is_dir() {
        return Ok(Arc::new(LocalBlobs::existing(folder)));
    }
    Err(CliError::Usage(format!(
        "--from {}: there is no folder sha256 in it, so it is neither a backup nor a copy of the storage",
        folder.display()
    )))
}

/// What of a check is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Findings as they come, and a summary.
    Whole,
    /// Everything at the end.
    AsJson,
    /// Nothing; what is wrong goes to standard error.
    Briefly,
}

/// Checks everything and tells what is wrong; an error if anything still is.
pub(super) async fn check_everything(
    context: &Context,
    wanted: &Checking,
    told: Told,
) -> Result<(), CliError> {
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    let listener = Listener {
        progress: Progress::new(),
        told,
        findings: Mutex::default(),
    };
    let checked = check(context, &origin, wanted, &listener).await;
    let findings = listener.into_findings();
    let checked = checked.map_err(|error| CliError::failed("check everything", error))?;
    match told {
        Told::Whole => output::line(&summary(&checked))?,
        Told::AsJson => output::json(&as_json(&checked, &findings))?,
        Told::Briefly => {}
    }
    match checked.remaining() {
        0 => Ok(()),
        1 => Err(CliError::Refused("1 problem remains".to_owned())),
        many => Err(CliError::Refused(format!("{many} problems remain"))),
    }
}

/// Tells findings as they come.
struct Listener {
    progress: Progress,
    told: Told,
    findings: Mutex<Vec<Value>>,
}

impl Listener {
    fn into_findings(self) -> Vec<Value> {
        self.findings
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Listener {
    fn begins(&self, usage: &SpaceUsage) {
        self.progress.begin("checking", usage.bytes);
    }

    fn checked(&self, bytes: u64) {
        self.progress.advance(bytes);
    }

    fn found(&self, finding: &Finding) {
        if self.told == Told::AsJson {
            let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
            if findings.len() < LISTED {
                findings.push(finding_as_json(finding));
            }
            return;
        }
        let text = in_words(finding);
        self.progress.aside(|| match self.told {
            Told::Briefly => {
                let _ = writeln!(std::io::stderr(), "{text}");
            }
            // A reader that went away hears of it by the exit code.
            _ => {
                let _ = output::line(&text);
            }
        });
    }
}

fn in_words(finding: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", finding.fault.code(), finding.fault)];
    lines.extend(
        finding
            .uses
            .iter()
            .map(|one| format!("    hits {}", named(one))),
    );
    if finding.more_uses > 0 {
        lines.push(format!("    hits {} more files", finding.more_uses));
    }
    lines.push(match &finding.repair {
        Some(repair) => format!("    repaired: {repair}"),
        None => format!("    fix: {}", finding.fault.fix()),
    });
    lines.join("\n")
}

fn named(one: &BlobUse) -> String {
    format!(
        "{}/{}@{} ({})",
        one.format,
        one.name,
        one.version,
        one.file.as_str()
    )
}

fn summary(checked: &Checked) -> String {
    format!(
        "checked {} blobs with {} bytes and {} artefacts: {} problems, {} of them repaired; {} blobs that nothing uses and \
         {} blobs with {} bytes that the database does not know wait for cellier gc",
        checked.blobs,
        checked.bytes,
        checked.artefacts,
        checked.found,
        checked.repaired,
        checked.unused_blobs,
        checked.orphans,
        checked.orphan_bytes,
    )
}

fn as_json(checked: &Checked, findings: &[Value]) -> Value {
    json!({
        "blobs": checked.blobs,
        "bytes": checked.bytes,
        "unusedBlobs": checked.unused_blobs,
        "artefacts": checked.artefacts,
        "orphans": checked.orphans,
        "orphanBytes": checked.orphan_bytes,
        "found": checked.found,
        "repaired": checked.repaired,
        "findings": findings,
    })
}

fn finding_as_json(finding: &Finding) -> Value {
    let uses: Vec<_> = finding
        .uses
        .iter()
        .map(|one| {
            json!({
                "format": one.format,
                "name": one.name,
                "version": one.version,
                "file": one.file,
            })
        })
        .collect();
    json!({
        "code": finding.fault.code(),
        "message": finding.fault.to_string(),
        "blob": finding.fault.blob().map(ToString::to_string),
        "artefact": finding.fault.artefact(),
        "uses": uses,
        "moreUses": finding.more_uses,
        "fix": finding.fault.fix(),
        "repaired": finding.repair.map(|repair| repair.to_string()),
    })
}
