//! Registries that speak npm's protocol: ours and Verdaccio.

mod package;
mod verdaccio;

use std::time::Instant;

pub(crate) use self::package::Package;
pub(crate) use self::verdaccio::Verdaccio;

use crate::cellier::Cellier;
use crate::latency::Asker;

/// The media type by which clients ask for the abbreviated document.
pub(crate) const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

/// A registry that is published to and read from, and whose process is watched. It ends with the server that it is of.
pub(crate) struct Registry {
    /// The URL of the registry, without a slash at its end.
    pub(crate) url: String,
    /// The value of the header `Authorization` that writes have.
    pub(crate) authorization: String,
    /// Whether reads have it too: where everybody may read, it would only cost.
    pub(crate) reads_with_key: bool,
    pub(crate) pid: u32,
}

impl Registry {
    pub(crate) fn of_cellier(cellier: &Cellier) -> Self {
        Self {
            url: format!("{}/npm", cellier.url),
            authorization: format!("Bearer {}", cellier.key),
            reads_with_key: true,
            pid: cellier.pid(),
        }
    }

    pub(crate) fn of_verdaccio(verdaccio: &Verdaccio) -> Self {
        Self {
            url: verdaccio.url().to_owned(),
            authorization: format!("Bearer {}", verdaccio.token),
            reads_with_key: false,
            pid: verdaccio.pid(),
        }
    }

    /// Publishes a version and gives the milliseconds that it took.
    pub(crate) fn publish(&self, asker: &Asker, package: &Package) -> Result<f64, String> {
        let body = package.publish_body();
        let url = format!("{}/{}", self.url, package.name);
        let started = Instant::now();
        asker.put(&url, &[("authorization", &self.authorization)], body)?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// The URL of a package's tarball, from the document.
    pub(crate) fn tarball(
        &self,
        asker: &Asker,
        name: &str,
        version: &str,
    ) -> Result<String, String> {
        let headers = [("authorization", self.authorization.as_str())];
        let document = asker.get(&format!("{}/{name}", self.url), &headers)?;
        let document: serde_json::Value =
            serde_json::from_slice(&document).map_err(|error| error.to_string())?;
        let url = document["versions"][version]["dist"]["tarball"].as_str();
        url.map(str::to_owned)
            .ok_or_else(|| format!("{name}@{version} has no tarball"))
    }
}
