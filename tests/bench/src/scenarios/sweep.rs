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

/// What others ask for meanwhile.
const OTHERS: [&str; 4] = ["download", "list page", "resolve", "publish"];

pub(crate) fn measure_sqlite(bench: &Bench) -> Result<Finding, String> {
    let database = Database::sqlite(bench.folder.join("sweep.db"));
    measure(bench, "A sweep of 100,000 blobs, SQLite", &database)
}

pub(crate) fn measure_postgres(bench: &Bench) -> Result<Finding, String> {
    let database = Database::postgres();
    measure(bench, "A sweep of 100,000 blobs, PostgreSQL", &database)
}

fn measure(bench: &Bench, title: &'static str, database: &Database) -> Result<Finding, String> {
    let blobs = bench.folder.join(title.replace(' ', "-"));
    let setup = |further| Setup {
        database: Some(database.url()),
        blobs: Some(blobs.clone()),
        further,
        logs_requests: false,
    };
    let asleep = Cellier::start_with(bench, "sweep-asleep", &setup("[gc]\nevery = \"0s\"\n"))?;
    asleep.publish_text("something", "something small")?;
    for key in seed::unused_blobs(database, BLOBS)? {
        let folder = blobs.join("sha256").join(&key[..2]).join(&key[2..4]);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fs::write(folder.join(&key), "x").map_err(|error| error.to_string())?;
    }
    drop(asleep);

    let awake = Cellier::start_with(bench, "sweep-awake", &setup("[gc]\nevery = \"3s\"\n"))?;
    let asker = Asker::new()?;
    let left = || -> Result<u32, String> {
        let count = database.run(&format!(
            "SELECT count(*) FROM blobs WHERE unused_since = {};",
            seed::LONG_AGO
        ))?;
        count
            .trim()
            .parse()
            .map_err(|_invalid| format!("not a count: {count}"))
    };
    let [mut before, mut during] = [(); 2].map(|()| OTHERS.map(|_| Samples::default()));
    let begun = Instant::now();
    while left()? == BLOBS {
        if begun.elapsed() > Duration::from_mins(2) {
            return Err("no sweep has begun within two minutes".to_owned());
        }
        ask_for(&asker, &awake, &mut before)?;
    }
    let started = Instant::now();
    while left()? > 0 {
        if started.elapsed() > Duration::from_mins(10) {
            return Err(format!(
                "the sweep left {} blobs after ten minutes",
                left()?
            ));
        }
        ask_for(&asker, &awake, &mut during)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    drop(awake);
    fs::remove_dir_all(&blobs).map_err(|error| error.to_string())?;
    let each = || OTHERS.iter().zip(before.iter().zip(&during));
    let judged = each().map(|(what, (_, during))| Judged {
        what: format!("{what}, p99 during the sweep, ms"),
        figure: during.quantile(0.99),
        limit: Limit::AtMost(100.0),
    });
    let told = each().map(|(what, (before, during))| {
        format!(
            "{what}: p50 {:.2} ms and p99 {:.2} ms before it; p50 {:.2} ms, p99 {:.2} ms and at most {:.2} ms during it",
            before.median(),
            before.quantile(0.99),
            during.median(),
            during.quantile(0.99),
            during.quantile(1.0)
        )
    });
    let took = format!("the sweep took {seconds:.1} s");
    Ok(Finding {
        title,
        method: "A server with local disk frees 100,000 blobs that nothing uses, while one connection downloads a small \
                 file, lists, resolves a version and publishes, over and over.",
        judged: judged.collect(),
        told: std::iter::once(took).chain(told).collect(),
    })
}

/// Asks for each once, fifty times over.
fn ask_for(asker: &Asker, cellier: &Cellier, samples: &mut [Samples; 4]) -> Result<(), String> {
    let [download, list, resolve, publish] = samples;
    let artefact = "/api/v1/artefacts/file/something";
    for _ in 0..50 {
        download.push(asker.ask(cellier, &format!("{artefact}/download"))?);
        list.push(asker.ask(cellier, "/api/v1/artefacts?limit=50")?);
        resolve.push(asker.ask(cellier, &format!("{artefact}/versions/latest"))?);
        publish.push(asker.publish(cellier, "something", &format!("{:?}", Instant::now()))?);
    }
    Ok(())
}
