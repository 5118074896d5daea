//! Every tile that a client gets is what another program finds in the same file.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use cellier_tests::{Shell, TestServer, build_folder, tileset};
use flate2::read::GzDecoder;

use super::{COUNTRIES, make_public, open_server, publish};

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

fn files(folder: &Path) -> Files {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry of the folder");
            let name = entry.file_name().display().to_string();
            (name, std::fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

/// The bytes without the gzip around them, if there is any.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return bytes.to_vec();
    }
    let mut unpacked = Vec::new();
    let mut decoder = GzDecoder::new(bytes);
    decoder.read_to_end(&mut unpacked).expect("sound gzip");
    unpacked
}

/// Has another program write every tile of `map` into `expected`, as `Z-X-Y`, then fetches all of them with curl: once as
/// curl asks by itself, once as browsers ask.
async fn compare(server: &TestServer, fixture: &str, export: &str) {
    publish(server, "map", fixture).await;
    make_public(server, "map").await;
    let job = Shell::new()
        .variable("URL", &server.url())
        .variable("BUILD", &build_folder().display().to_string())
        .file("map", tileset(fixture));
    job.run(&format!("mkdir expected plain compressed\n{export}"))
        .assert_success();
    let fetched = job.run(
        r#"
        for way in plain compressed; do
            for tile in $(ls expected); do
                printf 'url = "%s/tiles/map/%s"\noutput = "%s/%s"\n' "$URL" "${tile//-//}" "$way" "$tile"
            done > "$way.config"
        done
        curl --silent --show-error --fail --config plain.config
        curl --silent --show-error --fail --compressed --config compressed.config
        "#,
    );
    fetched.assert_success();
    let expected = files(&job.path("expected"));
    assert!(expected.len() > 10, "{} tiles", expected.len());
    let [plain, compressed] = ["plain", "compressed"].map(|way| files(&job.path(way)));
    for (name, stored) in &expected {
        let stored = unpacked(stored);
        assert!(compressed[name] == stored, "{fixture} {name}");
        assert!(
            plain[name] == stored,
            "{fixture} {name}, unpacked by the server"
        );
    }
}

/// Writes every tile that sqlite3 finds.
const SQLITE3: &str = r#"
    sqlite3 "file:map?immutable=1" "select count(writefile('expected/' || zoom_level || '-' || tile_column || '-' ||
        ((1 << zoom_level) - 1 - tile_row), tile_data)) from tiles where length(tile_data) > 0"
"#;

/// Writes every tile that the reference implementation of PMTiles finds.
const PMTILES: &str = r#"
    python="$BUILD/pmtiles/bin/python"
    [ -x "$python" ] || { echo "the reference reader is missing: run .ci/install" >&2; exit 1; }
    "$python" -c '
from pmtiles.reader import MmapSource, all_tiles
with open("map", "rb") as file:
    for (z, x, y), tile in all_tiles(MmapSource(file)):
        open(f"expected/{z}-{x}-{y}", "wb").write(tile)
'
"#;

#[tokio::test]
async fn curl_gets_every_tile_that_sqlite3_finds_in_a_database() {
    for fixture in [
        format!("{COUNTRIES}.mbtiles"),
        "generated/gdal_png.mbtiles".to_owned(),
        "derived/raw-tiles.mbtiles".to_owned(),
    ] {
        compare(&open_server().await, &fixture, SQLITE3).await;
    }
}

#[tokio::test]
async fn curl_gets_every_tile_that_the_reference_reader_finds_in_an_archive() {
    for fixture in [
        format!("{COUNTRIES}.pmtiles"),
        "generated/gdal_png.pmtiles".to_owned(),
    ] {
        compare(&open_server().await, &fixture, PMTILES).await;
    }
}
