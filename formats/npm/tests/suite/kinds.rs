//! What is a package and what is some other file, which another format may take.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use cellier_format_npm::Npm;
use cellier_format_npm::codes::{NO_MANIFEST, NOT_A_TARBALL};
use cellier_sdk::{Format as _, ReadAt, Rejection, Settings, Upload, built_in_formats};

use crate::support::{Archive, MANIFEST, gzip, inspect};

fn reason(content: &dyn ReadAt) -> (String, String) {
    match inspect(content) {
        Err(Rejection::NotThisFormat(finding)) => (finding.code, finding.message),
        other => panic!("taken for a package: {other:?}"),
    }
}

#[test]
fn what_is_no_gzip_or_no_tar_is_left_to_other_formats() {
    for content in [
        b"".to_vec(),
        b"\x1f".to_vec(),
        b"SQLite format 3\0".to_vec(),
        Archive::package().tar(),
        b"\x1f\x8b\x08\0 and then nonsense".to_vec(),
        gzip(b""),
        gzip(b"a text"),
        gzip(&[b'x'; 4096]),
    ] {
        assert_eq!(reason(&content).0, NOT_A_TARBALL.id);
    }
}

#[test]
fn another_tar_archive_is_left_to_other_formats_and_says_where_everything_lies() {
    let types = Archive::new()
        .file("node/package.json", MANIFEST)
        .file("node/index.d.ts", b"");
    let (code, message) = reason(&types.tgz());
    assert_eq!(code, NO_MANIFEST.id);
    assert!(message.contains("\"node\""), "{message}");
    assert_eq!(reason(&Archive::new().tgz()).0, NO_MANIFEST.id);
    let bare = Archive::new().file("package/index.js", b"");
    assert_eq!(reason(&bare.tgz()).0, NO_MANIFEST.id);
}

#[test]
fn a_host_that_cannot_read_is_not_the_publishers_fault() {
    struct Broken(Vec<u8>, u64);

    impl ReadAt for Broken {
        fn size(&self) -> u64 {
            self.0.size()
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            if offset >= self.1 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let readable = usize::try_from(self.1 - offset).unwrap_or(usize::MAX);
            let length = buffer.len().min(readable);
            self.0.read_at(offset, &mut buffer[..length])
        }
    }

    let tgz = Archive::package().tgz();
    for broken_from in 0..tgz.size() {
        let result = inspect(&Broken(tgz.clone(), broken_from));
        let is_unreadable = matches!(result, Err(Rejection::Unreadable(_)));
        assert!(is_unreadable, "from {broken_from}: {result:?}");
    }
}

#[test]
fn every_byte_of_an_upload_is_read_once_and_little_at_a_time() {
    struct Counted(Vec<u8>, AtomicU64);

    impl ReadAt for Counted {
        fn size(&self) -> u64 {
            self.0.size()
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(buffer.len() <= 64 * 1024);
            let count = self.0.read_at(offset, buffer)?;
            self.1.fetch_add(count as u64, Ordering::Relaxed);
            Ok(count)
        }
    }

    let noise: Vec<u8> = (0..2_000_000_u32)
        .map(|number| number.wrapping_mul(number).to_le_bytes()[1])
        .collect();
    let tgz = Archive::package().file("package/noise", &noise).tgz();
    let counted = Counted(tgz, AtomicU64::new(0));
    assert!(inspect(&counted).is_ok());
    let magic_is_read_twice = counted.size() + 2;
    assert_eq!(counted.1.into_inner(), magic_is_read_twice);
}

#[test]
fn the_operator_moves_the_limits() {
    let archive = Archive::package().file("package/a", b"").tgz();
    let strict = Settings::default().with("max_entries", 1);
    let upload = Upload::new("widget").settings(strict);
    assert!(Npm.inspect(&upload, &archive).is_err());
    assert!(Npm.inspect(&Upload::new("widget"), &archive).is_ok());
}

#[test]
fn the_format_registers_itself_with_a_descriptor_that_holds() {
    let formats = built_in_formats().unwrap();
    let ids: Vec<_> = formats
        .iter()
        .map(|format| format.describe().id().to_owned())
        .collect();
    assert_eq!(ids, ["npm"]);
    let descriptor = Npm.describe();
    assert_eq!(descriptor.check(), Ok(()));
    assert_eq!(descriptor.category_by_default(), Some("other"));
}
