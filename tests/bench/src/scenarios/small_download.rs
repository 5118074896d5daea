//! A download of 50 KB with the access decision, beside a bare handler and nginx.

use crate::bare::Bare;
use crate::cellier::Cellier;
use crate::nginx::Nginx;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let root = bench.folder.join("small-files");
    std::fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let file = root.join("small");
    command::make_file(&file, 1, 2)?;
    let small = std::fs::File::options()
        .write(true)
        .open(&file)
        .map_err(|error| error.to_string())?;
    small.set_len(50_000).map_err(|error| error.to_string())?;
    let cellier = Cellier::start(bench, "small-cellier")?;
    let url = cellier.publish("small", &file)?;
    let bare = Bare::start(&root)?;
    let nginx = Nginx::start(&bench.folder, &root)?;

    let (mut ours, mut bares) = (Samples::default(), Samples::default());
    let (mut our_rate, mut bare_rate, mut nginx_rate) =
        (Samples::default(), Samples::default(), Samples::default());
    for round in 0..6 {
        let (cpu, rate) = cpu_per_request(cellier.pid(), &url, &cellier.key)?;
        let (bare_cpu, bare_per_second) =
            cpu_per_request(bare.pid(), &format!("{}/small", bare.url), "none")?;
        let nginx_load = command::wrk(&format!("{}/small", nginx.url), "none", 3)?;
        if round > 0 {
            ours.push(cpu);
            bares.push(bare_cpu);
            our_rate.push(rate);
            bare_rate.push(bare_per_second);
            nginx_rate.push(nginx_load.per_second);
        }
    }
    Ok(Finding {
        title: "Download of 50 KB with the access decision",
        method: "`wrk -t1 -c16 -d3s` with a key. CPU is user and system time of the server's process from \
                 `/proc/…/stat` over the requests that wrk counts; the bare axum handler sends the same bytes from \
                 memory. In turns, median of five.",
        judged: vec![Judged {
            what: "CPU per request, Cellier : bare handler".to_owned(),
            figure: ours.median() / bares.median(),
            limit: Limit::AtMost(1.5),
        }],
        told: vec![
            format!(
                "requests a second: Cellier {:.0}, bare handler {:.0}, nginx {:.0}",
                our_rate.median(),
                bare_rate.median(),
                nginx_rate.median()
            ),
            format!("Cellier, CPU microseconds a request: {}", ours.raw()),
            format!("bare handler, CPU microseconds a request: {}", bares.raw()),
        ],
    })
}

fn cpu_per_request(pid: u32, url: &str, key: &str) -> Result<(f64, f64), String> {
    let before = process::cpu_seconds(pid)?;
    let load = command::wrk(url, key, 3)?;
    let used = process::cpu_seconds(pid)? - before;
    Ok((used / load.requests * 1e6, load.per_second))
}
