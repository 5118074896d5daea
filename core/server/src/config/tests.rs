//! The configuration as an operator meets it.

use std::path::Path;

use cellier_sdk::{Descriptor, Setting};

use super::*;

fn formats() -> Vec<Descriptor> {
    vec![
        Descriptor::new("npm", "1"),
        Descriptor::new("tileset", "1").setting(Setting::boolean("strict", false, "…")),
    ]
}

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Config::load(Source::fake(Some(file.path()), variables), &formats()).map_err(|error| {
        error
            .to_string()
            .replace(&file.path().display().to_string(), "FILE")
    })
}

#[test]
fn with_nothing_said_everything_lives_under_data() {
    let config = Config::load(Source::default(), &formats()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database.url.to_string(), "sqlite://data/cellier.db");
    assert!(config.formats.0["npm"].enabled);
    assert!(!config.access.anonymous_downloads);
}

#[test]
fn variables_win_over_the_file() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\n[formats.tileset]\nstrict = true\n";
    let config = load(
        text,
        &[
            ("CELLIER_SERVER__LISTEN", "[::1]:2"),
            ("CELLIER_FORMATS__NPM__ENABLED", "false"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "[::1]:2");
    assert!(!config.formats.0["npm"].enabled);
    assert!(config.formats.0["tileset"].settings.is_on("strict"));
}

#[test]
fn every_mistake_is_told_with_key_value_place_and_what_is_allowed() {
    let text = "[server]\nlisten = \"8080\"\npublic_url = \"registry.example.com\"\nlisen = 1\n\
                [limits]\nupload = \"20GB\"\n[formats.tileset]\nstrict = \"yes\"\nstrickt = 1\n[formats.npn]\n[acces]\n";
    let told = load(text, &[("CELLIER_DATABASE__URL", "mysql://x")]).unwrap_err();
    for line in [
        "the configuration has 9 mistakes",
        "server.listen = \"8080\" (in FILE): allowed is an address with a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"",
        "server.public_url = \"registry.example.com\" (in FILE): allowed is a URL",
        "server.lisen = 1 (in FILE): allowed is one of the keys cors_origins, listen, public_url, shutdown_grace, trusted_proxies",
        "limits.upload = \"20GB\" (in FILE): allowed is a size such as \"100MiB\"",
        "database.url = \"mysql://x\" (in the variable CELLIER_DATABASE__URL): allowed is sqlite://PATH",
        "formats.tileset.strict = \"yes\" (in FILE): allowed is true or false",
        "formats.tileset.strickt = 1 (in FILE): allowed is one of the keys categories, cors_origins, enabled, host, retention, strict, upload",
        "allowed is one of the formats npm, tileset",
    ] {
        assert!(told.contains(line), "{line:?} is missing in:\n{told}");
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_line_and_without_its_text() {
    let told = load("[server]\nlisten = secret oops\n", &[]).unwrap_err();
    assert!(told.contains("FILE, line 2: not TOML"), "{told}");
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    let text = "[server]\npublic_url = \"https://registry.example.com\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
                [limits]\nidle_timeout = \"90s\"\n[formats.tileset]\nstrict = true\ncategories = [\"relief\"]\n";
    let config = load(text, &[]).unwrap();
    assert_eq!(load(&config.show(), &[]).unwrap(), config);
    let masked = load(
        "[database]\nurl = \"postgres://me:hunter2@db/registry\"\n",
        &[],
    )
    .unwrap()
    .show();
    assert!(
        masked.contains("me:***@db") && !masked.contains("hunter2"),
        "{masked}"
    );
}

#[test]
fn a_format_has_a_host_to_itself_that_nobody_else_has() {
    let formats = || {
        let npm = Descriptor::new("npm", "1").mount("npm");
        let maps = Descriptor::new("tileset", "1")
            .mount("tiles")
            .cross_origin();
        vec![Descriptor::new("file", "1"), npm, maps]
    };
    let load = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::load(Source::fake(Some(file.path()), &[]), &formats())
    };
    let text = "[server]\npublic_url = \"https://registry.example.com\"\ncors_origins = [\"https://app.example.com\"]\n\
                [formats.npm]\nhost = \"npm.example.com\"\n[formats.tileset]\nhost = \"maps.example.com\"\n";
    let config = load(text).unwrap();
    assert_eq!(load(&config.show()).unwrap(), config);
    let npm = &config.formats.0["npm"];
    assert_eq!(npm.host.as_ref().unwrap().as_str(), "npm.example.com");
    let app = Origins::These(vec!["https://app.example.com".to_owned()]);
    assert_eq!(npm.cors_origins, app);
    assert_eq!(config.formats.0["tileset"].cors_origins, Origins::Any);
    for (bad, mistake) in [
        (
            text.replace("maps.example.com", "npm.example.com"),
            "formats.tileset.host",
        ),
        (
            text.replace("npm.example.com", "registry.example.com"),
            "formats.npm.host",
        ),
        (
            text.replace("npm.example.com", "https://npm.example.com"),
            "formats.npm.host",
        ),
        (
            text.replace("formats.tileset", "formats.file"),
            "formats.file.host",
        ),
    ] {
        let told = load(&bad).unwrap_err().to_string();
        assert!(
            told.contains("has a mistake") && told.contains(mistake),
            "{told}"
        );
    }
}

#[test]
fn a_bucket_is_read_with_everything_that_belongs_to_it() {
    let text = "[storage]\nurl = \"s3://artefacts/prod?endpoint=https://s3.example.com&region=eu\"\n\
                staging = \"/var/tmp/cellier\"\ncache = \"50GiB\"\ncache_path = \"/var/cache/cellier\"\n\
                redirect = \"auto\"\nredirect_lifetime = \"5m\"\n";
    let config = load(text, &[]).unwrap();
    assert!(matches!(config.storage.url, StorageUrl::S3(_)));
    assert_eq!(config.storage.redirect, Redirect::Auto);
    assert_eq!(load(&config.show(), &[]).unwrap(), config);
}

#[test]
fn what_is_wrong_with_a_bucket_is_told_without_secrets() {
    let told = load(
        "[storage]\nurl = \"s3://key:hunter2@artefacts\"\nredirect = \"yes\"\nredirect_lifetime = \"30d\"\n",
        &[],
    )
    .unwrap_err();
    for line in [
        "storage.url = \"s3://key:***@artefacts\" (in FILE): allowed is a URL without credentials",
        "storage.redirect = \"yes\" (in FILE): allowed is \"never\", \"auto\" or \"always\"",
        "storage.redirect_lifetime = \"30d\" (in FILE): allowed is a period from \"10s\" to \"7d\"",
    ] {
        assert!(told.contains(line), "{line:?} is missing in:\n{told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
    let told = load("[storage]\nurl = \"s3://artefacts?regoin=eu\"\n", &[]).unwrap_err();
    assert!(
        told.contains("path_style and region once (found \"regoin\")"),
        "{told}"
    );
    let told = load("[storage]\nurl = \"ftp://artefacts\"\n", &[]).unwrap_err();
    assert!(
        told.contains("file://PATH") && told.contains("s3://BUCKET/PREFIX"),
        "{told}"
    );
}

#[test]
fn the_example_is_a_configuration() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cellier.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let formats = [formats(), vec![Descriptor::new("file", "1")]].concat();
    let mut sorted = formats;
    sorted.sort_by(|one, other| one.id().cmp(other.id()));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Config::load(Source::fake(Some(file.path()), &[]), &sorted).unwrap();
}
