//! A million versions beside a thousand.

use crate::Bench;
use crate::cellier::{Cellier, Setup};
use crate::database::Database;
use crate::latency::{Asker, Pair};
use crate::report::{Finding, Judged, Limit};
use crate::seed;

/// Artefacts of the small registry and of the large one; each has ten versions.
const SMALL: u32 = 100;
const LARGE: u32 = 100_000;

const ROUNDS: u32 = 600;

/// What is asked of an artefact picked at random.
type Path = fn(u32) -> String;

const QUESTIONS: [(&str, Path); 5] = [
    ("list page", |_| "/api/v1/artefacts?limit=50".to_owned()),
    ("search for a name", |n| {
        format!("/api/v1/artefacts?q=terrain-{n}&limit=20")
    }),
    ("search for a word that all have", |_| {
        "/api/v1/artefacts?q=terrain&limit=20".to_owned()
    }),
    ("resolve", |n| {
        format!("/api/v1/artefacts/file/terrain-{n}/versions/latest")
    }),
    ("download decision", |n| {
        format!("/api/v1/artefacts/file/terrain-{n}/download")
    }),
];

pub(crate) fn measure_sqlite(bench: &Bench) -> Result<Finding, String> {
    let small = Database::sqlite(bench.folder.join("scale-small.db"));
    let large = Database::sqlite(bench.folder.join("scale-large.db"));
    measure(
        bench,
        "A million versions beside a thousand, SQLite",
        &small,
        &large,
    )
}

pub(crate) fn measure_postgres(bench: &Bench) -> Result<Finding, String> {
    let (small, large) = (Database::postgres(), Database::postgres());
    measure(
        bench,
        "A million versions beside a thousand, PostgreSQL",
        &small,
        &large,
    )
}

fn measure(
    bench: &Bench,
    title: &'static str,
    small: &Database,
    large: &Database,
) -> Result<Finding, String> {
    let few = filled(bench, small, SMALL)?;
    let many = filled(bench, large, LARGE)?;
    let asker = Asker::new()?;
    let mut pairs: Vec<Pair> = QUESTIONS.iter().map(|_| Pair::default()).collect();
    let mut dice = 0x2545_f491_u32;
    for round in 0..ROUNDS {
        for ((_, path), pair) in QUESTIONS.iter().zip(&mut pairs) {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let picked = dice >> 8;
            let a = asker.ask(&few, &path(1 + picked % SMALL))?;
            let b = asker.ask(&many, &path(1 + picked % LARGE))?;
            // The first rounds are for warming up.
            if round >= 50 {
                pair.small.push(a);
                pair.large.push(b);
            }
        }
    }
    let judged = QUESTIONS
        .iter()
        .zip(&pairs)
        .map(|((what, _), pair)| Judged {
            what: format!("{what}, p50, many : few"),
            figure: pair.large.median() / pair.small.median(),
            limit: Limit::AtMost(3.0),
        });
    let told = QUESTIONS.iter().zip(&pairs).map(|((what, _), pair)| {
        format!(
            "{what}: few p50 {:.3} ms, p99 {:.3} ms; many p50 {:.3} ms, p99 {:.3} ms",
            pair.small.median(),
            pair.small.quantile(0.99),
            pair.large.median(),
            pair.large.quantile(0.99)
        )
    });
    Ok(Finding {
        title,
        method: "Two servers, one with 100 artefacts of ten versions and one with 100,000 of them, whose rows were \
                 multiplied by SQL. PostgreSQL is a private one on the same machine, with its default settings but \
                 without fsync. Requests for artefacts picked at random, one after the other on one connection, \
                 to both servers in turns.",
        judged: judged.collect(),
        told: told.collect(),
    })
}

fn filled(bench: &Bench, database: &Database, artefacts: u32) -> Result<Cellier, String> {
    let setup = Setup {
        database: Some(database.url()),
        blobs: None,
        further: "[gc]\nevery = \"0s\"\n",
    };
    let name = match database {
        Database::Sqlite(_) => format!("scale-sqlite-{artefacts}"),
        Database::Postgres(_) => format!("scale-postgres-{artefacts}"),
    };
    let mut cellier = Cellier::start_with(bench, &name, &setup)?;
    seed::fill(&cellier, database, artefacts)?;
    cellier.restart()?;
    Ok(cellier)
}
