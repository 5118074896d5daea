//! `cellier cache`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{CliError, output};
use crate::client::cache::{Cache, Pruned, What, default_folder};
use crate::client::words;
use crate::config::Period;
use crate::system::SystemClock;

/// Look at the cache of pull, or make room in it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier cache list\n  cellier cache prune --unused-for 30d --dry-run\n  \
                  flock --shared \"$(cellier pull terrain)\" tile-server   (prune leaves alone what is locked so)"
)]
pub(super) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// List what was pulled, and which version it was.
    List {
        #[command(flatten)]
        cache: CacheFolder,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove what was not used for long. What a process holds stays, and so does what a tag, a range or a bare name was
    /// last resolved to: that is what pull gives out while the registry is out of reach.
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
struct PruneArgs {
    /// How long something must not have been used.
    #[arg(long, value_name = "PERIOD", default_value = "30d", value_parser = period)]
    unused_for: Period,
    /// Also what a tag, a range or a bare name was last resolved to.
    #[arg(long)]
    newest_too: bool,
    /// Only tell what would go.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cache: CacheFolder,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Where the cache is.
#[derive(Debug, Args)]
pub(super) struct CacheFolder {
    /// The folder of the cache; `$XDG_CACHE_HOME/cellier` or `~/.cache/cellier` if not said.
    #[arg(long = "cache", value_name = "FOLDER", env = "CELLIER_CACHE")]
    folder: Option<PathBuf>,
}

impl CacheFolder {
    pub(super) fn open(&self) -> Result<Cache, CliError> {
        let variable = |name| std::env::var_os(name);
        let folder = self
            .folder
            .clone()
            .or_else(|| default_folder(variable("XDG_CACHE_HOME"), variable("HOME")));
        let folder = folder.ok_or_else(|| {
            CliError::Usage("neither HOME nor XDG_CACHE_HOME is set: add --cache FOLDER".to_owned())
        })?;
        Ok(Cache::open(&folder, Arc::new(SystemClock))?)
    }
}

pub(super) fn run(args: &CacheArgs) -> Result<(), CliError> {
    match &args.command {
        CacheCommand::List { cache, json } => list(&cache.open()?, *json),
        CacheCommand::Prune(args) => {
            let what = What {
                unused_for: args.unused_for.0,
                newest_too: args.newest_too,
                dry_run: args.dry_run,
            };
            let pruned = args.cache.open()?.prune(what)?;
            if args.json {
                output::json(&as_json(&pruned))
            } else {
                output::line(&sentence(&pruned, args.dry_run))
            }
        }
    }
}

fn period(text: &str) -> Result<Period, &'static str> {
    text.parse()
        .map_err(|_not_a_period| "write a period such as 30d or 12h")
}

fn list(cache: &Cache, as_json: bool) -> Result<(), CliError> {
    let all = cache.resolutions()?.into_iter().map(|(_, known)| known);
    if as_json {
        return output::json(&all.collect::<Vec<_>>());
    }
    let rows: Vec<_> = all
        .map(|known| {
            let question = known.question;
            [
                question.name,
                question.selector.unwrap_or_else(|| "-".to_owned()),
                question.architecture.unwrap_or_else(|| "-".to_owned()),
                words::printable(&known.version),
                words::size(known.size),
                known.resolved_at,
                question.server,
            ]
        })
        .collect();
    output::table(
        [
            "NAME",
            "SELECTOR",
            "ARCHITECTURE",
            "VERSION",
            "SIZE",
            "RESOLVED",
            "SERVER",
        ],
        &rows,
    )
}

fn sentence(pruned: &Pruned, dry_run: bool) -> String {
    let verb = if dry_run { "would remove" } else { "removed" };
    let (count, freed) = (pruned.removed.len(), words::size(pruned.freed));
    format!(
        "{verb} {count} files ({freed}); stayed: {} used lately, {} in use, {} newest of their selector",
        pruned.used_lately, pruned.in_use, pruned.newest
    )
}

fn as_json(pruned: &Pruned) -> serde_json::Value {
    json!({
        "removed": pruned.removed,
        "freed": pruned.freed,
        "usedLately": pruned.used_lately,
        "inUse": pruned.in_use,
        "newest": pruned.newest,
    })
}
