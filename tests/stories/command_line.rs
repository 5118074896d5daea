//! The command line, as an operator and a script meet it.

use cellier_tests::{Package, Setup, Upload};

#[tokio::test]
async fn wrong_usage_exits_with_2_and_a_refusal_with_1() {
    let setup = Setup::new();
    for wrong in [
        &["frobnicate"][..],
        &["--frobnicate"],
        &["key"],
        &["key", "create"],
        &["key", "create", "--name", "x"],
        &["key", "create", "--name", "x", "--type", "root"],
        &[
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "upload",
            "--expires",
            "soon",
        ],
        &[
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "upload",
            "--allowed-name",
            "a*b",
        ],
        &["key", "revoke", "not-an-id"],
        &["config", "frobnicate"],
        &["format", "show"],
        &["format", "show", "npn"],
        &["serve", "now"],
        &["migrate", "--back"],
    ] {
        let outcome = setup.run(wrong);
        let told = outcome.assert_failure(2);
        assert!(!told.is_empty(), "{wrong:?} says nothing");
        assert_eq!(outcome.stdout, "", "{wrong:?}");
    }
    let nobody = "0197a5c0-0000-7000-8000-000000000000";
    for refused in [
        &["key", "revoke", nobody][..],
        &["key", "create", "--name", "", "--type", "upload"],
        &[
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "upload",
            "--allowed-format",
            "npn",
        ],
        &[
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "upload",
            "--allowed-category",
            "maps",
        ],
        &[
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "admin",
            "--allowed-name",
            "y",
        ],
        &["format", "check", "npm", "cellier.toml"],
        &["format", "check", "npm", "nowhere.tgz"],
    ] {
        let outcome = setup.run(refused);
        let told = outcome.assert_failure(1);
        assert!(told.starts_with("cellier: "), "{refused:?}: {told}");
    }
}

#[tokio::test]
async fn a_period_that_is_longer_than_time_is_refused_and_not_fallen_over() {
    let setup = Setup::new();
    for period in ["99999999999999999999d", "213503982334d"] {
        let arguments = [
            "key",
            "create",
            "--name",
            "x",
            "--type",
            "upload",
            "--expires",
            period,
        ];
        let outcome = setup.run(&arguments);
        assert!(matches!(outcome.code, Some(0..=2)), "{outcome:?}");
        assert!(!outcome.stderr.contains("panicked"), "{outcome:?}");
    }
    for key in [
        "limits.idle_timeout",
        "limits.header_timeout",
        "server.shutdown_grace",
    ] {
        let setup = Setup::new().set(key, "213503982334d");
        let server = setup.start().await;
        server
            .admin()
            .publish_file("notes", &Upload::new("x", "x"))
            .await
            .assert_created();
    }
}

#[tokio::test]
async fn help_and_version_go_to_standard_output() {
    let setup = Setup::new();
    for arguments in [
        &["--help"][..],
        &["help"],
        &["key", "create", "--help"],
        &["serve", "-h"],
    ] {
        let outcome = setup.run(arguments);
        assert!(
            outcome.assert_success().contains("Usage: "),
            "{arguments:?}"
        );
        assert_eq!(outcome.stderr, "");
    }
    let version = setup.run(&["--version"]);
    assert!(version.assert_success().starts_with("cellier "));
}

#[tokio::test]
async fn the_command_line_shows_the_formats_and_lets_one_look_at_a_file() {
    let setup = Setup::new().set("formats.file.enabled", "false");
    let listed = setup.run(&["format", "list"]).assert_success().to_owned();
    assert!(listed.starts_with("FORMAT  "), "{listed}");
    assert!(listed.contains("file     disabled  built-in"), "{listed}");
    let as_json = setup.run(&["format", "list", "--json"]);
    let formats: serde_json::Value = serde_json::from_str(as_json.assert_success()).unwrap();
    assert_eq!(
        formats[0]["enabled"],
        formats[0]["id"] != "file",
        "{formats}"
    );
    let shown = setup.run(&["format", "show", "npm"]);
    let npm: serde_json::Value = serde_json::from_str(shown.assert_success()).unwrap();
    assert_eq!(npm["versioning"], "semver");

    std::fs::write(
        setup.path("good.tgz"),
        Package::new("widget", "1.0.0").tarball(),
    )
    .unwrap();
    let good = setup.run(&["format", "check", "npm", "good.tgz", "--name", "widget"]);
    assert!(
        good.assert_success().ends_with("good.tgz is a good npm"),
        "{}",
        good.stdout
    );
    std::fs::write(
        setup.path("bad.tgz"),
        Package::new("Widget", "one").tarball(),
    )
    .unwrap();
    let bad = setup.run(&["format", "check", "npm", "bad.tgz", "--json"]);
    assert!(
        bad.assert_failure(1)
            .contains("the format npm refuses bad.tgz")
    );
    let told: serde_json::Value = serde_json::from_str(&bad.stdout).unwrap();
    assert_eq!(told["taken"], false);
    assert_eq!(told["findings"][0]["severity"], "error");
}
