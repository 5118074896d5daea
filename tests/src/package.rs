//! npm packages.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

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

    /// The tarball as `npm pack` lays it out: everything in one folder called `package`. The same package has the same
    /// bytes every time.
    pub fn tarball(&self) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        let manifest = self.manifest.to_string().into_bytes();
        let manifest = std::iter::once(("package.json", manifest.as_slice()));
        let files = self
            .files
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_slice()));
        for (path, content) in manifest.chain(files) {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(499_162_500);
            archive
                .append_data(&mut header, format!("package/{path}"), content)
                .expect("an entry of the archive");
        }
        let compressed = archive.into_inner().expect("the end of the archive");
        compressed
            .finish()
            .expect("the end of the compressed stream")
    }

    /// The form that uploads it.
    pub fn upload(&self) -> Upload {
        let plain = self.name().trim_start_matches('@').replace('/', "-");
        let version = self.manifest["version"].as_str().unwrap_or_default();
        Upload::new(&format!("{plain}-{version}.tgz"), self.tarball())
    }
}
