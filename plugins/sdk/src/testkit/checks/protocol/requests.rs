//! Requests: for what is in a registry, and for what is in none.

use super::Exchange;
use crate::testkit::hostile::{HOSTILE_TEXTS, Random};
use crate::testkit::registry::{FakeArtefact, FakeRegistry};
use crate::{Method, Request};

/// Most requests that hostile ones are made of.
const MOST_BASES: usize = 12;

/// Every method that writes.
const WRITES: [Method; 4] = [Method::Put, Method::Post, Method::Patch, Method::Delete];

/// Headers that a format may be told of, some of them with what no client should send.
const HEADERS: [&str; 5] = [
    "accept",
    "content-type",
    "if-none-match",
    "range",
    "user-agent",
];

/// Reads of everything that is in a registry, by the paths that protocols usually have.
pub(super) fn for_registry(registry: &FakeRegistry) -> Vec<Exchange> {
    let mut paths = vec![Vec::new()];
    for artefact in registry.artefacts_by_name() {
        paths.extend(paths_of(artefact));
    }
    let read = |path: Vec<String>| Exchange::read(Request::new(Method::Get, path));
    paths.into_iter().map(read).collect()
}

fn paths_of(artefact: &FakeArtefact) -> Vec<Vec<String>> {
    let name = artefact.name().to_owned();
    let mut paths = vec![vec![name.clone()], vec![name.clone(), "latest".to_owned()]];
    for version in artefact.newest_first() {
        let text = version.text().to_owned();
        paths.push(vec![name.clone(), text.clone()]);
        for file in version.file_names() {
            let file = file.to_owned();
            paths.push(vec![name.clone(), file.clone()]);
            paths.push(vec![name.clone(), "-".to_owned(), file.clone()]);
            paths.push(vec![name.clone(), text.clone(), file]);
        }
    }
    paths
}

/// The requests with one hostile part each.
pub(super) fn hostile(exchanges: &[Exchange]) -> Vec<Exchange> {
    let mut hostile = Vec::new();
    for base in exchanges.iter().take(MOST_BASES) {
        for text in hostile_texts() {
            for place in 0..base.request.path.len() {
                hostile.push(changed(base, |request| {
                    request.path[place].clone_from(&text);
                }));
            }
            hostile.push(changed(base, |request| request.path.push(text.clone())));
            hostile.push(changed(base, |request| {
                request.path.insert(0, text.clone());
            }));
            hostile.push(changed(base, |request| {
                request.query.push((text.clone(), text.clone()));
            }));
        }
        for header in HEADERS {
            for text in hostile_texts() {
                hostile.push(changed(base, |request| {
                    request.headers.push((header.to_owned(), text.clone()));
                }));
            }
        }
        hostile.push(changed(base, |request| {
            request.path = vec!["a".to_owned(); 1000];
        }));
        hostile.push(changed(base, |request| {
            request.path = vec![String::new(); 3];
        }));
        let many = (0..1000).map(|number| (format!("k{number}"), "v".to_owned()));
        hostile.push(changed(base, |request| request.query = many.collect()));
        hostile.push(changed(base, |request| request.base_url.clear()));
    }
    hostile
}

fn hostile_texts() -> Vec<String> {
    let words = HOSTILE_TEXTS.iter().map(|&text| text.to_owned());
    let others = [".", "..", "-", "@", "*", "^1 || >2", "\u{e9}"].map(str::to_owned);
    words.chain(others).chain(["x".repeat(10_000)]).collect()
}

/// Writes to the paths of these requests, whatever they were, with bodies that nobody would send.
pub(super) fn senseless_writes(exchanges: &[Exchange]) -> Vec<Exchange> {
    let bodies: [&[u8]; 6] = [
        b"",
        b"{}",
        b"null",
        b"{\"name\":\"a\\r\\nb\",\"versions\":{\"..\":{}},\"_attachments\":{\"x\":{\"data\":\"!\"}}}",
        &b"[".repeat(50_000),
        &Random::new(3).bytes(1000),
    ];
    let mut writes = Vec::new();
    for base in exchanges.iter().take(MOST_BASES) {
        for method in WRITES {
            for body in bodies {
                let mut write = Exchange::write(base.request.clone(), body);
                write.request.method = method;
                writes.push(write);
            }
        }
    }
    writes
}

fn changed(base: &Exchange, change: impl FnOnce(&mut Request)) -> Exchange {
    let mut changed = base.clone();
    change(&mut changed.request);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::registry::FakeVersion;

    #[test]
    fn a_registry_is_asked_for_all_that_is_in_it() {
        let version = FakeVersion::new("1.0.0").file("a.tgz", "application/gzip", "x");
        let registry = FakeRegistry::new().with_artefact(FakeArtefact::new("a").version(version));
        let labels: Vec<_> = for_registry(&registry)
            .iter()
            .map(Exchange::label)
            .collect();
        assert_eq!(
            labels,
            [
                "Get /",
                "Get /a",
                "Get /a/latest",
                "Get /a/1.0.0",
                "Get /a/a.tgz",
                "Get /a/-/a.tgz",
                "Get /a/1.0.0/a.tgz"
            ]
        );
    }

    #[test]
    fn every_part_of_a_request_becomes_hostile_in_turn() {
        let base = Exchange::read(Request::new(Method::Get, ["a", "b"]));
        let hostile = hostile(std::slice::from_ref(&base));
        let has =
            |wanted: &dyn Fn(&Request) -> bool| hostile.iter().any(|made| wanted(&made.request));
        assert!(has(&|request| request.path == ["a", ".."]));
        assert!(has(&|request| request.path == ["a\0b", "b"]));
        assert!(has(&|request| request
            .header("range")
            .is_some_and(|value| value.contains("\r\n"))));
        assert!(has(&|request| request.path.len() == 1000));
        let writes = senseless_writes(&[base]);
        assert_eq!(writes.len(), 24);
    }
}
