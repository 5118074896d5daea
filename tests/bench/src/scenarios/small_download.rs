//! A download of 50 KB with the access decision, beside a bare handler and nginx.

use std::path::Path;

use crate::bare::Bare;
use crate::cellier::{Cellier, Setup};
use crate::nginx::Nginx;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command, process};

/// How many files are asked for where not all of them are held in memory: 100 MB, of which Cellier holds 16 MiB.
const MANY: u32 = 2_000;

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let root = bench.folder.join("small-files");
    std::fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let file = root.join("small");
    make_small(&file, 2)?;
    let cellier = Cellier::start(bench, "small-cellier")?;
    let url = cellier.publish("small", &file)?;
    let setup = Setup {
        logs_requests: true,
        ..Setup::default()
    };
    let logging = Cellier::start_with(bench, "small-logging", &setup)?;
    let logging_url = logging.publish("small", &file)?;
    let bare = Bare::start(&root)?;
    let bare_url = format!("{}/small", bare.url);
    let nginx = Nginx::start(&bench.folder, &root)?;
    let nginx_url = format!("{}/small", nginx.url);

    let (mut ours, mut with_log, mut bares) = (Load::default(), Load::default(), Load::default());
    let mut nginx_rate = Samples::default();
    for round in 0..6 {
        let cellier_load = load(cellier.pid(), &url, &cellier.key)?;
        let bare_load = load(bare.pid(), &bare_url, "none")?;
        let logging_load = load(logging.pid(), &logging_url, &logging.key)?;
        let nginx_load = command::wrk(&nginx_url, "none", 3)?;
        // The first round is for warming up.
        if round > 0 {
            ours.push(cellier_load);
            bares.push(bare_load);
            with_log.push(logging_load);
            nginx_rate.push(nginx_load.per_second);
        }
    }
    drop(logging);
    let many = many_files(&cellier, &root)?;
    Ok(Finding {
        title: "Download of 50 KB with the access decision",
        method: "`wrk -t1 -c16 -d3s` with a key. CPU is user and system time of the server's process from \
                 `/proc/…/stat` over the requests that wrk counts. The bare axum handler sends the same bytes from \
                 memory, with the same allocator; Cellier holds them in memory too once they were asked for twice. \
                 Neither the bare handler nor nginx writes a log, so Cellier's line for each request is switched off; \
                 what it costs is told. In turns, median of five.",
        judged: vec![Judged {
            what: "CPU per request, Cellier : bare handler".to_owned(),
            figure: ours.cpu.median() / bares.cpu.median(),
            limit: Limit::AtMost(1.5),
        }],
        told: vec![
            format!(
                "requests a second: Cellier {:.0}, with its log {:.0}, bare handler {:.0}, nginx {:.0}",
                ours.rate.median(),
                with_log.rate.median(),
                bares.rate.median(),
                nginx_rate.median()
            ),
            format!("Cellier, CPU microseconds a request: {}", ours.cpu.raw()),
            format!(
                "Cellier with its log, CPU microseconds a request: {}",
                with_log.cpu.raw()
            ),
            format!(
                "bare handler, CPU microseconds a request: {}",
                bares.cpu.raw()
            ),
            format!(
                "{MANY} files in turn, most of them from disk: Cellier {:.0} requests a second, {:.1} CPU microseconds each",
                many.rate.median(),
                many.cpu.median()
            ),
        ],
    })
}

/// A file of 50,000 bytes that no other has.
fn make_small(file: &Path, seed: u64) -> Result<(), String> {
    command::make_file(file, 1, seed)?;
    let small = std::fs::File::options()
        .write(true)
        .open(file)
        .map_err(|error| error.to_string())?;
    small.set_len(50_000).map_err(|error| error.to_string())
}

/// More files than are held in memory, one after the other.
fn many_files(cellier: &Cellier, root: &Path) -> Result<Load, String> {
    let file = root.join("one-of-many");
    for number in 0..MANY {
        make_small(&file, u64::from(number) + 100)?;
        cellier.publish(&format!("many-{number}"), &file)?;
    }
    let script = root.join("in-turn.lua");
    let text = format!(
        "local i = 0\nrequest = function()\n  i = (i + 1) % {MANY}\n  \
         return wrk.format('GET', '/api/v1/artefacts/file/many-' .. i .. '/versions/1/download')\nend\n"
    );
    std::fs::write(&script, text).map_err(|error| error.to_string())?;
    let key = [("x-api-key", cellier.key.as_str())];
    let mut many = Load::default();
    for round in 0..4 {
        let before = process::cpu_seconds(cellier.pid())?;
        let load = command::wrk_with(&cellier.url, &key, 16, 3, Some(&script))?;
        let used = process::cpu_seconds(cellier.pid())? - before;
        if round > 0 {
            many.push((used / load.requests * 1e6, load.per_second));
        }
    }
    Ok(many)
}

/// What a server did under load: CPU microseconds a request, and requests a second.
#[derive(Default)]
struct Load {
    cpu: Samples,
    rate: Samples,
}

impl Load {
    fn push(&mut self, (cpu, rate): (f64, f64)) {
        self.cpu.push(cpu);
        self.rate.push(rate);
    }
}

fn load(pid: u32, url: &str, key: &str) -> Result<(f64, f64), String> {
    let before = process::cpu_seconds(pid)?;
    let load = command::wrk(url, key, 3)?;
    let used = process::cpu_seconds(pid)? - before;
    Ok((used / load.requests * 1e6, load.per_second))
}
