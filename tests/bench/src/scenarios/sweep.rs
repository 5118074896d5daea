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
        let count = database.run(&format!(
            "SELECT count(*) FROM blobs WHERE unused_since = {};",
            seed::LONG_AGO
        ))?;
        count
            .trim()
            .parse()
            .map_err(|_invalid| format!("not a count: {count}"))
    };
    let (mut before, mut during) = (Others::default(), Others::default());
    let begun = Instant::now();
    while left()? == BLOBS {
        if begun.elapsed() > Duration::from_mins(2) {
            return Err("no sweep has begun within two minutes".to_owned());
        }
        before.ask(&asker, &awake, 200)?;
    }
    let started = Instant::now();
    while left()? > 0 {
        if started.elapsed() > Duration::from_mins(10) {
            return Err(format!(
                "the sweep left {} blobs after ten minutes",
                left()?
            ));
        }
        during.ask(&asker, &awake, 400)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let judged = |what: &str, samples: &Samples| Judged {
        what: format!("p99 of {what} during the sweep, in units of 100 ms"),
        figure: samples.quantile(0.99) / 100.0,
        limit: Limit::AtMost(1.0),
    };
    Ok(Finding {
        title: "A sweep of 100,000 blobs",
        method: "A server on SQLite and local disk frees 100,000 blobs that nothing uses, while one connection downloads \
                 a small file over and over, and publishes a new revision of it in every twentieth request.",
        judged: vec![
            judged("downloads", &during.downloads),
            judged("publishes", &during.publishes),
        ],
        told: vec![
            format!("the sweep took {seconds:.1} s"),
            format!("before it: {}", before.told()),
            format!("during it: {}", during.told()),
        ],
    })
}

/// The requests of others.
#[derive(Default)]
struct Others {
    downloads: Samples,
    publishes: Samples,
    asked: u32,
}

impl Others {
    fn ask(&mut self, asker: &Asker, cellier: &Cellier, requests: u32) -> Result<(), String> {
        for _ in 0..requests {
            self.asked += 1;
            if self.asked.is_multiple_of(20) {
                let text = format!("{:?}", Instant::now());
                let took = asker.publish(cellier, "something", text)?;
                self.publishes.push(took);
            } else {
                let path = "/api/v1/artefacts/file/something/download";
                self.downloads.push(asker.ask(cellier, path)?);
            }
        }
        Ok(())
    }

    fn told(&self) -> String {
        let told = |samples: &Samples| {
            format!(
                "p50 {:.2} ms, p99 {:.2} ms, at most {:.2} ms",
                samples.median(),
                samples.quantile(0.99),
                samples.quantile(1.0)
            )
        };
        format!(
            "downloads {}; publishes {}",
            told(&self.downloads),
            told(&self.publishes)
        )
    }
}
