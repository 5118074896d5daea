//! The configuration: what an operator may say, and what a mistake in it is called.

use cellier_tests::{Package, Setup, TestServer, Upload, repository_file};
use reqwest::Method;

/// What holds, as the server itself tells it.
fn shown(setup: &Setup) -> toml::Table {
    let shown = setup.run(&["config", "show"]);
    shown.assert_success().parse().expect("a table")
}

/// The value of a key such as `server.listen`.
fn value_of<'a>(table: &'a toml::Table, key: &str) -> Option<&'a toml::Value> {
    match key.split_once('.') {
        None => table.get(key),
        Some((section, rest)) => value_of(table.get(section)?.as_table()?, rest),
    }
}

#[tokio::test]
async fn a_wrong_value_is_told_with_its_key_its_place_and_what_is_allowed() {
    for (key, value, allowed) in [
        ("server.listen", "\"8080\"", "an address with a port"),
        ("server.listen", "8080", "an address with a port"),
        (
            "server.public_url",
            "\"registry.example.com\"",
            "a URL such as",
        ),
        (
            "server.public_url",
            "\"https://user@registry.example.com\"",
            "without user",
        ),
        (
            "server.trusted_proxies",
            "[\"the proxy\"]",
            "a list of addresses or networks",
        ),
        (
            "server.trusted_proxies",
            "\"10.0.0.0/8\"",
            "a list of addresses or networks",
        ),
        ("server.shutdown_grace", "\"soon\"", "a period such as"),
        (
            "database.url",
            "\"mysql://db\"",
            "sqlite://PATH or postgres://USER@HOST/NAME",
        ),
        ("database.connections", "0", "a whole number from 1 to 1000"),
        ("storage.url", "\"ftp://blobs\"", "file://PATH"),
        ("storage.url", "\"file://\"", "file://PATH"),
        ("access.anonymous_downloads", "\"yes\"", "true or false"),
        ("limits.upload", "\"20GB\"", "a size such as \"100MiB\""),
        ("limits.upload", "-1", "a size such as \"100MiB\""),
        ("limits.inspections", "0", "a whole number from 1 to 100000"),
        (
            "limits.waiting_inspections",
            "1.5",
            "a whole number from 1 to 100000",
        ),
        (
            "limits.connections",
            "\"many\"",
            "a whole number from 1 to 100000",
        ),
        ("limits.header_timeout", "10", "a period"),
        ("limits.header_timeout", "\"0s\"", "more than nothing"),
        ("limits.keep_alive", "\"0s\"", "more than nothing"),
        ("limits.idle_timeout", "\"0ms\"", "more than nothing"),
        ("server.cors_origins", "\"*\"", "[\"*\"] for every page"),
        ("limits.held_answers", "\"much\"", "a size such as"),
        (
            "formats.npm.cors_origins",
            "[\"example.com\"]",
            "a list of origins",
        ),
        (
            "formats.npm.host",
            "\"https://npm.example.com\"",
            "the name of a host of its own",
        ),
        (
            "formats.file.host",
            "\"files.example.com\"",
            "nothing: the format has no protocol",
        ),
        ("formats.npm.enabled", "1", "true or false"),
        (
            "formats.npm.categories",
            "[\"Bad Word\"]",
            "a list of words of a-z, 0-9 and -",
        ),
        ("formats.npm.upload", "\"big\"", "a size such as \"100MiB\""),
        ("log.format", "\"xml\"", "\"text\" or \"json\""),
        ("log.level", "\"loud\"", "error, warn, info, debug or trace"),
    ] {
        let (section, name) = key.rsplit_once('.').unwrap();
        let setup = Setup::new().config(&format!("[{section}]\n{name} = {value}\n"));
        let refused = setup.run(&["config", "check"]);
        let told = refused.assert_failure(1);
        let file = setup.path("cellier.toml");
        let place = format!("\n  {key} = {value} (in {}): allowed is ", file.display());
        let (before, after) = told.split_once(&place).unwrap_or_else(|| panic!("{told}"));
        assert_eq!(before, "cellier: the configuration has a mistake");
        assert!(after.contains(allowed), "{told}");
        assert_eq!(refused.stdout, "");
    }
}

#[tokio::test]
async fn all_mistakes_of_the_file_and_the_variables_are_told_at_once() {
    let setup = Setup::new()
        .config("[server]\nlisen = \"x\"\n[limits]\nupload = \"big\"\n[acces]\n[formats.npn]\nenabled = true\n")
        .set("database.url", "mysql://x")
        .set("formats.npm.colour", "red")
        .set("storage.ur", "file://x");
    for command in [
        &["config", "check"][..],
        &["serve"],
        &["key", "list"],
        &["migrate"],
    ] {
        let refused = setup.run(command);
        let told = refused.assert_failure(1);
        for line in [
            "the configuration has 7 mistakes",
            "server.lisen = \"x\"",
            "allowed is one of the keys cors_origins, listen, public_url, shutdown_grace, trusted_proxies",
            "limits.upload = \"big\"",
            "acces = {…}",
            "allowed is one of the sections access, database, formats, gc, limits, log, server, signing, storage",
            "formats.npn",
            "database.url = \"mysql://x\" (in the variable CELLIER_DATABASE__URL): allowed is sqlite://PATH",
            "formats.npm.colour = \"red\" (in the variable CELLIER_FORMATS__NPM__COLOUR): allowed is one of the keys categories, cors_origins, enabled",
            "storage.ur = \"file://x\" (in the variable CELLIER_STORAGE__UR): allowed is one of the keys cache, cache_path, redirect, redirect_lifetime, staging, url",
        ] {
            assert!(told.contains(line), "{line:?} is missing in:\n{told}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_or_no_toml_is_named_and_its_text_is_not_shown() {
    let broken = Setup::new().config("[database]\nurl = postgres://me:hunter2@db/registry\n");
    let refused = broken.run(&["config", "check"]);
    let told = refused.assert_failure(1);
    assert!(told.contains("cellier.toml, line 2: not TOML"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");

    let absent = Setup::new().without_config_file();
    let refused = absent.run(&["--config", "nowhere.toml", "config", "check"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("failed to read the configuration file nowhere.toml"),
        "{told}"
    );
}

#[tokio::test]
async fn variables_win_over_the_file_and_the_file_may_be_named_in_three_ways() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\n[access]\nanonymous_downloads = true\n";
    let setup = Setup::new()
        .config(text)
        .set("server.listen", "[::1]:2")
        .set("log.level", "warn");
    let table = shown(&setup);
    assert_eq!(
        value_of(&table, "server.listen").unwrap().as_str(),
        Some("[::1]:2")
    );
    assert_eq!(
        value_of(&table, "access.anonymous_downloads")
            .unwrap()
            .as_bool(),
        Some(true)
    );
    assert_eq!(
        value_of(&table, "log.level").unwrap().as_str(),
        Some("warn")
    );

    let file = setup.path("cellier.toml").display().to_string();
    let bare = || Setup::new().without_config_file();
    for (setup, arguments) in [
        (bare(), &["--config", &file, "config", "show"][..]),
        (bare(), &["config", "show", "--config", &file]),
        (
            bare().variable("CELLIER_CONFIG", &file),
            &["config", "show"],
        ),
    ] {
        let shown = setup.run(arguments);
        assert!(
            shown.assert_success().contains("127.0.0.1:1"),
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn what_is_shown_holds_no_password_and_reads_back_as_the_same() {
    let url = "postgres://me:hunter2@db.example/registry?sslpassword=hunter2";
    let setup = Setup::new().config(&format!("[database]\nurl = \"{url}\"\n"));
    let shown = setup.run(&["config", "show"]).assert_success().to_owned();
    assert!(
        shown.contains("postgres://me:***@db.example/registry"),
        "{shown}"
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    // A database that cannot be reached is named without its password, too.
    let unreachable = format!("{url}&sslmode=nonsense");
    let refused = Setup::new()
        .set("database.url", &unreachable)
        .run(&["migrate"]);
    let told = refused.assert_failure(1);
    assert!(told.contains("failed to open the database"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");

    let usual = Setup::new();
    let first = usual.run(&["config", "show"]).assert_success().to_owned();
    let again = Setup::new().config(&first).run(&["config", "show"]);
    assert_eq!(again.assert_success(), first);
    let checked = usual.run(&["config", "check"]);
    assert_eq!(checked.assert_success(), "the configuration is right");
}

#[tokio::test]
async fn the_example_is_right_and_has_every_key_with_its_default() {
    let mut example = repository_file("examples/cellier.toml");
    // A format is a cargo feature: the section of one that is not built in would be an unknown one.
    let formats = Setup::new().run(&["format", "list"]);
    if !formats.assert_success().contains("\ntileset ") {
        let start = example.find("[formats.tileset]").unwrap();
        let length = example[start..].find("\n[").unwrap();
        example.replace_range(start..start + length, "");
    }
    let mut by_example = shown(&Setup::new().config(&example));
    let mut by_default = shown(&Setup::new().without_config_file());
    // The two that the file itself says are no defaults, or depend on the machine.
    for (section, key) in [("server", "public_url"), ("limits", "inspections")] {
        for table in [&mut by_example, &mut by_default] {
            table[section].as_table_mut().unwrap().remove(key);
        }
    }
    assert_eq!(by_example, by_default);
    let given: toml::Table = example.parse().unwrap();
    for (section, keys) in by_default
        .iter()
        .filter(|(section, _)| *section != "formats")
    {
        for key in keys.as_table().unwrap().keys() {
            assert!(
                value_of(&given, &format!("{section}.{key}")).is_some(),
                "{section}.{key}"
            );
        }
    }
}

#[tokio::test]
async fn the_page_for_operators_lists_every_key_with_its_default() {
    let page = repository_file("docs/operating.md");
    let by_default = shown(&Setup::new().without_config_file());
    for (section, keys) in by_default
        .iter()
        .filter(|(section, _)| *section != "formats")
    {
        for (key, value) in keys.as_table().unwrap() {
            let row = format!("| `{section}.{key}` | ");
            let rest = page
                .split_once(&row)
                .unwrap_or_else(|| panic!("no row for {section}.{key}"));
            let told = rest.1.split(" |").next().unwrap().trim_matches('`');
            let value = value.as_str().map_or(value.to_string(), str::to_owned);
            let by_machine = key == "inspections";
            assert!(
                by_machine || told == value,
                "{section}.{key} is {value}, the page says {told}"
            );
        }
    }
}

#[tokio::test]
async fn with_nothing_said_everything_lives_below_data() {
    let setup = Setup::new()
        .without_config_file()
        .set("server.listen", "127.0.0.1:0");
    let server = setup.start().await;
    let ci = server.upload_key("ci").create().await;
    ci.publish_package(&Package::new("widget", "1.0.0"))
        .await
        .assert_created();
    let files = server.files_below("data");
    assert!(
        files.iter().any(|file| file.ends_with("/data/cellier.db")),
        "{files:?}"
    );
    assert_eq!(server.files_below("data/blobs").len(), 1);
}

#[tokio::test]
async fn a_disabled_format_takes_no_uploads_and_what_was_published_stays() {
    let mut server = TestServer::start().await;
    let admin = server.admin();
    let first = Package::new("widget", "1.0.0");
    admin.publish_package(&first).await.assert_created();
    server
        .restart_with(|setup| setup.set("formats.npm.enabled", "false"))
        .await;

    let next = Package::new("widget", "1.1.0");
    let put = admin.request(Method::PUT, "artefacts/npm/widget/versions/1.1.0");
    for refused in [
        admin.publish_package(&next).await,
        admin.publish_file("widget", &next.upload()).await,
        admin
            .publish_file("gadget", &Upload::new("gadget.tgz", "not even a tarball"))
            .await,
        admin
            .publish_file(
                "gadget",
                &Upload::new("x", "x").text("category", "processing"),
            )
            .await,
        admin
            .publish_file("gadget", &Upload::new("x", "x").text("format", "npm"))
            .await,
        admin.upload("artefacts/npm/widget", &next.upload()).await,
        put.bytes(next.tarball()).send().await,
    ] {
        refused.assert_problem(503, "format_disabled");
        refused.assert_detail("the format npm is disabled on this server");
    }
    let listed = admin.get_json("artefacts").await;
    assert_eq!(
        listed["count"], 1,
        "nothing fell through to another format: {listed}"
    );
    assert_eq!(admin.get_json("formats/npm").await["enabled"], false);
    let formats = admin.get_json("formats").await;
    assert_eq!(
        formats["results"].as_array().unwrap().len(),
        formats["count"]
    );

    let fetched = admin
        .get("artefacts/npm/widget/versions/%5E1.0/download")
        .await;
    assert_eq!(fetched.assert_ok().bytes(), first.tarball());
    admin
        .post("artefacts/npm/widget/versions/1.0.0/yank")
        .await
        .assert_no_content();
    admin
        .publish_file("notes", &Upload::new("notes.txt", "x"))
        .await
        .assert_created();
    admin.get("/readyz").await.assert_ok();

    server
        .restart_with(|setup| setup.set("formats.npm.enabled", "true"))
        .await;
    admin.publish_package(&next).await.assert_created();
}

#[tokio::test]
async fn where_the_format_for_anything_is_disabled_only_what_is_recognised_is_taken() {
    let server = Setup::new()
        .set("formats.file.enabled", "false")
        .start()
        .await;
    let admin = server.admin();
    let refused = admin
        .publish_file("notes", &Upload::new("notes.txt", "x"))
        .await;
    refused
        .assert_problem(503, "format_disabled")
        .assert_detail("the format file");
    let package = Package::new("widget", "1.0.0");
    admin
        .publish_file("widget", &package.upload())
        .await
        .assert_created();
}
