//! What a client says of the version that it publishes.

use std::ops::Range;

use cellier_sdk::ReadAt;
use serde_json::{Map, Value};

use super::Trouble;
use super::scanner::Scanner;
use crate::manifest::KINDS;

/// The parts of a claimed manifest that are compared with something. What is served comes from the tarball.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    /// Name, version and dependencies, under the keys of a manifest.
    pub(crate) fields: Map<String, Value>,
    /// `dist.integrity`: digests in the form of Subresource Integrity.
    pub(crate) integrity: Option<String>,
    /// `dist.shasum`: a SHA-1 in hexadecimal.
    pub(crate) shasum: Option<String>,
}

impl Claimed {
    /// Reads a manifest. It may be large: a client puts the readme into it.
    pub(crate) fn read(body: &dyn ReadAt, manifest: Range<u64>) -> Result<Self, Trouble> {
        let mut claimed = Self::default();
        let mut scanner = Scanner::of_part(body, manifest);
        scanner.members("the manifest", |scanner, key| claimed.member(scanner, key))?;
        Ok(claimed)
    }

    fn member(&mut self, scanner: &mut Scanner<'_>, key: &str) -> Result<(), Trouble> {
        match key {
            "name" | "version" => {
                let word = scanner.word(key)?;
                self.fields.insert(key.to_owned(), word.into());
            }
            "dist" => scanner.members("dist", |scanner, key| {
                match key {
                    "integrity" => self.integrity = scanner.word_or_null(key)?,
                    "shasum" => self.shasum = scanner.word_or_null(key)?,
                    _ => scanner.skip_value(4)?,
                }
                Ok(())
            })?,
            _ if KINDS.contains(&key) => {
                let dependencies = scanner.value(key)?;
                self.fields.insert(key.to_owned(), dependencies);
            }
            _ => scanner.skip_value(3)?,
        }
        Ok(())
    }
}
