//! A million versions beside a thousand.

use serde_json::json;

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
type Path = fn(&Registry, u32) -> String;

const LIST: &str = "/api/v1/artefacts?limit=50";

const QUESTIONS: [(&str, By, Path); 8] = [
    ("list page", By::Admin, |_, _| LIST.to_owned()),
    ("list page, a reader", By::Reader, |_, _| LIST.to_owned()),
    ("list page in the middle", By::Admin, |registry, _| {
        format!("{LIST}&cursor={}", registry.middle)
    }),
    ("search for a name", By::Admin, |_, n| {
        format!("/api/v1/artefacts?q=terrain-{n}&limit=20")
    }),
    ("search for a word that all have", By::Admin, |_, _| {
        "/api/v1/artefacts?q=terrain&limit=20".to_owned()
    }),
    ("search for that word, a reader", By::Reader, |_, _| {
        "/api/v1/artefacts?q=terrain&limit=20".to_owned()
    }),
    ("resolve", By::Admin, |_, n| {
        format!("/api/v1/artefacts/file/terrain-{n}/versions/latest")
    }),
    ("download decision", By::Reader, |_, n| {
        format!("/api/v1/artefacts/file/terrain-{n}/download")
    }),
];

/// Who asks.
#[derive(Clone, Copy)]
enum By {
    /// A key that may see everything.
    Admin,
    /// The key of somebody who sees what a grant, or an owner, or nobody at all lets see: what may be seen is looked for.
    Reader,
}

/// A server, and what is asked of it alone.
struct Registry {
    cellier: Cellier,
    reader: String,
    /// The cursor of a page in the middle of the list.
    middle: String,
}

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
    let asker = Asker::new()?;
    let few = filled(bench, &asker, small, SMALL)?;
    let many = filled(bench, &asker, large, LARGE)?;
    let mut pairs: Vec<Pair> = QUESTIONS.iter().map(|_| Pair::default()).collect();
    let mut dice = 0x2545_f491_u32;
    for round in 0..ROUNDS {
        for ((_, by, path), pair) in QUESTIONS.iter().zip(&mut pairs) {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let picked = dice >> 8;
            let a = few.answer(&asker, *by, &path(&few, 1 + picked % SMALL))?;
            let b = many.answer(&asker, *by, &path(&many, 1 + picked % LARGE))?;
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
        .map(|((what, ..), pair)| Judged {
            what: format!("{what}, p50, many : few"),
            figure: pair.large.median() / pair.small.median(),
            limit: Limit::AtMost(3.0),
        });
    let told = QUESTIONS.iter().zip(&pairs).map(|((what, ..), pair)| {
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
                 to both servers in turns; by an admin key, and by the read key of a user with one grant to download and one \
                 to publish.",
        judged: judged.collect(),
        told: told.collect(),
    })
}

impl Registry {
    fn answer(&self, asker: &Asker, by: By, path: &str) -> Result<f64, String> {
        match by {
            By::Admin => asker.ask(&self.cellier, path),
            By::Reader => asker.ask_as(&self.reader, &self.cellier, path),
        }
    }
}

fn filled(
    bench: &Bench,
    asker: &Asker,
    database: &Database,
    artefacts: u32,
) -> Result<Registry, String> {
    let setup = Setup {
        database: Some(database.url()),
        blobs: None,
        further: "[gc]\nevery = \"0s\"\n",
        logs_requests: false,
    };
    let name = match database {
        Database::Sqlite(_) => format!("scale-sqlite-{artefacts}"),
        Database::Postgres(_) => format!("scale-postgres-{artefacts}"),
    };
    let mut cellier = Cellier::start_with(bench, &name, &setup)?;
    seed::fill(&cellier, database, artefacts)?;
    cellier.restart()?;
    Ok(Registry {
        reader: reader(asker, &cellier)?,
        middle: middle(asker, &cellier, artefacts)?,
        cellier,
    })
}

/// The key of somebody with two grants.
fn reader(asker: &Asker, cellier: &Cellier) -> Result<String, String> {
    let account = json!({"type": "user", "id": "reader"});
    let scope = json!([{"name": "terrain-*"}]);
    let grant = json!({"account": account, "download": scope, "publish": scope});
    let key = json!({"type": "read", "name": "reader", "owner": account});
    asker.post_json(cellier, "/api/v1/users", &json!({"name": "reader"}))?;
    asker.post_json(cellier, "/api/v1/access-grants", &grant)?;
    let made = asker.post_json(cellier, "/api/v1/api-keys", &key)?;
    let key = made["key"].as_str().map(str::to_owned);
    key.ok_or_else(|| format!("no key: {made}"))
}

/// The cursor of a page with half of the list before it, though never more than a thousand pages.
fn middle(asker: &Asker, cellier: &Cellier, artefacts: u32) -> Result<String, String> {
    let mut path = LIST.to_owned();
    let mut cursor = String::new();
    for _ in 0..(artefacts / 2 / 50).clamp(1, 1000) {
        let page = asker.get_json(cellier, &path)?;
        page["next"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut cursor);
        path = format!("{LIST}&cursor={cursor}");
    }
    Ok(cursor)
}
