//! Two replicas beside one, each with a fixed share of CPU.

use std::thread;

use crate::cellier::{Cellier, Setup};
use crate::command::Load;
use crate::database::Database;
use crate::process::{CpuShare, cpu_seconds, cpu_seconds_of_postgres};
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;
use crate::{Bench, command};

/// The share of one core that each replica gets. Small, so that the database and the load, which share the machine, are
/// not what binds.
const SHARE: f64 = 0.25;

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let database = Database::postgres().url();
    let setup = Setup {
        database: Some(database.clone()),
        blobs: Some(bench.folder.join("replicas-blobs")),
        further: "",
        logs_requests: false,
    };
    let first = Cellier::start_with(bench, "replica-1", &setup)?;
    let second = Cellier::start_with(bench, "replica-2", &setup)?;
    first.publish_text("shared", "something small")?;
    let path = "/api/v1/artefacts/file/shared/download";
    let title = "Two replicas on PostgreSQL beside one";
    let method = "Each replica, the one alone as well as each of the two, may use a quarter of one core (`cpu.cfs_quota_us`), so \
                  that database and load find room on two cores. PostgreSQL, with default settings but without fsync, may \
                  use what is left. `wrk -t1 -c16 -d4s` asks one of them for \
                  a small file with a key, then two wrk ask both at the same time. In turns, median of five.";
    let Ok(_limits) = [first.pid(), second.pid()]
        .into_iter()
        .map(|pid| CpuShare::of(pid, SHARE))
        .collect::<Result<Vec<_>, _>>()
    else {
        return Ok(Finding {
            title,
            method,
            judged: vec![judged(f64::NAN)],
            told: vec![
                "not measured: this machine does not let the run limit the CPU of a process"
                    .to_owned(),
            ],
        });
    };
    let (mut one, mut both) = (Samples::default(), Samples::default());
    let mut spent = Spent::default();
    let used = || -> Result<(f64, f64), String> {
        let replicas = cpu_seconds(first.pid())? + cpu_seconds(second.pid())?;
        let name = database.rsplit('/').next().unwrap_or_default();
        Ok((replicas, cpu_seconds_of_postgres(name)?))
    };
    for round in 0..6 {
        let alone = load(&first, path)?.per_second;
        let before = used()?;
        let together = thread::scope(|scope| {
            let other = scope.spawn(|| load(&second, path));
            let own = load(&first, path)?;
            let other = other.join().map_err(|_panic| "wrk's thread died")??;
            Ok::<_, String>((own, other))
        })?;
        let after = used()?;
        // The first round is for warming up.
        if round > 0 {
            one.push(alone);
            both.push(together.0.per_second + together.1.per_second);
            spent.requests += together.0.requests + together.1.requests;
            spent.by_replicas += after.0 - before.0;
            spent.by_postgres += after.1 - before.1;
        }
    }
    Ok(Finding {
        title,
        method,
        judged: vec![judged(both.median() / one.median())],
        told: vec![
            format!("one replica, requests a second: {}", one.raw()),
            format!("two replicas, requests a second: {}", both.raw()),
            spent.told(),
        ],
    })
}

/// What was not measured is no number, which meets no limit.
fn judged(figure: f64) -> Judged {
    Judged {
        what: "requests a second, two replicas : one".to_owned(),
        figure,
        limit: Limit::AtLeast(1.5),
    }
}

/// CPU seconds that a number of requests took.
#[derive(Default)]
struct Spent {
    requests: f64,
    by_replicas: f64,
    by_postgres: f64,
}

impl Spent {
    /// What follows for more replicas than this machine can hold.
    fn told(&self) -> String {
        let milliseconds = |seconds: f64| seconds * 1e3 / self.requests;
        let (replica, postgres) = (
            milliseconds(self.by_replicas),
            milliseconds(self.by_postgres),
        );
        format!(
            "CPU for a request: {replica:.3} ms in the replica, {postgres:.3} ms in PostgreSQL. Calculated from that: \
             one core of PostgreSQL answers {:.0} such requests a second, which keep {:.1} cores of replicas busy; \
             see \"What binds next\" in operating.md",
            1e3 / postgres,
            replica / postgres
        )
    }
}

fn load(cellier: &Cellier, path: &str) -> Result<Load, String> {
    command::wrk(&format!("{}{path}", cellier.url), &cellier.key, 4)
}
