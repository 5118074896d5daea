//! A document of a package that is kept ready, beside the least that a server can do.

use crate::bare::Bare;
use crate::cellier::Cellier;
use crate::command::wrk_with;
use crate::latency::Asker;
use crate::nginx::Nginx;
use crate::npm::{Package, Registry};
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, process};

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "npm-limits-cellier")?;
    let registry = Registry::of_cellier(&cellier);
    let asker = Asker::new()?;
    for version in 0..500 {
        let name = if version < 3 { "small" } else { "large" };
        registry.publish(&asker, &Package::new(name, &format!("1.0.{version}"), 100))?;
    }
    let root = bench.folder.join("npm-limits");
    std::fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let key = [("authorization", registry.authorization.as_str())];
    let url = |name: &str| format!("{}/{name}", registry.url);
    for name in ["small", "large"] {
        let body = asker.get(&url(name), &key)?;
        std::fs::write(root.join(name), body).map_err(|error| error.to_string())?;
    }
    let etag = asker.header(&url("small"), &key, "etag")?;
    let revalidate = [key[0], ("if-none-match", etag.as_str())];
    let bare = Bare::start(&root)?;
    let nginx = Nginx::start(&bench.folder, &root)?;
    let small_of = |base: &str| format!("{base}/small");

    let mut cpu = [(); 3].map(|()| Samples::default());
    let mut rates = [(); 4].map(|()| Samples::default());
    for round in 0..6 {
        let ours = used(cellier.pid(), &url("small"), &key)?;
        let unchanged = used(cellier.pid(), &url("small"), &revalidate)?;
        let bares = used(bare.pid(), &small_of(&bare.url), &[])?;
        let nginx_small = wrk_with(&small_of(&nginx.url), &[], 16, 3, None)?;
        let large = wrk_with(&url("large"), &key, 16, 3, None)?;
        let nginx_large = wrk_with(&format!("{}/large", nginx.url), &[], 16, 3, None)?;
        // The first round warms everything up.
        if round == 0 {
            continue;
        }
        for (samples, (used, _)) in cpu.iter_mut().zip([ours, unchanged, bares]) {
            samples.push(used);
        }
        let loads = [
            ours.1,
            nginx_small.per_second,
            large.per_second,
            nginx_large.per_second,
        ];
        for (samples, rate) in rates.iter_mut().zip(loads) {
            samples.push(rate);
        }
    }
    let [ours, unchanged, bares] = &cpu;
    let [our_rate, nginx_rate, large, nginx_large] = &rates;
    let judge = |what: &str, figure, limit| Judged {
        what: what.to_owned(),
        figure,
        limit,
    };
    Ok(Finding {
        title: "A document of a package beside bare handlers",
        method: "The document of a package of three versions, and of one of 497, without compression; `wrk -t1 -c16 -d3s` \
                 with a key. CPU is user and system time of the server's process over the requests that wrk counts. The \
                 bare axum handler sends the same bytes from memory, nginx from a file. In turns, median of five.",
        judged: vec![
            judge(
                "CPU per request, 3 versions, Cellier : bare handler",
                ours.median() / bares.median(),
                Limit::AtMost(1.5),
            ),
            judge(
                "CPU per request, Cellier, 304 : 200",
                unchanged.median() / ours.median(),
                Limit::AtMost(1.0),
            ),
            judge(
                "requests a second, 497 versions, Cellier : nginx",
                large.median() / nginx_large.median(),
                Limit::AtLeast(0.8),
            ),
        ],
        told: vec![
            format!(
                "3 versions, requests a second: Cellier {:.0}, nginx {:.0}",
                our_rate.median(),
                nginx_rate.median()
            ),
            format!(
                "497 versions, requests a second: Cellier {}; nginx {}",
                large.raw(),
                nginx_large.raw()
            ),
            format!(
                "CPU microseconds a request: Cellier {}; with 304 {}; bare handler {}",
                ours.raw(),
                unchanged.raw(),
                bares.raw()
            ),
        ],
    })
}

/// CPU microseconds a request, and requests a second.
fn used(pid: u32, url: &str, headers: &[(&str, &str)]) -> Result<(f64, f64), String> {
    let before = process::cpu_seconds(pid)?;
    let load = wrk_with(url, headers, 16, 3, None)?;
    let used = process::cpu_seconds(pid)? - before;
    Ok((used / load.requests * 1e6, load.per_second))
}
