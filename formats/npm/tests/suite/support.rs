//! Tarballs made by hand, so that they can be wrong in any way.

use std::io::{self, Read as _, Write as _};

use cellier_format_npm::Npm;
use cellier_sdk::{Format as _, Inspection, ReadAt, Rejection, Upload};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A manifest with nothing to complain about.
pub(crate) const MANIFEST: &[u8] = br#"{"name":"widget","version":"1.0.0","license":"MIT"}"#;

/// A tar archive in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
}

/// A header in the making: POSIX, with a right checksum unless one is set.
pub(crate) struct Header([u8; 512]);

impl Header {
    /// The header of an entry.
    pub(crate) fn new(path: &[u8], flag: u8, size: u64) -> Self {
        let mut header = [0; 512];
        let length = path.len().min(100);
        header[..length].copy_from_slice(&path[..length]);
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        header[156] = flag;
        header[257..265].copy_from_slice(b"ustar\x0000");
        Self(header)
    }

    /// With other bytes at an offset.
    pub(crate) fn with(mut self, offset: usize, bytes: &[u8]) -> Self {
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn signed(mut self) -> [u8; 512] {
        self.0[148..156].fill(b' ');
        let sum: u32 = self.0.iter().copied().map(u32::from).sum();
        self.0[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0
    }
}

impl Archive {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A good package, but for what is added to it.
    pub(crate) fn package() -> Self {
        Self::new().file("package/package.json", MANIFEST)
    }

    /// With a file.
    pub(crate) fn file(self, path: &str, body: &[u8]) -> Self {
        self.entry(path.as_bytes(), b'0', body)
    }

    /// With an entry of any type.
    pub(crate) fn entry(self, path: &[u8], flag: u8, body: &[u8]) -> Self {
        self.header(Header::new(path, flag, body.len() as u64), body)
    }

    /// With a header and what follows it.
    pub(crate) fn header(self, header: Header, body: &[u8]) -> Self {
        let mut archive = self.raw(&header.signed()).raw(body);
        let padded = archive.bytes.len().next_multiple_of(512);
        archive.bytes.resize(padded, 0);
        archive
    }

    /// With a PAX header of these records for the next entry.
    pub(crate) fn pax(self, records: &[(&str, &str)]) -> Self {
        let records: String = records
            .iter()
            .map(|(key, value)| record(key, value))
            .collect();
        self.entry(b"PaxHeader", b'x', records.as_bytes())
    }

    /// With bytes as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// The archive as it stands, without its end.
    pub(crate) fn unfinished(self) -> Vec<u8> {
        self.bytes
    }

    /// The archive with its end.
    pub(crate) fn tar(self) -> Vec<u8> {
        self.raw(&[0; 1024]).bytes
    }

    /// The archive with its end, packed.
    pub(crate) fn tgz(self) -> Vec<u8> {
        gzip(&self.tar())
    }
}

/// One record of a PAX header, with its own length in front.
pub(crate) fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let length = (1..=4)
        .map(|digits| rest.len() + digits)
        .find(|length| length.to_string().len() + rest.len() == *length);
    format!("{}{rest}", length.unwrap())
}

/// Packs bytes into one gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Packs so many zeros behind some bytes, without ever holding them.
pub(crate) fn gzip_with_zeros(bytes: &[u8], zeros: u64) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    io::copy(&mut io::repeat(0).take(zeros), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// Asks the format.
pub(crate) fn inspect(content: &dyn ReadAt) -> Result<Inspection, Rejection> {
    Npm.inspect(&Upload::new("widget"), content)
}

/// The codes for which a package is refused; none if it is taken.
pub(crate) fn refusal(content: &dyn ReadAt) -> Vec<String> {
    match inspect(content) {
        Ok(_) => Vec::new(),
        Err(Rejection::Invalid(findings)) => {
            findings.into_iter().map(|finding| finding.code).collect()
        }
        Err(other) => panic!("not refused as a package: {other:?}"),
    }
}
