//! Packages, as their authors' npm sends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha512};

/// A version of a package that is published.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// How many bytes that do not compress its tarball holds beside the manifest.
    pub(crate) payload: usize,
}

impl Package {
    /// A package whose tarball has about so many bytes.
    pub(crate) fn new(name: &str, version: &str, payload: usize) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            payload,
        }
    }

    /// A manifest of the size that those of the public registry have: about two kilobytes.
    fn manifest(&self) -> Value {
        let needs: Map<String, Value> = (0..24)
            .map(|index| {
                (
                    format!("a-package-that-is-needed-{index}"),
                    format!("^{index}.2.3").into(),
                )
            })
            .collect();
        json!({
            "name": self.name,
            "version": self.version,
            "description": "A package of the benchmark, described in a sentence of about the length that sentences have",
            "license": "MIT",
            "main": "index.js",
            "keywords": ["benchmark", "package", "registry", "maps", "terrain"],
            "author": {"name": "Anna of the Benchmark", "email": "anna@example.com"},
            "repository": {"type": "git", "url": "git+https://git.example.com/acme/package.git"},
            "homepage": "https://git.example.com/acme/package#readme",
            "scripts": {"test": "node --test", "build": "tsc --build", "prepare": "npm run build"},
            "engines": {"node": ">=20"},
            "dependencies": needs,
        })
    }

    fn tarball(&self) -> Vec<u8> {
        let mut state = self
            .version
            .bytes()
            .fold(0x9e37_79b9_7f4a_7c15_u64, |state, byte| {
                (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let mut payload = Vec::with_capacity(self.payload + 8);
        while payload.len() < self.payload {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            payload.extend_from_slice(&state.to_le_bytes());
        }
        let manifest = self.manifest().to_string().into_bytes();
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in [
            ("package/package.json", &manifest),
            ("package/payload", &payload),
        ] {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            archive
                .append_data(&mut header, path, content.as_slice())
                .expect("writing to memory");
        }
        let compressed = archive.into_inner().expect("writing to memory");
        compressed.finish().expect("writing to memory")
    }

    /// The document that publishes it.
    pub(crate) fn publish_body(&self) -> String {
        let (name, version, tarball) = (&self.name, &self.version, self.tarball());
        let shasum = Sha1::digest(&tarball);
        let shasum = shasum
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let mut manifest = self.manifest();
        manifest["_id"] = format!("{name}@{version}").into();
        manifest["dist"] = json!({
            "integrity": format!("sha512-{}", STANDARD.encode(Sha512::digest(&tarball))),
            "shasum": shasum,
            "tarball": format!("http://localhost/{name}/-/{name}-{version}.tgz"),
        });
        let body = json!({
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
        });
        body.to_string()
    }
}
