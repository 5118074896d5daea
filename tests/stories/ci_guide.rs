//! The guide for CI: its scripts do what it says, run as a job runs them, with nothing changed but the host.

use cellier_tests::{Outcome, Shell, TestServer, Workflow, sha256_hex, tileset};
use serde_json::{Value, json};

/// The steps of the guide's GitHub job.
const GITHUB: [&str; 3] = [
    "npm ci",
    "npm pack",
    r#"TARBALL=$(ls *.tgz)
PACKAGE_NAME=$(node -p "require('./package.json').name")
ENCODED_NAME=$(node -p "encodeURIComponent('${PACKAGE_NAME}')")
curl -f -X POST \
"https://registry.example.com/api/v1/artefacts/${ENCODED_NAME}/versions" \
-H "x-api-key: ${REGISTRY_API_KEY}" \
-F "file=@${TARBALL}""#,
];

/// The script of the guide's GitLab job.
const GITLAB: [&str; 3] = [
    "npm ci",
    "npm pack",
    r#"TARBALL=$(ls *.tgz)
PACKAGE_NAME=$(node -p "require('./package.json').name")
ENCODED_NAME=$(node -p "encodeURIComponent('${PACKAGE_NAME}')")
curl -f -X POST \
"${REGISTRY_URL}/api/v1/artefacts/${ENCODED_NAME}/versions" \
-H "x-api-key: ${REGISTRY_API_KEY}" \
-F "file=@${TARBALL}""#,
];

/// The steps of the guide's jobs that publish a tileset, on GitHub and on GitLab.
const GITHUB_TILESET: [&str; 2] = [
    "./build-tileset.sh",
    r#"curl -f -X POST \
"https://registry.example.com/api/v1/artefacts/file/my-tileset" \
-H "x-api-key: ${REGISTRY_API_KEY}" \
-F "file=@output/terrain.mbtiles" \
-F "category=tileset" \
-F 'title={"fr":"Terrain","en":"Terrain"}'"#,
];
const GITLAB_TILESET: [&str; 2] = [
    "./build-tileset.sh",
    r#"curl -f -X POST \
"${REGISTRY_URL}/api/v1/artefacts/file/my-tileset" \
-H "x-api-key: ${REGISTRY_API_KEY}" \
-F "file=@output/terrain.mbtiles" \
-F "category=tileset" \
-F 'title={"fr":"Terrain","en":"Terrain"}'"#,
];

/// A fresh checkout of a project that builds a tileset.
fn tileset_checkout(server: &TestServer, key: &str, built: &[u8]) -> Shell {
    let script = "mkdir -p output\ncp source.mbtiles output/terrain.mbtiles\n";
    let job = Shell::new()
        .variable("REGISTRY_URL", &server.url())
        .variable("REGISTRY_API_KEY", key)
        .file("build-tileset.sh", format!("#!/bin/sh\n{script}"))
        .file("source.mbtiles", built);
    job.run("chmod +x build-tileset.sh").assert_success();
    job
}

/// A fresh checkout of a project with a lockfile. What it depends on lies beside it, so that no network is needed.
fn checkout(server: &TestServer, key: &str, name: &str, code: &str) -> Shell {
    let manifest = json!({
        "name": name, "version": "1.2.3", "license": "MIT", "files": ["index.js"],
        "dependencies": {"greeting": "file:greeting"},
    });
    let lock = json!({
        "name": name, "version": "1.2.3", "lockfileVersion": 3, "requires": true,
        "packages": {
            "": {"name": name, "version": "1.2.3", "dependencies": {"greeting": "file:greeting"}},
            "greeting": {"version": "1.0.0"},
            "node_modules/greeting": {"resolved": "greeting", "link": true},
        },
    });
    Shell::new()
        .variable("REGISTRY_URL", &server.url())
        .variable("REGISTRY_API_KEY", key)
        .variable("npm_config_registry", "http://127.0.0.1:9/")
        .file("package.json", manifest.to_string())
        .file("package-lock.json", lock.to_string())
        .file(
            "greeting/package.json",
            r#"{"name": "greeting", "version": "1.0.0"}"#,
        )
        .file("index.js", code)
}

/// Runs the steps of a job, each in a shell of its own, until one fails.
fn run_job(server: &TestServer, job: &Shell, steps: &[impl AsRef<str>]) -> Outcome {
    let mut last = None;
    for step in steps {
        let step = step
            .as_ref()
            .replace("https://registry.example.com", &server.url());
        let outcome = job.run(&step);
        let failed = outcome.code != Some(0);
        last = Some(outcome);
        if failed {
            break;
        }
    }
    last.expect("a job has steps")
}

/// What the registry answered, as the last step printed it.
fn answer(outcome: &Outcome) -> Value {
    serde_json::from_str(outcome.assert_success()).expect("an answer of JSON")
}

/// The tarball that a job has packed.
fn packed(folder: &Shell, path: &str) -> Vec<u8> {
    std::fs::read(folder.path(path)).expect("a tarball")
}

#[tokio::test]
async fn the_github_job_of_the_guide_publishes_a_package_with_a_scope_and_may_run_again() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci-widget-github")
        .allowed_name("@acme/widget")
        .create()
        .await;
    let job = checkout(&server, ci.key(), "@acme/widget", "module.exports = 1\n");
    let published = answer(&run_job(&server, &job, &GITHUB));
    assert_eq!(published["artefact"]["name"], "@acme/widget");
    assert_eq!(published["version"]["version"], "1.2.3");
    let tarball = packed(&job, "acme-widget-1.2.3.tgz");
    assert_eq!(published["version"]["sha256"], sha256_hex(&tarball));

    let again = checkout(&server, ci.key(), "@acme/widget", "module.exports = 1\n");
    assert_eq!(answer(&run_job(&server, &again, &GITHUB)), published);

    let changed = checkout(&server, ci.key(), "@acme/widget", "module.exports = 2\n");
    let refused = run_job(&server, &changed, &GITHUB);
    let error = refused.assert_failure(22);
    assert!(error.contains("409"), "{error}");
    let kept = ci
        .get("artefacts/@acme%2Fwidget/versions/1.2.3/tarball")
        .await;
    assert_eq!(kept.assert_ok().bytes(), tarball);
}

#[tokio::test]
async fn the_gitlab_job_of_the_guide_publishes_a_package_without_a_scope_and_may_run_again() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci-gadget-gitlab")
        .allowed_name("gadget")
        .create()
        .await;
    let job = checkout(&server, ci.key(), "gadget", "module.exports = 1\n");
    let published = answer(&run_job(&server, &job, &GITLAB));
    assert_eq!(published["artefact"]["name"], "gadget");
    assert_eq!(published["artefact"]["latest"], "1.2.3");
    let again = checkout(&server, ci.key(), "gadget", "module.exports = 1\n");
    assert_eq!(answer(&run_job(&server, &again, &GITLAB)), published);

    let changed = checkout(&server, ci.key(), "gadget", "module.exports = 2\n");
    run_job(&server, &changed, &GITLAB).assert_failure(22);
}

#[tokio::test]
async fn a_job_without_its_secret_or_with_that_of_another_project_fails() {
    let server = TestServer::start().await;
    let other = server
        .upload_key("ci-other")
        .allowed_name("@acme/other")
        .create()
        .await;
    for (key, status) in [("", "401"), ("cel_cut", "401"), (other.key(), "403")] {
        let job = checkout(&server, key, "@acme/widget", "module.exports = 1\n");
        let refused = run_job(&server, &job, &GITHUB[1..]);
        let error = refused.assert_failure(22);
        assert!(error.contains(status), "{error}");
    }
    assert_eq!(server.admin().get_json("artefacts").await["count"], 0);
}

#[tokio::test]
async fn the_example_for_github_publishes_what_its_build_job_has_packed() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci-widget-github")
        .allowed_name("@acme/widget")
        .create()
        .await;
    let workflow = Workflow::example("github-npm.yml");
    assert!(
        workflow
            .text()
            .contains("\n  REGISTRY_URL: https://registry.example.com\n")
    );
    let scripts = workflow.scripts();
    let (upload, before) = scripts.split_last().expect("a step that uploads");

    // The two jobs share nothing but the tarball; the one that builds has no key.
    let pack = async |code: &str| {
        let job = checkout(&server, "", "@acme/widget", code).file("temp/.keep", "");
        let temp = job.path("temp").display().to_string();
        let job = job.variable("RUNNER_TEMP", &temp);
        run_job(&server, &job, before).assert_success();
        let tarball = packed(&job, "temp/package/acme-widget-1.2.3.tgz");
        Shell::new()
            .variable("REGISTRY_URL", &server.url())
            .variable("REGISTRY_API_KEY", ci.key())
            .file("package/acme-widget-1.2.3.tgz", tarball)
    };
    let publishing = pack("module.exports = 1\n").await;
    let published = answer(&publishing.run(upload));
    assert_eq!(published["version"]["version"], "1.2.3");
    assert_eq!(answer(&publishing.run(upload)), published);

    let changed = pack("module.exports = 2\n").await;
    let refused = changed.run(upload);
    assert!(
        refused.assert_failure(22).contains("409"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stdout.contains("version_exists"),
        "{}",
        refused.stdout
    );
}

#[tokio::test]
async fn the_example_for_gitlab_publishes_what_its_build_job_has_packed() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci-widget-gitlab")
        .allowed_name("@acme/widget")
        .create()
        .await;
    let workflow = Workflow::example("gitlab-npm.yml");
    assert!(
        workflow
            .text()
            .contains("\n  REGISTRY_URL: https://registry.example.com\n")
    );
    let scripts = workflow.scripts();
    let (upload, before) = scripts.split_last().expect("a step that uploads");

    let pack = async |code: &str| {
        let job = checkout(&server, "", "@acme/widget", code);
        run_job(&server, &job, before).assert_success();
        Shell::new()
            .variable("REGISTRY_URL", &server.url())
            .variable("REGISTRY_API_KEY", ci.key())
            .file(
                "tarball/acme-widget-1.2.3.tgz",
                packed(&job, "tarball/acme-widget-1.2.3.tgz"),
            )
    };
    let publishing = pack("module.exports = 1\n").await;
    let published = answer(&publishing.run(upload));
    assert_eq!(published["artefact"]["name"], "@acme/widget");
    assert_eq!(answer(&publishing.run(upload)), published);

    let changed = pack("module.exports = 2\n").await;
    let refused = changed.run(upload);
    refused.assert_failure(22);
    assert!(
        refused.stdout.contains("version_exists"),
        "{}",
        refused.stdout
    );
}

#[tokio::test]
async fn the_tileset_jobs_of_the_guide_publish_and_may_run_again() {
    for steps in [GITHUB_TILESET, GITLAB_TILESET] {
        let server = TestServer::start().await;
        let ci = server
            .upload_key("ci-terrain")
            .allowed_name("my-tileset")
            .allowed_category("tileset")
            .create()
            .await;
        let built = tileset("mbtileserver/world_cities.mbtiles");
        let job = tileset_checkout(&server, ci.key(), &built);
        let published = answer(&run_job(&server, &job, &steps));
        assert_eq!(published["artefact"]["format"], "tileset");
        assert_eq!(published["artefact"]["category"], "tileset");
        assert_eq!(
            published["artefact"]["title"],
            json!({"fr": "Terrain", "en": "Terrain"})
        );
        assert_eq!(published["version"]["sha256"], sha256_hex(&built));
        assert_eq!(published["version"]["version"], "1");

        let again = tileset_checkout(&server, ci.key(), &built);
        let answered = answer(&run_job(&server, &again, &steps));
        assert_eq!(answered["version"], published["version"]);

        let rebuilt = tileset("generated/gdal_png.mbtiles");
        let next = tileset_checkout(&server, ci.key(), &rebuilt);
        let next = answer(&run_job(&server, &next, &steps));
        assert_eq!(next["version"]["version"], "2", "{next}");
    }
}

#[tokio::test]
async fn the_examples_for_tilesets_publish_what_was_built() {
    for example in ["github-tileset.yml", "gitlab-tileset.yml"] {
        let server = TestServer::start().await;
        let ci = server
            .upload_key("ci-terrain")
            .allowed_name("my-tileset")
            .create()
            .await;
        let workflow = Workflow::example(example);
        let scripts = workflow.scripts();
        let upload = scripts.last().expect("a step that uploads");
        let built = tileset("mbtileserver/world_cities.mbtiles");
        let job = Shell::new()
            .variable("REGISTRY_URL", &server.url())
            .variable("REGISTRY_API_KEY", ci.key())
            .variable("TILESET_NAME", "my-tileset")
            .variable("TILESET_FILE", "terrain.mbtiles")
            .file("terrain.mbtiles", &built);
        let published = answer(&job.run(upload));
        assert_eq!(published["artefact"]["format"], "tileset", "{example}");
        assert_eq!(published["version"]["sha256"], sha256_hex(&built));
        assert_eq!(answer(&job.run(upload))["version"], published["version"]);
    }
}
