//! Searches.

use cellier_sdk::testkit::{FakeArtefact, FakeRegistry};
use cellier_sdk::{Failure, Hold};
use serde_json::{Value, json};

use super::shelf::{answer, failure, get, manifest, published, read, registry, with_tool};

fn many() -> FakeRegistry {
    (0..30).fold(with_tool(), |registry, number| {
        let name = format!("map-{number:02}");
        let version = if number % 2 == 0 { "0.1.0" } else { "1.0.0" };
        let mut manifest = manifest(&name, version);
        manifest["author"] = json!({ "name": "Grace" });
        manifest["keywords"] = json!("web, tile");
        registry.with_artefact(FakeArtefact::new(&name).version(published(&manifest)))
    })
}

fn names(found: &Value) -> Vec<&str> {
    let objects = found["objects"].as_array().unwrap();
    let name = |object: &'_ Value| object["package"]["name"].as_str().map(str::to_owned);
    let names: Vec<_> = objects
        .iter()
        .map(|object| object["package"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), objects.iter().filter_map(name).count());
    names
}

#[test]
fn what_is_found_is_told_in_the_words_of_npm() {
    let registry = with_tool();
    let found = read(&registry, "-/v1/search?text=tool");
    assert_eq!(found["total"], 1);
    let object = &found["objects"][0];
    let package = &object["package"];
    assert_eq!(package["name"], "@acme/tool");
    assert_eq!(package["scope"], "acme");
    assert_eq!(package["version"], "1.1.0");
    assert_eq!(package["description"], "A tool.");
    assert_eq!(package["keywords"], json!(["geo", "Tile"]));
    assert_eq!(package["date"], "2026-01-02T03:04:05Z");
    assert_eq!(package["author"], json!({ "name": "Ada" }));
    let ada = json!([{ "username": "ada", "email": "" }]);
    assert_eq!(package["maintainers"], ada);
    let links = json!({ "homepage": "https://example.com/tool", "repository": "https://example.com/tool.git" });
    assert_eq!(package["links"], links);
    assert!(object["score"]["final"].is_number() && object["searchScore"].is_number());
    assert_eq!(found["time"], "2026-01-02T03:04:05Z");
    let held = answer(&registry, &get("-/v1/search?text=tool")).hold;
    assert_eq!(held, Hold::UntilFormatChanges);
}

#[test]
fn results_are_listed_in_parts() {
    let registry = many();
    let found = read(&registry, "-/v1/search?text=map");
    assert_eq!(names(&found).len(), 20, "that many where nobody says");
    assert_eq!(found["total"], 30);
    let found = read(&registry, "-/v1/search?text=map&from=28&size=250");
    assert_eq!(names(&found), ["map-28", "map-29"]);
    let found = read(&registry, "-/v1/search?text=map&size=0");
    assert_eq!(names(&found), [""; 0]);
    for bad in ["size=-1", "size=many", "from=1e3"] {
        let path = format!("-/v1/search?text=map&{bad}");
        assert!(
            matches!(failure(&registry, &path), Failure::BadRequest(_)),
            "{bad}"
        );
    }
}

#[test]
fn qualifiers_sift_what_is_found() {
    let registry = many();
    let count = |text: &str| {
        let found = read(&registry, &format!("-/v1/search?size=250&text={text}"));
        assert_eq!(found["total"], names(&found).len(), "{text}");
        names(&found).len()
    };
    assert_eq!(count("keywords:tile"), 31);
    assert_eq!(count("keywords:web,geo"), 31);
    assert_eq!(
        count("keywords:tile%2bgeo".replace("%2b", "+").as_str()),
        0,
        "a space is no plus"
    );
    assert_eq!(count("keywords:geo"), 1);
    assert_eq!(count("map+is:unstable"), 15);
    assert_eq!(count("map+not:unstable"), 15);
    assert_eq!(count("author:grace"), 30);
    assert_eq!(count("maintainer:ada"), 1);
    assert_eq!(count("maintainer:nobody"), 0);
    assert_eq!(count("scope:acme"), 1);
    assert_eq!(count("scope:@acme+tool"), 1);
    assert_eq!(count("not:deprecated"), 31);
    let page = read(&registry, "-/v1/search?text=map+is:unstable&from=14&size=5");
    assert_eq!(names(&page), ["map-28"]);
    assert_eq!(page["total"], 15);
}

#[test]
fn a_package_without_a_version_to_show_is_not_listed() {
    let yanked = published(&manifest("tool", "1.0.0")).yanked();
    let registry = registry().with_artefact(FakeArtefact::new("tool").version(yanked));
    assert_eq!(
        read(&registry, "-/v1/search?text=tool")["objects"],
        json!([])
    );
}
