//! The peers that serve tiles: tileserver-gl-light and martin.

use std::fs;
use std::process::Command;

use crate::peer::{self, Peer};
use crate::tileset::Tileset;
use crate::{Bench, command, nginx};

/// Starts tileserver-gl-light with a tileset, whose tiles lie at `/data/map/{z}/{x}/{y}.pbf`.
pub(crate) fn tileserver(bench: &Bench, tileset: &Tileset) -> Result<Peer, String> {
    let folder = bench.folder.join("tileserver");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::copy(&tileset.path, folder.join("map.mbtiles")).map_err(|error| error.to_string())?;
    let configuration = r#"{"options": {"paths": {"mbtiles": "."}}, "styles": {}, "data": {"map": {"mbtiles": "map.mbtiles"}}}"#;
    fs::write(folder.join("config.json"), configuration).map_err(|error| error.to_string())?;
    let port = nginx::free_port()?;
    let mut node = peer::node()?;
    node.arg(peer::package("tileserver-gl-light")?.join("src/main.js"))
        .args([
            "--config",
            "config.json",
            "--bind",
            "127.0.0.1",
            "--silent",
            "--port",
        ])
        .arg(port.to_string());
    Peer::start(&mut node, &folder, port, "/data/map.json")
}

/// What tileserver-gl-light is and what it runs on.
pub(crate) fn tileserver_version() -> Result<String, String> {
    Ok(format!(
        "{} on {}",
        peer::version("tileserver-gl-light")?,
        peer::node_version()?
    ))
}

/// The version of martin, if it is installed.
pub(crate) fn martin_version() -> Option<String> {
    let (said, _) = command::run("martin", &["--version"]).ok()?;
    Some(said.trim().to_owned())
}

/// Starts martin with a tileset, whose tiles lie at `/map/{z}/{x}/{y}`.
pub(crate) fn martin(bench: &Bench, tileset: &Tileset) -> Result<Peer, String> {
    let folder = bench.folder.join("martin");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::copy(&tileset.path, folder.join("map.mbtiles")).map_err(|error| error.to_string())?;
    let port = nginx::free_port()?;
    let mut martin = Command::new("martin");
    martin
        .env("RUST_LOG", "warn")
        .arg("--listen-addresses")
        .arg(format!("127.0.0.1:{port}"))
        .arg("map.mbtiles");
    Peer::start(&mut martin, &folder, port, "/map")
}
