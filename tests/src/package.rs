//! npm packages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha512};

use crate::Upload;

/// An npm package that is being put together.
#[derive(Clone, Debug)]
pub struct Package {
    manifest: Value,
    files: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// A package with a manifest and one file of code.
    pub fn new(name: &str, version: &str) -> Self {
        let manifest = json!({
            "name": name,
            "version": version,
            "description": "A package of a story",
            "license": "MIT",
            "main": "index.js",
        });
        Self {
            manifest,
            files: Vec::new(),
        }
        .file("index.js", format!("module.exports = {version:?}\n"))
    }

    /// Sets a member of the manifest.
    #[must_use]
    pub fn manifest(mut self, member: &str, value: Value) -> Self {
        self.manifest[member] = value;
        self
    }

    /// Adds a file, or replaces the one of that path.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.retain(|(other, _)| other != path);
        self.files.push((path.to_owned(), content.into()));
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.manifest["name"].as_str().unwrap_or_default()
    }

    /// Its version.
    pub fn version(&self) -> &str {
        self.manifest["version"].as_str().unwrap_or_default()
    }

    /// Its files by path, the manifest among them, as its author has them.
    pub fn lay_out(&self) -> Vec<(String, Vec<u8>)> {
        let manifest = self.manifest.to_string().into_bytes();
        let manifest = ("package.json".to_owned(), manifest);
        std::iter::once(manifest)
            .chain(self.files.clone())
            .collect()
    }

    /// The tarball as `npm pack` lays it out: everything in one folder called `package`. The same package has the same
    /// bytes every time.
    pub fn tarball(&self) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        for (path, content) in self.lay_out() {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(499_162_500);
            archive
                .append_data(&mut header, format!("package/{path}"), content.as_slice())
                .expect("an entry of the archive");
        }
        let compressed = archive.into_inner().expect("the end of the archive");
        compressed
            .finish()
            .expect("the end of the compressed stream")
    }

    /// The document that npm sends to publish it under the tag `latest`.
    pub fn publish_body(&self) -> Value {
        let (name, version, tarball) = (self.name(), self.version(), self.tarball());
        let mut manifest = self.manifest.clone();
        manifest["_id"] = format!("{name}@{version}").into();
        manifest["dist"] = json!({
            "integrity": format!("sha512-{}", STANDARD.encode(Sha512::digest(&tarball))),
            "shasum": hex(&Sha1::digest(&tarball)),
            "tarball": format!("http://localhost/{name}/-/{name}-{version}.tgz"),
        });
        json!({
            "_id": name,
            "name": name,
            "dist-tags": {"latest": version},
            "versions": {version: manifest},
            "access": null,
            "_attachments": {format!("{name}-{version}.tgz"): {
                "content_type": "application/octet-stream",
                "data": STANDARD.encode(&tarball),
                "length": tarball.len(),
            }},
        })
    }

    /// The form that uploads it.
    pub fn upload(&self) -> Upload {
        let plain = self.name().trim_start_matches('@').replace('/', "-");
        Upload::new(&format!("{plain}-{}.tgz", self.version()), self.tarball())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
