//! The exam that every format with a protocol has to pass.

use cellier_format_tileset::Tileset;
use cellier_sdk::testkit::{Conformance, FakeArtefact, FakeRegistry, Sample};

use crate::archive::Archive;
use crate::database::Database;
use crate::serve::shelf::{request, revision, with_header};

#[test]
fn the_protocol_keeps_to_the_contract() {
    let roads = FakeArtefact::new("roads")
        .title("en", "Roads")
        .title("fr", "Routes")
        .version(revision("1", &Database::vector().bytes()))
        .version(revision("2", &Archive::vector().nested(1).bytes()))
        .tag("stable", "1");
    let images = FakeArtefact::new("images").version(revision("1", &Archive::raster().bytes()));
    let registry = FakeRegistry::new()
        .that_lends_files()
        .with_artefact(roads)
        .with_artefact(images);
    [
        "",
        "?limit=1",
        "roads",
        "roads@stable",
        "roads@1/1/0/1.pbf",
        "roads/1/0/1",
        "roads/9/0/0",
        "images/0/0/0.png",
        "roads/style.json",
        "roads@1/stats",
        "roads/archive.pmtiles",
    ]
    .into_iter()
    .map(request)
    .chain([with_header("roads", "accept-language", "fr, *;q=0.1")])
    .fold(
        Conformance::of(Tileset::default())
            .sample(Sample::new("an archive", Archive::vector().bytes()))
            .sample(Sample::new("a database", Database::vector().bytes()))
            .registry(registry),
        Conformance::read,
    )
    .check();
}
