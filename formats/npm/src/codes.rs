//! Everything that may be found in a tarball. The codes are stable: programs may match on them.
//!
//! | code | weight | what was found |
//! |---|---|---|
//! | `NPM001` | error | the content is not a gzip-compressed tar archive |
//! | `NPM002` | error | there is no `package/package.json` |
//! | `NPM003` | error | the archive is damaged or broken off |
//! | `NPM004` | error | something follows the end of the archive |
//! | `NPM005` | error | the archive unpacks to too much |
//! | `NPM006` | error | the archive has too many entries |
//! | `NPM007` | error | programs would read the archive differently |
//! | `NPM008` | error | an entry is neither a file nor a folder |
//! | `NPM009` | error | a path is not safe everywhere |
//! | `NPM010` | error | an entry lies outside the folder `package/` |
//! | `NPM011` | error | two entries have the same path |
//! | `NPM012` | error | there is a second manifest |
//! | `NPM013` | error | a mode would give rights to whoever installs |
//! | `NPM020` | error | the manifest is too large |
//! | `NPM021` | error | the manifest is not a JSON object |
//! | `NPM022` | error | programs would read the manifest differently |
//! | `NPM023` | error | the name is not an npm name |
//! | `NPM024` | error | the version is not a semantic version |
//! | `NPM025` | error | a key below `registry` is not what it should be |
//! | `NPM026` | error | there are too many dependencies |
//! | `NPM027` | error | manifest and readme are too large together |
//! | `NPM030` | warning | no licence is named |
//! | `NPM031` | warning | the licence is not an SPDX expression |
//! | `NPM032` | warning | a field of the manifest is not what npm expects |
//! | `NPM040` | info | installing runs scripts |
//! | `NPM041` | info | there are more findings than are listed |
//! | `NPM050` | error | the body of a request is not what npm's clients send |
//! | `NPM051` | error | the body is about another package than the path |
//! | `NPM052` | error | the body does not publish exactly one version |
//! | `NPM053` | error | the tarball is not attached as npm's clients attach it |
//! | `NPM054` | error | an attachment is not in base64 |
//! | `NPM055` | error | an attachment has another length than was said |
//! | `NPM056` | error | what was said of a digest is none |
//! | `NPM057` | error | a tag is to name another version than the published one |
//! | `NPM058` | error | the manifest that was sent and the one in the tarball differ |
//! | `NPM059` | error | the provenance is not about this tarball |
//! | `NPM080` | error | a file is no document of npm that can be checked |
//! | `NPM081` | error | a lockfile is of a form that is too old |

use cellier_sdk::{Finding, Severity};

/// A kind of finding: its stable code, and what the publisher can do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub id: &'static str,
    /// What the publisher can do about it.
    pub fix: &'static str,
}

impl Code {
    const fn new(id: &'static str, fix: &'static str) -> Self {
        Self { id, fix }
    }

    /// A finding of this kind that refuses the tarball.
    pub(crate) fn error(&self, message: impl Into<String>) -> Finding {
        self.finding(Severity::Error, message)
    }

    /// A finding of this kind that is stored with the version and shown.
    pub(crate) fn warning(&self, message: impl Into<String>) -> Finding {
        self.finding(Severity::Warning, message)
    }

    /// A finding of this kind that is merely worth knowing.
    pub(crate) fn info(&self, message: impl Into<String>) -> Finding {
        self.finding(Severity::Info, message)
    }

    fn finding(&self, severity: Severity, message: impl Into<String>) -> Finding {
        Finding::new(severity, self.id, message).fix(self.fix)
    }
}

/// The content is not a gzip-compressed tar archive.
pub const NOT_A_TARBALL: Code = Code::new("NPM001", "upload what `npm pack` makes");
/// There is no `package/package.json`.
pub const NO_MANIFEST: Code = Code::new(
    "NPM002",
    "make the tarball with `npm pack`, which puts everything below the folder package/",
);
/// The archive is damaged or broken off.
pub const DAMAGED: Code = Code::new("NPM003", "make the tarball again and upload all of it");
/// Something follows the end of the archive.
pub const TRAILING_DATA: Code = Code::new(
    "NPM004",
    "pack everything into one archive with `npm pack`; do not append to it",
);
/// The archive unpacks to too much.
pub const UNPACKED_TOO_LARGE: Code = Code::new(
    "NPM005",
    "leave out what users do not need, with the key `files` of package.json",
);
/// The archive has too many entries.
pub const TOO_MANY_ENTRIES: Code = Code::new(
    "NPM006",
    "leave out what users do not need, with the key `files` of package.json",
);
/// Programs would read the archive differently.
pub const AMBIGUOUS_ARCHIVE: Code = Code::new("NPM007", "make the tarball with `npm pack`");
/// An entry is neither a file nor a folder.
pub const UNSUPPORTED_ENTRY: Code = Code::new(
    "NPM008",
    "pack only files and folders: put copies where there are links",
);
/// A path is not safe everywhere.
pub const INVALID_PATH: Code = Code::new(
    "NPM009",
    "rename the file so that every operating system can hold it",
);
/// An entry lies outside the folder `package/`.
pub const OUTSIDE_PACKAGE: Code = Code::new(
    "NPM010",
    "make the tarball with `npm pack`, which puts everything below the folder package/",
);
/// Two entries have the same path.
pub const DUPLICATE_PATH: Code = Code::new(
    "NPM011",
    "keep one of the two, or rename one so that more than letter case differs",
);
/// There is a second manifest.
pub const SECOND_MANIFEST: Code = Code::new("NPM012", "keep one package/package.json");
/// A mode would give rights to whoever installs.
pub const UNSAFE_MODE: Code = Code::new(
    "NPM013",
    "clear the bits with `chmod u-s,g-s,-t` and pack again",
);
/// The manifest is too large.
pub const MANIFEST_TOO_LARGE: Code =
    Code::new("NPM020", "move data out of package.json into another file");
/// The manifest is not a JSON object.
pub const MANIFEST_NOT_JSON: Code =
    Code::new("NPM021", "write package.json as one JSON object in UTF-8");
/// Programs would read the manifest differently.
pub const MANIFEST_AMBIGUOUS: Code = Code::new(
    "NPM022",
    "write every key once, none called __proto__, and no byte order mark",
);
/// The name is not an npm name.
pub const INVALID_NAME: Code = Code::new(
    "NPM023",
    "name the package name or @scope/name, in lower-case letters, digits, `.`, `_` and `-`",
);
/// The version is not a semantic version.
pub const INVALID_VERSION: Code =
    Code::new("NPM024", "write the version like 1.2.3 or 1.2.3-beta.1");
/// A key below `registry` is not what it should be.
pub const INVALID_REGISTRY_KEY: Code = Code::new(
    "NPM025",
    "write registry.category as a word such as processing, and the schemas below registry as JSON objects",
);
/// There are too many dependencies.
pub const TOO_MANY_DEPENDENCIES: Code =
    Code::new("NPM026", "split the package, or drop unused dependencies");
/// Manifest and readme are too large together.
pub const METADATA_TOO_LARGE: Code = Code::new(
    "NPM027",
    "move data out of package.json into another file, or shorten the readme",
);
/// No licence is named.
pub const LICENSE_MISSING: Code = Code::new(
    "NPM030",
    "name the licence in package.json, or write UNLICENSED to grant none",
);
/// The licence is not an SPDX expression.
pub const LICENSE_UNKNOWN: Code = Code::new(
    "NPM031",
    "write an SPDX expression such as MIT, or SEE LICENSE IN <file>",
);
/// A field of the manifest is not what npm expects.
pub const FIELD_IGNORED: Code = Code::new("NPM032", "write the field as npm documents it");
/// Installing runs scripts.
pub const INSTALL_SCRIPTS: Code = Code::new(
    "NPM040",
    "drop them if the package works without: many users install with --ignore-scripts",
);
/// There are more findings than are listed.
pub const MORE_FINDINGS: Code = Code::new("NPM041", "mend what is listed and try again");
/// The body of a request is not what npm's clients send.
pub const NOT_A_REQUEST: Code = Code::new(
    "NPM050",
    "send what npm, pnpm, yarn or bun send, every key once and none called __proto__",
);
/// The body is about another package than the path.
pub const OTHER_PACKAGE: Code = Code::new(
    "NPM051",
    "send the document to the path of the package that it names",
);
/// The body does not publish exactly one version.
pub const NOT_ONE_VERSION: Code = Code::new("NPM052", "publish one version at a time");
/// The tarball is not attached as npm's clients attach it.
pub const ATTACHMENT: Code = Code::new(
    "NPM053",
    "attach one tarball, called name-version.tgz like the package and its version",
);
/// An attachment is not in base64.
pub const ATTACHMENT_NOT_BASE64: Code = Code::new(
    "NPM054",
    "encode the tarball as RFC 4648, section 4, has it, without line breaks and escapes",
);
/// An attachment has another length than was said.
pub const ATTACHMENT_LENGTH: Code = Code::new(
    "NPM055",
    "send all of the tarball, and its own size as length",
);
/// What was said of a digest is none.
pub const NOT_A_DIGEST: Code = Code::new(
    "NPM056",
    "write dist.integrity like sha512-<base64>, and dist.shasum as 40 hexadecimal digits",
);
/// A tag is to name another version than the published one.
pub const TAG_OF_OTHER_VERSION: Code = Code::new(
    "NPM057",
    "publish first, then set tags of other versions with `npm dist-tag add`",
);
/// The manifest that was sent and the one in the tarball differ.
pub const MANIFEST_DIFFERS: Code = Code::new(
    "NPM058",
    "publish the folder or tarball as it is: change package.json, then pack again",
);
/// The provenance is not about this tarball.
pub const PROVENANCE: Code = Code::new(
    "NPM059",
    "make the provenance of this very tarball, or publish without --provenance",
);
/// A file is no document of npm that can be checked.
pub const NOT_CHECKABLE: Code = Code::new(
    "NPM080",
    "give a package-lock.json or npm-shrinkwrap.json, what a registry answers for a package, or a tarball",
);
/// A lockfile is of a form that is too old.
pub const OLD_LOCKFILE: Code =
    Code::new("NPM081", "write it anew with npm 7 or later: npm install");

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_lists_every_code_once_and_in_order() {
        let source = include_str!("codes.rs");
        let in_table: Vec<_> = source
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `")?.get(..6))
            .collect();
        let mut defined: Vec<_> = source
            .split("Code::new(")
            .skip(1)
            .filter_map(|rest| rest.trim_start().strip_prefix('"')?.get(..6))
            .filter(|id| id.starts_with("NPM"))
            .collect();
        assert_eq!(in_table, defined);
        defined.dedup();
        assert_eq!(in_table.len(), defined.len());
        assert!(in_table.is_sorted());
    }
}
