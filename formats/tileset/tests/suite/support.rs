//! Asking the format about uploads, and naming what it answers.

use std::io::{self, Write as _};
use std::path::Path;

use cellier_format_tileset::Tileset;
use cellier_format_tileset::codes::Code;
use cellier_sdk::{
    Finding, Format as _, Inspection, ReadAt, Rejection, Settings, Severity, Upload,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

/// An upload as the host stages it: a file on this machine.
pub(crate) struct Staged {
    bytes: Vec<u8>,
    file: NamedTempFile,
}

impl Staged {
    /// A file of these bytes.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        Self { bytes, file }
    }
}

impl ReadAt for Staged {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(self.file.path())
    }
}

/// An upload with a name, with `strict` on or off.
pub(crate) fn upload(file_name: &str, strict: bool) -> Upload {
    Upload::new("terrain")
        .file_name(file_name)
        .settings(Settings::default().with("strict", strict))
}

/// Asks the format.
pub(crate) fn inspect(upload: &Upload, bytes: &[u8]) -> Result<Inspection, Rejection> {
    Tileset.inspect(upload, &Staged::new(bytes.to_vec()))
}

/// Asks the format about a file that nobody calls anything.
pub(crate) fn inspect_lenient(bytes: &[u8]) -> Result<Inspection, Rejection> {
    inspect(&upload("terrain", false), bytes)
}

/// What the format answered, in short: `error MB007` for each finding, and whether it takes the upload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Taken.
    Taken(Vec<String>),
    /// Refused as a tileset.
    Refused(Vec<String>),
    /// No tileset at all.
    Other(String),
}

/// Names an answer.
pub(crate) fn verdict(answer: Result<Inspection, Rejection>) -> Verdict {
    let words =
        |finding: &Finding| format!("{:?} {}", finding.severity, finding.code).to_lowercase();
    match answer {
        Ok(inspection) => Verdict::Taken(inspection.findings.iter().map(words).collect()),
        Err(Rejection::Invalid(findings)) => Verdict::Refused(findings.iter().map(words).collect()),
        Err(Rejection::NotThisFormat(finding)) => Verdict::Other(words(&finding)),
        Err(Rejection::Unreadable(error)) => panic!("the file is readable: {error}"),
    }
}

/// All findings about a file, whether it is taken or not.
pub(crate) fn findings(bytes: &[u8]) -> Vec<Finding> {
    match inspect_lenient(bytes) {
        Ok(inspection) => inspection.findings,
        Err(rejection) => rejection.into_findings(),
    }
}

/// Checks that a file earns exactly this finding, with the weights of the code, lenient and strict, and that its message
/// holds these words.
#[track_caller]
pub(crate) fn assert_earns(bytes: &[u8], code: &Code, words: &str) {
    for (strict, severity) in [(false, code.lenient), (true, code.strict)] {
        let answer = inspect(&upload("terrain", strict), bytes);
        let is_taken = answer.is_ok();
        let findings = match answer {
            Ok(inspection) => inspection.findings,
            Err(rejection) => rejection.into_findings(),
        };
        let found: Vec<_> = findings
            .iter()
            .map(|finding| (finding.code.as_str(), finding.severity))
            .collect();
        assert_eq!(
            found,
            [(code.id, severity)],
            "strict: {strict}, {findings:#?}"
        );
        assert_eq!(is_taken, severity != Severity::Error);
        assert!(
            findings[0].message.contains(words),
            "{}",
            findings[0].message
        );
        assert!(findings[0].fix.is_some());
    }
}

/// The bytes in one gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A vector tile of one layer, with one point.
pub(crate) fn vector_tile(layer: &str) -> Vec<u8> {
    let feature = [0x18, 1, 0x22, 3, 9, 50, 34];
    let mut body = vec![0x78, 2, 0x0a, u8::try_from(layer.len()).unwrap()];
    body.extend_from_slice(layer.as_bytes());
    body.extend_from_slice(&[0x12, u8::try_from(feature.len()).unwrap()]);
    body.extend_from_slice(&feature);
    let mut tile = vec![0x1a, u8::try_from(body.len()).unwrap()];
    tile.extend_from_slice(&body);
    tile
}

/// The start of a PNG image of so many pixels each way.
pub(crate) fn png(side: u16) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    image.extend_from_slice(&[0, 0, high, low, 0, 0, high, low]);
    image
}
