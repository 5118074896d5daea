//! A published tileset is a map: what curl, other readers of the same file, and a browser make of it.

mod access;
mod browser;
mod equality;
mod reading;

use cellier_tests::{Setup, TestServer, Upload, tileset};
use serde_json::json;

/// Vector tiles of the world's countries, zooms 0 to 5, in either container.
const COUNTRIES: &str = "generated/tippecanoe_countries_z0-5";

/// A server on which everybody may have what is public.
async fn open_server() -> TestServer {
    let setup = Setup::new().set("access.anonymous_downloads", "true");
    setup.start().await
}

/// Publishes a fixture as the next revision.
async fn publish(server: &TestServer, name: &str, fixture: &str) {
    let (_, file_name) = fixture.split_once('/').expect("a folder and a file");
    let upload = Upload::new(file_name, tileset(fixture)).text("category", "tileset");
    let published = server.admin().publish_file(name, &upload).await;
    published.assert_created();
}

/// Lets everybody see it.
async fn make_public(server: &TestServer, name: &str) {
    let path = format!("artefacts/tileset/{name}");
    let changed = server.admin().patch(&path, &json!({"public": true})).await;
    changed.assert_ok();
}
