//! The plans of what the catalogue really asks of its databases, and the state of the schema.
//!
//! The store is made to ask everything that it can ask, on a registry of 20,000 artefacts; its statements are noted on
//! their way, and each is explained by the database and done once more to see how much it reads.

mod changes;
mod listings;
mod reads;
mod rows;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use cellier_store::Store;
use cellier_store::testing::{Explainer, Plan, Statement, statements_of};

use super::support::TestStore;

/// Most rows that a statement may read. Pages have 20 to 100, and a listing counts up to 1,000 in each of its three
/// branches and once more together; what reads a whole table reads 20,000 or more.
const MOST_READ: u64 = 4_500;

/// Most rows that PostgreSQL may put in order: a few, which it finds by an index. Listings sort what the caller sees.
const MOST_SORTED: u64 = 1_000;

/// What may read more than that, how much, and why.
const READS_MORE: [(&str, u64, &str); 6] = [
    (
        "add up the blobs",
        50_000,
        "it adds up all of them, after space was freed and when an operator asks",
    ),
    (
        "count artefacts",
        8_500,
        "of those that have two words, PostgreSQL reads all words of a thousand",
    ),
    ("count sign-ins of programs", 10_000, "there are never more"),
    (
        "forget the sign-ins of a user's programs",
        10_000,
        "there are never more",
    ),
    (
        "count what scopes cover",
        8_100,
        "it ends at 4,000, each found in an index and looked at, and keeps listings from sorting more",
    ),
    (
        "count the words of a search",
        62_000,
        "it counts up to 10,000 of each word; where nearly all have it, in the order of the table",
    ),
];

/// What may read a table without an index, and why.
const SCANS: [(&str, &str); 6] = [
    ("add up the blobs", "it adds up all of them"),
    (
        "count artefacts",
        "where nearly all count, it is at 1,000 as soon without an index",
    ),
    (
        "count the words of a search",
        "where nearly all have the word, it is at its end as soon without an index",
    ),
    (
        "count who has the tag of a search",
        "where nearly all have it, it is at its end as soon without an index",
    ),
    (
        "count sign-ins of programs",
        "there are never more than 10,000",
    ),
    (
        "forget the sign-ins of a user's programs",
        "there are never more than 10,000, and people change passwords rarely",
    ),
];

/// What is only said to PostgreSQL: SQLite has one writer, and no rows to lock.
const TO_POSTGRES: [&str; 2] = ["lock blobs", "share the lock of a person's accounts"];

/// What is only said to SQLite: PostgreSQL knows by itself how much there is of what.
const TO_SQLITE: [&str; 1] = ["count what scopes cover"];

/// Tables that stay small whatever the registry holds. Orphans are what no version needs: a storage has few of them.
const SMALL: [&str; 5] = [
    "leases",
    "orphans",
    "registry",
    "setup_links",
    "signing_keys",
];

pub(crate) async fn everything_that_is_asked_reads_by_an_index(store: &TestStore) {
    let mut explainer = Explainer::connect(&store.url).await;
    rows::fill(&mut explainer).await;
    let asked = Box::pin(everything(store)).await;
    let mut faults = BTreeSet::new();
    for statement in &asked {
        for plan in explainer.explain(statement).await {
            faults.extend(faults_of(statement, &plan));
        }
    }
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));

    let mut known: HashSet<_> = asked.iter().map(|statement| statement.doing).collect();
    match explainer {
        Explainer::Sqlite(_) => known.extend(TO_POSTGRES),
        Explainer::Postgres(_) => known.extend(TO_SQLITE),
    }
    let mut forgotten = written();
    forgotten.retain(|doing| !known.contains(doing.as_str()));
    assert!(
        forgotten.is_empty(),
        "tests/catalog/plans/ does not let the store {forgotten:?}"
    );
    what_has_no_index_is_reported(&mut explainer, &asked).await;
}

/// A look at missing indexes, without which all of this would not be worth much.
async fn what_has_no_index_is_reported(explainer: &mut Explainer, asked: &[Statement]) {
    for (text, expected) in [
        ("SELECT id FROM artefacts WHERE title = 'x'", "it reads"),
        (
            "SELECT id FROM artefacts a WHERE format = 'npm' ORDER BY title LIMIT 20",
            "in order",
        ),
        ("DELETE FROM versions WHERE version = '7'", "it reads"),
    ] {
        let statement = Statement::made_up(text);
        let told = told_of(explainer, &statement).await;
        assert!(told.contains(expected), "{text}: {told}");
    }
    for (index, doing) in [
        ("artefacts_by_change", "list artefacts"),
        ("versions_in_order", "list versions"),
        ("artefact_words_by_artefact", "read words"),
        ("api_keys_working", "list keys"),
        ("audit_events_by_object", "list audit events"),
        ("files_by_blob", "condemn a blob"),
        ("blobs_unused", "look for unused blobs"),
        ("blobs_dying", "look for dying blobs"),
    ] {
        explainer.run(&format!("DROP INDEX {index}")).await;
        let mut told = String::new();
        for statement in asked.iter().filter(|statement| statement.doing == doing) {
            told += &told_of(explainer, statement).await;
        }
        assert!(!told.is_empty(), "{doing} without {index} is not reported");
    }
}

async fn told_of(explainer: &mut Explainer, statement: &Statement) -> String {
    let plans = explainer.explain(statement).await;
    let faults = plans.iter().flat_map(|plan| faults_of(statement, plan));
    faults.collect::<Vec<_>>().join("\n")
}

/// Every statement that the store issues when everything is asked of it, each with its values once.
async fn everything(store: &Store) -> Vec<Statement> {
    let everything = async {
        reads::read(store).await;
        listings::list(store).await;
        changes::change(store).await;
    };
    let ((), mut asked) = Box::pin(statements_of(everything)).await;
    let mut seen = HashSet::new();
    asked.retain(|statement| {
        seen.insert((
            statement.doing,
            statement.text.clone(),
            statement.literals(),
        ))
    });
    asked
}

fn faults_of(statement: &Statement, plan: &Plan) -> Vec<String> {
    let doing = statement.doing;
    let mut faults = Vec::new();
    let is_large = |scan: &&String| !SMALL.iter().any(|small| scan.contains(small));
    if !SCANS.iter().any(|(known, _)| *known == doing) {
        let scans = plan.scans.iter().filter(is_large);
        faults.extend(scans.map(|scan| format!("reads a table without an index ({scan})")));
    }
    for (sort, rows) in &plan.sorts {
        // SQLite does not tell how many they are; never more than it has read.
        if rows.map_or(plan.read > MOST_READ, |rows| rows > MOST_SORTED) {
            faults.push(format!("puts {rows:?} rows in order ({sort})"));
        }
    }
    let most = READS_MORE.iter().find(|(known, _, _)| *known == doing);
    let most = most.map_or(MOST_READ, |(_, most, _)| *most);
    if plan.read > most {
        faults.push(format!("reads {} rows", plan.read));
    }
    let tell = |fault| {
        let steps = plan.steps.join("\n    ");
        let values = statement.literals().join(", ");
        format!(
            "to {doing}, it {fault}:\n  {}\n  {values}\n    {steps}",
            statement.text
        )
    };
    faults.into_iter().map(tell).collect()
}

/// What the statements of the catalogue do, as its source names it.
fn written() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog");
    let mut written = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for rest in source.split("Query::new(").skip(1) {
            let named = rest.trim_start().strip_prefix('"');
            let (doing, _) = named.and_then(|rest| rest.split_once('"')).unwrap();
            written.insert(doing.to_owned());
        }
    }
    written
}

pub(crate) async fn a_second_migration_finds_nothing_to_do(store: &Store) {
    assert!(store.pending_migrations().await.unwrap().is_empty());
    assert!(store.migrate().await.unwrap().is_empty());
}
