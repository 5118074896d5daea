//! Another parser as oracle: an archive that passes here holds the same entries for it, or it is refused here.

use std::collections::BTreeMap;

use cellier_sdk::Rejection;
use proptest::prelude::*;

use crate::support::{Archive, Header, MANIFEST, gzip, inspect};

/// What the oracle unpacks: the size of each file, or `None` where it gives up.
fn oracle(tar: &[u8]) -> Option<BTreeMap<Vec<u8>, u64>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(tar).entries().ok()? {
        let entry = entry.ok()?;
        if entry.header().entry_type().is_file() {
            files.insert(entry.path_bytes().into_owned(), entry.size());
        }
    }
    Some(files)
}

/// If the archive passes here, the oracle has to find as many files, with as many bytes.
fn compare(tar: &[u8]) -> Result<bool, TestCaseError> {
    let inspection = match inspect(&gzip(tar)) {
        Ok(inspection) => inspection,
        Err(Rejection::Unreadable(error)) => panic!("memory cannot fail: {error}"),
        Err(_) => return Ok(false),
    };
    let files = oracle(tar).expect("the oracle reads whatever passes here");
    prop_assert_eq!(&inspection.metadata["fileCount"], files.len());
    prop_assert_eq!(
        &inspection.metadata["unpackedSize"],
        files.values().sum::<u64>()
    );
    let all_below = files.keys().all(|path| path.starts_with(b"package/"));
    prop_assert!(all_below, "{:?}", files);
    Ok(true)
}

/// Archives that are nearly right, each entry in one of the ways that writers have.
fn nearly_right() -> impl Strategy<Value = Archive> {
    let flag = prop_oneof![4 => Just(b'0'), 1 => Just(0), 1 => Just(b'5'), 1 => any::<u8>()];
    let path = "(package/){0,1}[a-c./]{1,4}";
    let body = proptest::collection::vec(any::<u8>(), 0..600);
    let extension = prop_oneof![
        4 => Just(None),
        1 => "(path|size|mtime|mode)".prop_map(Some),
    ];
    let entries = proptest::collection::vec((flag, path, body, extension), 0..5);
    entries.prop_map(|entries| {
        entries.into_iter().fold(
            Archive::package(),
            |archive, (flag, path, body, extension)| {
                let body = if flag == b'5' { Vec::new() } else { body };
                let archive = match extension.as_deref() {
                    None => archive,
                    Some("size") => archive.pax(&[("size", &body.len().to_string())]),
                    Some(key) => archive.pax(&[(key, &format!("{path}x"))]),
                };
                archive.entry(path.as_bytes(), flag, &body)
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_passes_here_is_read_alike_by_the_oracle(archive in nearly_right()) {
        compare(&archive.tar())?;
    }

    #[test]
    fn a_changed_byte_is_never_read_differently(offset in 0..2048_usize, byte: u8, signed: bool) {
        let header = Header::new(b"package/index.js", b'0', 5);
        let change = |header: Header, offset: usize| header.with(offset, &[byte]);
        let archive = if signed && offset < 512 {
            Archive::package().header(change(header, offset), b"hello").tar()
        } else {
            let mut tar = Archive::package().header(header, b"hello").tar();
            tar[offset] = byte;
            tar
        };
        compare(&archive)?;
    }

    #[test]
    fn no_bytes_upset_the_format(bytes: Vec<u8>, packed: bool) {
        let content = if packed { gzip(&bytes) } else { bytes };
        prop_assert!(inspect(&content).is_err());
    }
}

#[test]
fn archives_of_the_oracle_pass_with_paths_of_any_length() {
    let mut builder = tar::Builder::new(Vec::new());
    let long = format!("package/{}/index.js", ["folder"; 20].join("/"));
    for (path, body) in [
        ("package/package.json", MANIFEST),
        (long.as_str(), b"hello"),
        ("package/été.js", b"x"),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, body).unwrap();
    }
    let both_read_it = compare(&builder.into_inner().unwrap()).unwrap();
    assert!(both_read_it);
}
