//! What clients send to publish, key by key in their order, as it was recorded of npm 11, pnpm 12, yarn 1, yarn berry 4
//! and bun 1. Only names, digests and the tarball are put in.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::Archive;

/// The clients whose bodies are known.
pub(crate) const CLIENTS: [&str; 5] = ["npm", "pnpm", "yarn", "berry", "bun"];

/// A package in the making.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) tag: String,
    pub(crate) tarball: Vec<u8>,
}

impl Package {
    /// A package whose tarball says what it is called and what it needs.
    pub(crate) fn new(name: &str) -> Self {
        let manifest = format!(
            r#"{{"name":"{name}","version":"1.2.3","license":"MIT","dependencies":{{"ms":"^2.1.3"}}}}"#
        );
        let archive = Archive::new()
            .file("package/package.json", manifest.as_bytes())
            .file("package/README.md", b"# It says \"hello\"\n");
        Self {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            tag: "latest".to_owned(),
            tarball: archive.tgz(),
        }
    }

    pub(crate) fn path(&self) -> String {
        self.name.replace('/', "%2f")
    }

    pub(crate) fn data(&self) -> String {
        STANDARD.encode(&self.tarball)
    }

    fn dist(&self) -> String {
        let Self { name, version, .. } = self;
        format!(
            r#""dist":{{"integrity":"{}","shasum":"{}","tarball":"http://localhost:4873/{name}/-/{name}-{version}.tgz"}}"#,
            self.integrity(),
            self.shasum()
        )
    }

    pub(crate) fn integrity(&self) -> String {
        format!("sha512-{}", STANDARD.encode(sha512(&self.tarball)))
    }

    pub(crate) fn shasum(&self) -> String {
        hex(&sha1(&self.tarball))
    }

    fn attachments(&self) -> String {
        let Self { name, version, .. } = self;
        format!(
            r#""_attachments":{{"{name}-{version}.tgz":{{"content_type":"application/octet-stream","data":"{}","length":{}}}}}"#,
            self.data(),
            self.tarball.len()
        )
    }

    /// What a client sends to publish it.
    pub(crate) fn body(&self, client: &str) -> String {
        let Self {
            name, version, tag, ..
        } = self;
        let (dist, attachments) = (self.dist(), self.attachments());
        let readme = r##""readme":"# It says \"hello\"\n""##;
        let what = r#""license":"MIT","dependencies":{"ms":"^2.1.3"}"#;
        match client {
            "npm" => format!(
                r#"{{"_id":"{name}","name":"{name}","dist-tags":{{"{tag}":"{version}"}},"versions":{{"{version}":{{"name":"{name}","version":"{version}",{what},"_id":"{name}@{version}",{readme},"readmeFilename":"README.md","_nodeVersion":"20.20.2","_npmVersion":"11.19.1",{dist}}}}},"access":null,{attachments}}}"#
            ),
            "pnpm" => format!(
                r#"{{"name":"{name}","dist-tags":{{"{tag}":"{version}"}},"versions":{{"{version}":{{"name":"{name}","version":"{version}",{what},"_id":"{name}@{version}",{dist}}}}},"access":"public",{attachments},"_id":"{name}"}}"#
            ),
            "yarn" => format!(
                r#"{{"_id":"{name}","access":"public","name":"{name}",{readme},"dist-tags":{{"{tag}":"{version}"}},"versions":{{"{version}":{{"name":"{name}","version":"{version}",{what},{readme},"_id":"{name}@{version}",{dist}}}}},{attachments}}}"#
            ),
            "berry" => format!(
                r#"{{"_id":"{name}",{attachments},"name":"{name}","access":"restricted","dist-tags":{{"{tag}":"{version}"}},"versions":{{"{version}":{{"name":"{name}","version":"{version}",{what},"_id":"{name}@{version}",{dist}}}}},{readme}}}"#
            ),
            "bun" => format!(
                r#"{{"_id":"{name}","name":"{name}","dist-tags":{{"{tag}":"{version}"}},"versions":{{"{version}":{{"name":"{name}","version":"{version}",{what},"_id":"{name}@{version}","_integrity":"{i}","integrity":"{i}","shasum":"{s}",{dist}}}}},"access":null,{attachments}}}"#,
                i = self.integrity(),
                s = self.shasum(),
            ),
            other => panic!("nobody knows what {other} sends"),
        }
    }

    /// The body of npm as a value, to be made wrong.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.body("npm")).unwrap()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn sha512(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha512::digest(bytes).to_vec()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes).to_vec()
}
