//! Verdaccio, the peer that is a registry of npm packages.

use std::fs;

use serde_json::{Value, json};

use crate::latency::Asker;
use crate::peer::{self, Peer};
use crate::{Bench, nginx};

/// Its configuration: what it has by default, without another registry behind it, and with its log out of the way. Its
/// tokens are signed ones: by default it would try the password behind a token at every request, which takes 300 ms.
const CONFIGURATION: &str = "storage: ./storage\nauth: { htpasswd: { file: ./htpasswd } }\nuplinks: {}\n\
    security: { api: { jwt: { sign: { expiresIn: 1d } } } }\n\
    packages:\n  '**': { access: $all, publish: $authenticated, unpublish: $authenticated }\n\
    log: { type: file, path: ./verdaccio.log, level: warn }\nmax_body_size: 400mb\n";

/// A running Verdaccio with a storage of its own.
pub(crate) struct Verdaccio {
    peer: Peer,
    pub(crate) token: String,
}

impl Verdaccio {
    pub(crate) fn start(bench: &Bench, name: &str) -> Result<Self, String> {
        let folder = bench.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fs::write(folder.join("config.yaml"), CONFIGURATION).map_err(|error| error.to_string())?;
        let port = nginx::free_port()?;
        let mut node = peer::node()?;
        node.arg(peer::package("verdaccio")?.join("bin/verdaccio"))
            .args(["--config", "config.yaml", "--listen"])
            .arg(format!("127.0.0.1:{port}"));
        let peer = Peer::start(&mut node, &folder, port, "/-/ping")?;
        let user = json!({"name": "bench", "password": "a password of the benchmark"});
        let url = format!("{}/-/user/org.couchdb.user:bench", peer.url);
        let answer = Asker::new()?.put(&url, &[], user.to_string())?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        let token = answer["token"].as_str().ok_or("Verdaccio gave no token")?;
        Ok(Self {
            token: token.to_owned(),
            peer,
        })
    }

    /// What it is and what it runs on.
    pub(crate) fn version() -> Result<String, String> {
        Ok(format!(
            "{} on {}",
            peer::version("verdaccio")?,
            peer::node_version()?
        ))
    }

    pub(crate) fn url(&self) -> &str {
        &self.peer.url
    }

    pub(crate) fn pid(&self) -> u32 {
        self.peer.pid()
    }
}
