//! What a tarball must look like to be a package, and what is learnt of it on the way.

mod path;
mod paths;
mod readme;

use std::collections::BTreeSet;

use cellier_sdk::{Finding, ReadAt};

use self::path::{EntryPath, ROOT};
use self::paths::{Clash, Paths};
pub(crate) use self::readme::Readme;
use crate::findings::Findings;
use crate::gzip::Inflate;
use crate::limits::{self, Limits};
use crate::stop::Stop;
use crate::tar::{Entry, Kind, Walker};
use crate::{codes, text};

/// The manifest's path below the root, in exactly these letters.
const MANIFEST: &str = "package.json";

/// The bits of a mode that make a program run with another's rights or protect a folder: setuid, setgid, sticky.
const UNSAFE_BITS: u64 = 0o7000;

/// How many folders beside `package/` are named in findings.
const MOST_TOPS: usize = 8;

/// What was learnt of a tarball, as far as the walk came.
#[derive(Debug, Default)]
pub(crate) struct Tarball {
    /// How many files it holds.
    pub(crate) files: u64,
    /// How many bytes they have together.
    pub(crate) unpacked_size: u64,
    /// The best readme.
    pub(crate) readme: Option<Readme>,
    /// Whether it pins all its dependencies.
    pub(crate) has_shrinkwrap: bool,
    /// Whether npm compiles native code when it is installed, unless the manifest says otherwise.
    pub(crate) has_gyp_file: bool,
    readme_rank: Option<u8>,
    manifest: Option<Vec<u8>>,
    manifest_entry: Option<u64>,
    entries: u64,
    is_below_root: bool,
    /// Other folders than `package/`, which npm would unpack as if they were that.
    other_tops: BTreeSet<String>,
    paths: Paths,
}

impl Tarball {
    /// Walks the whole tarball. What can be refused without losing the way becomes a finding, what cannot a [`Stop`].
    pub(crate) fn walk(
        &mut self,
        content: &dyn ReadAt,
        limits: Limits,
        findings: &mut Findings,
    ) -> Result<(), Stop> {
        let mut walker = Walker::new(Inflate::new(content, limits)?, limits);
        while let Some(entry) = walker.next_entry(findings)? {
            self.entries += 1;
            check_kind_and_mode(&entry, findings);
            if let Some(path) = self.take_path(&entry, findings) {
                self.take_body(&entry, &path, &mut walker, findings)?;
            }
        }
        Ok(())
    }

    /// The text of the manifest.
    pub(crate) fn manifest(&self) -> Option<&[u8]> {
        self.manifest.as_deref()
    }

    /// Whether there is an entry where the manifest should be.
    pub(crate) fn has_manifest(&self) -> bool {
        self.manifest_entry.is_some()
    }

    /// Whether all that was seen lies elsewhere, as in any other tar archive.
    pub(crate) fn is_of_another_kind(&self) -> bool {
        self.entries > 0 && !self.is_below_root
    }

    /// Why this is some tar archive rather than a package.
    pub(crate) fn without_manifest(&self) -> Finding {
        let message = match self.other_tops.first() {
            _ if self.entries == 0 => "the archive is empty".to_owned(),
            Some(top) if !self.is_below_root => format!(
                "there is no {ROOT}/{MANIFEST}: everything lies in {}, not in {ROOT}/",
                text::quote(top)
            ),
            _ => format!(
                "there is no {ROOT}/{MANIFEST} among the {} entries",
                self.entries
            ),
        };
        codes::NO_MANIFEST.error(message)
    }

    /// The path of an entry, if it is safe, below `package/` and no other entry's.
    fn take_path(&mut self, entry: &Entry, findings: &mut Findings) -> Option<EntryPath> {
        let is_folder = entry.kind == Kind::Folder;
        let path = match EntryPath::parse(&entry.path, is_folder) {
            Ok(path) => path,
            Err(problems) => {
                for problem in problems {
                    let message = format!("the path of {} {problem}", name(entry));
                    findings.push(codes::INVALID_PATH.error(message));
                }
                return None;
            }
        };
        let is_root = is_folder && path.as_str() == ROOT;
        if path.below_root().is_none() && !is_root {
            self.take_other_top(entry, &path, findings);
            return None;
        }
        self.is_below_root = true;
        if let Err(clash) = self.paths.add(&path, is_folder, entry.number) {
            findings.push(self.clash(entry, clash));
            return None;
        }
        Some(path)
    }

    /// One finding for each folder, not for each entry in it.
    fn take_other_top(&mut self, entry: &Entry, path: &EntryPath, findings: &mut Findings) {
        let is_new =
            self.other_tops.len() < MOST_TOPS && self.other_tops.insert(path.top().to_owned());
        if is_new {
            let message = format!(
                "{} lies in {}, not in {ROOT}/; npm would unpack it over what is there",
                name(entry),
                text::quote(path.top())
            );
            findings.push(codes::OUTSIDE_PACKAGE.error(message));
        }
    }

    fn clash(&self, entry: &Entry, clash: Clash) -> Finding {
        let message = format!("{} {clash}", name(entry));
        match clash {
            Clash::Same(earlier) if self.manifest_entry == Some(earlier) => {
                codes::SECOND_MANIFEST.error(message)
            }
            _ => codes::DUPLICATE_PATH.error(message),
        }
    }

    fn take_body(
        &mut self,
        entry: &Entry,
        path: &EntryPath,
        walker: &mut Walker<'_>,
        findings: &mut Findings,
    ) -> Result<(), Stop> {
        let below = path.below_root().unwrap_or_default();
        if below == MANIFEST {
            self.manifest_entry = Some(entry.number);
        }
        if entry.kind != Kind::File {
            return Ok(());
        }
        self.files += 1;
        self.unpacked_size += entry.size;
        match below {
            MANIFEST => self.take_manifest(entry, walker, findings)?,
            "npm-shrinkwrap.json" => self.has_shrinkwrap = true,
            "binding.gyp" => self.has_gyp_file = true,
            _ => {}
        }
        let rank = readme::rank(below);
        if rank > self.readme_rank {
            let bytes = walker.read_body(limits::README)?;
            self.readme = Some(Readme::new(&bytes, entry.size));
            self.readme_rank = rank;
        }
        Ok(())
    }

    fn take_manifest(
        &mut self,
        entry: &Entry,
        walker: &mut Walker<'_>,
        findings: &mut Findings,
    ) -> Result<(), Stop> {
        if entry.size > limits::MANIFEST as u64 {
            let message = format!(
                "{ROOT}/{MANIFEST} has {} bytes, at most {} are allowed",
                entry.size,
                limits::MANIFEST
            );
            findings.push(codes::MANIFEST_TOO_LARGE.error(message));
        } else {
            self.manifest = Some(walker.read_body(limits::MANIFEST)?);
        }
        Ok(())
    }
}

fn check_kind_and_mode(entry: &Entry, findings: &mut Findings) {
    if !matches!(entry.kind, Kind::File | Kind::Folder) {
        let message = format!(
            "{} is {}, neither a file nor a folder",
            name(entry),
            entry.kind
        );
        findings.push(codes::UNSUPPORTED_ENTRY.error(message));
    }
    if entry.mode & UNSAFE_BITS != 0 {
        let message = format!(
            "{} has the mode {:04o}, with a setuid, setgid or sticky bit",
            name(entry),
            entry.mode & 0o7777
        );
        findings.push(codes::UNSAFE_MODE.error(message));
    }
}

/// An entry in a message.
fn name(entry: &Entry) -> String {
    format!(
        "entry {} ({})",
        entry.number,
        text::quote_bytes(&entry.path)
    )
}
