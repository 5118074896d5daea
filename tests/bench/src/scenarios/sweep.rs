//! What others notice of a sweep.

use std::fs;
use std::time::{Duration, Instant};

use crate::Bench;
use crate::cellier::{Cellier, Setup};
use crate::database::Database;
use crate::latency::Asker;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::seed;

const BLOBS: u32 = 100_000;

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let database = Database::sqlite(bench.folder.join("sweep.db"));
    let blobs = bench.folder.join("sweep-blobs");
    let setup = |further| Setup {
        database: Some(database.url()),
        blobs: Some(blobs.clone()),
        further,
    };
    let asleep = Cellier::start_with(bench, "sweep-asleep", &setup("[gc]\nevery = \"0s\"\n"))?;
    asleep.publish_text("something", "something small")?;
    for key in seed::unused_blobs(&database, BLOBS)? {
        let folder = blobs.join("sha256").join(&key[..2]).join(&key[2..4]);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fs::write(folder.join(&key), "x").map_err(|error| error.to_string())?;
    }
    drop(asleep);

    let awake = Cellier::start_with(bench, "sweep-awake", &setup("[gc]\nevery = \"3s\"\n"))?;
    let asker = Asker::new()?;
    let left = || -> Result<u32, String> {
        let count =
            database.run("SELECT count(*) FROM blobs WHERE blob_key LIKE '%.0000000000000001';")?;
        count
            .trim()
            .parse()
            .map_err(|_invalid| format!("not a count: {count}"))
    };
    let path = "/api/v1/artefacts/file/something/download";
    let (mut before, mut during) = (Samples::default(), Samples::default());
    while left()? == BLOBS {
        ask_for(&asker, &awake, path, &mut before, 200)?;
    }
    let started = Instant::now();
    while left()? > 0 {
        if started.elapsed() > Duration::from_mins(10) {
            return Err(format!(
                "the sweep left {} blobs after ten minutes",
                left()?
            ));
        }
        ask_for(&asker, &awake, path, &mut during, 500)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(Finding {
        title: "A sweep of 100,000 blobs",
        method: "A server on SQLite and local disk frees 100,000 blobs that nothing uses, while one connection downloads \
                 a small file over and over and publishes one in every hundred requests.",
        judged: vec![Judged {
            what: "p99 of other requests during the sweep, in units of 100 ms".to_owned(),
            figure: during.quantile(0.99) / 100.0,
            limit: Limit::AtMost(1.0),
        }],
        told: vec![
            format!("the sweep took {seconds:.1} s"),
            format!(
                "other requests: p50 {:.2} ms and p99 {:.2} ms before it; p50 {:.2} ms, p99 {:.2} ms and at most {:.2} ms during it",
                before.median(),
                before.quantile(0.99),
                during.median(),
                during.quantile(0.99),
                during.quantile(1.0)
            ),
        ],
    })
}

fn ask_for(
    asker: &Asker,
    cellier: &Cellier,
    path: &str,
    samples: &mut Samples,
    requests: u32,
) -> Result<(), String> {
    for number in 0..requests {
        samples.push(asker.ask(cellier, path)?);
        if number % 100 == 0 {
            let started = Instant::now();
            cellier.publish_text("something", &format!("{started:?}"))?;
            samples.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(())
}
