//! `cellier pull`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::cli::cache::CacheFolder;
use crate::cli::remote::RemoteArgs;
use crate::cli::{CliError, output};
use crate::client::cache::{Question, place_of};
use crate::client::pull::{Pulled, Puller};
use crate::client::{Progress, Reference, Word};
use crate::system::{SystemClock, SystemRandom};

/// Get a file from a registry, or from the cache while the registry is out of reach; prints its path.
///
/// The path alone goes to standard output. What it names was verified by its digest just now. It is the cached copy, which
/// is read-only, or with --output a copy that is yours.
///
/// While the registry cannot be reached, what it last answered to the same words is used, and that is said. What a registry
/// refuses is never taken from the cache.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier pull terrain --output terrain.mbtiles\n  \
                  cellier pull @acme/widget@^1.2 --output ./\n  \
                  cellier pull tool@latest --architecture linux-arm64 --server https://registry.example.com --key-file ci.key\n  \
                  TILES=$(cellier pull terrain --offline)"
)]
pub(super) struct PullArgs {
    /// The name, and perhaps which version: 1.2.3, 1.2, 1, ^1.2, latest or another tag. Without it the newest stable one.
    #[arg(value_name = "NAME[@SELECTOR]")]
    reference: Reference,
    /// The format, where artefacts of several formats have the name.
    #[arg(long, value_name = "ID")]
    format: Option<Word>,
    /// Which of the version's files, where it has several.
    #[arg(long)]
    architecture: Option<Word>,
    /// Copy the file to this path, or into this folder under its own name.
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheFolder,
    /// Ask nobody: what was pulled before is verified and given again.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    /// No progress; warnings are still told.
    #[arg(long, short)]
    quiet: bool,
    /// The outcome as JSON instead of the path.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: PullArgs) -> Result<(), CliError> {
    let text = |word: &Word| word.as_str().to_owned();
    let question = Question {
        server: args.remote.server()?.to_string(),
        format: args.format.as_ref().map(text),
        name: text(&args.reference.name),
        selector: args.reference.selector.as_ref().map(text),
        architecture: args.architecture.as_ref().map(text),
    };
    let connection = if args.offline {
        None
    } else {
        Some(args.remote.connect()?)
    };
    let puller = Puller {
        connection,
        cache: args.cache.open()?,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        retries: args.remote.retries,
        progress: Progress::new(args.quiet),
    };
    let got = puller.pull(&question).await?;
    let path = match &args.output {
        Some(output) => {
            let resolution = &got.resolution;
            let place = place_of(output, &resolution.file_name)?;
            puller.cache.copy_out(resolution.blob(), place).await?
        }
        None => got.path.clone(),
    };
    if args.json {
        output::json(&as_json(&got, &path))
    } else {
        output::path(&path)
    }
}

fn as_json(pulled: &Pulled, path: &Path) -> serde_json::Value {
    let resolution = &pulled.resolution;
    json!({
        "path": path.to_string_lossy(),
        "name": resolution.question.name,
        "version": resolution.version,
        "fileName": resolution.file_name,
        "size": resolution.size,
        "sha256": resolution.sha256,
        "way": pulled.way.as_str(),
        "resolvedAt": resolution.resolved_at,
    })
}
