//! `make bench`: measures Cellier beside real peers and bare handlers, in one run, and writes `docs/benchmarks.md`.
//!
//! Only ratios of things measured in the same run are judged; the absolute figures belong to the machine. Peers take
//! turns (A B A B …), so that a drift of the machine's speed touches both. `BENCH_ONLY=text` measures the scenarios whose
//! names hold that text, and writes their sections anew.

mod bare;
mod cellier;
mod command;
mod database;
mod latency;
mod nginx;
mod npm;
mod peer;
mod process;
mod report;
mod samples;
mod scenarios;
mod seed;
mod tile_servers;
mod tileset;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::report::{Finding, Report};

/// The allocator that the server has, so that the bare handlers are not slower for theirs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What everything is measured with.
pub(crate) struct Bench {
    /// The folder for files, databases and logs of this run; on the disk that is measured.
    pub(crate) folder: PathBuf,
    /// The server's binary, built for release.
    pub(crate) binary: PathBuf,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if let (Some("bare"), Some(folder)) = (arguments.next().as_deref(), arguments.next()) {
        bare::serve(&PathBuf::from(folder));
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(report) => {
            eprintln!("{}", report.verdicts());
            if report.all_met() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(problem) => {
            eprintln!("the benchmark could not run: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<Report, String> {
    let target =
        PathBuf::from(std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned()));
    let binary = target.join("release/cellier");
    if !binary.exists() {
        return Err(format!(
            "{} is missing: run `make bench`, which builds it first",
            binary.display()
        ));
    }
    let folder = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(&target)
        .map_err(|error| error.to_string())?;
    let bench = Bench {
        folder: folder.path().to_owned(),
        binary,
    };
    let mut report = Report::begin()?;
    let only = std::env::var("BENCH_ONLY").ok();
    for (name, scenario) in scenarios::ALL {
        if only.as_deref().is_none_or(|only| name.contains(only)) {
            eprintln!("measuring: {name}");
            let measured = scenario(&bench);
            // What was measured before is worth keeping, and that this was not is worth telling.
            report.add(measured.unwrap_or_else(|problem| Finding::not_measured(name, problem)));
            report.write(std::path::Path::new("docs/benchmarks.md"))?;
        }
    }
    Ok(report)
}
