//! An npm registry: what the clients of npm registries make of it, run as people and pipelines run them.
//!
//! What none of these stories can show is `npm audit signatures` as a whole: before it asks any registry, it asks a host of
//! the internet for the roots of its trust. What it does with a registry's signatures is the library that npm brings along,
//! and `signatures` lets that judge.

mod deprecate;
mod e2e;
mod looking;
mod memory;
mod owners;
mod provenance;
mod race;
mod round_trip;
mod same_artefact;
mod sign_in;
mod signatures;
mod tags;
mod tokens;
mod unpublish;

use cellier_tests::{Actor, NpmMachine, Package, TestServer, encoded};
use reqwest::Method;
use serde_json::Value;

/// How one client is told to do what all of them do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    /// Publishes the package of the folder; `--tag` may follow.
    publish: &'static str,
    /// Installs what the project of the folder needs, and writes the lock file.
    install: &'static str,
    /// Adds a package to the project; its name follows.
    add: &'static str,
    /// Installs what the lock file says and nothing else.
    frozen: &'static str,
    /// The lock file.
    lock: &'static str,
}

pub(super) const NPM: Client = Client {
    publish: "npm publish",
    install: "npm install",
    add: "npm install",
    frozen: "npm ci",
    lock: "package-lock.json",
};

/// pnpm leaves new versions alone for a day unless told otherwise: [`project`] tells it.
pub(super) const PNPM: Client = Client {
    publish: "pnpm publish --no-git-checks",
    install: "pnpm install --no-frozen-lockfile",
    add: "pnpm add",
    frozen: "pnpm install --frozen-lockfile",
    lock: "pnpm-lock.yaml",
};

/// Without `always-auth`, yarn 1 sends its token for scoped packages alone.
pub(super) const YARN: Client = Client {
    publish: "yarn publish --non-interactive",
    install: "npm_config_always_auth=true yarn install --non-interactive",
    add: "npm_config_always_auth=true yarn add --non-interactive",
    frozen: "npm_config_always_auth=true yarn install --non-interactive --frozen-lockfile",
    lock: "yarn.lock",
};

/// berry wants to know a project before it publishes it.
pub(super) const BERRY: Client = Client {
    publish: "berry install >/dev/null; berry npm publish",
    install: "berry install",
    add: "berry add",
    frozen: "berry install --immutable",
    lock: "yarn.lock",
};

pub(super) const BUN: Client = Client {
    publish: "bun publish",
    install: "bun install",
    add: "bun add",
    frozen: "bun install --frozen-lockfile",
    lock: "bun.lock",
};

/// A machine that publishes npm packages.
pub(super) async fn author(server: &TestServer) -> NpmMachine {
    let key = server.upload_key("ci").allowed_format("npm").create().await;
    NpmMachine::new(server).with_token(key.key())
}

/// A machine that may read everything and change nothing.
pub(super) async fn reader(server: &TestServer) -> NpmMachine {
    let key = server.read_key("reader").create().await;
    NpmMachine::new(server).with_token(key.key())
}

/// The same with a project in the folder `app` that needs packages.
pub(super) async fn project(server: &TestServer, needs: &[(&str, &str)]) -> NpmMachine {
    reader(server)
        .await
        .project("app", needs)
        .file("app/pnpm-workspace.yaml", "minimumReleaseAge: 0\n")
}

/// The path of a package below the mount.
pub(super) fn path_of(name: &str) -> String {
    format!("/npm/{}", encoded(name))
}

/// Everything that clients are told about a package.
pub(super) async fn packument(who: &Actor, name: &str) -> Value {
    who.get_json(&path_of(name)).await
}

/// Publishes a package as clients do, without one.
pub(super) async fn put(who: &Actor, package: &Package) -> cellier_tests::Answer {
    let request = who.request(Method::PUT, &path_of(package.name()));
    request.json(&package.publish_body()).send().await
}
