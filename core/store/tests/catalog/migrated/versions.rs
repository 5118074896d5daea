//! Versions and their files.

use cellier_model::ports::{Catalog as _, ReleaseQuery, Versions as _};
use cellier_model::{
    Artefact, FileDetails, FileName, FileRecord, Id, Release, Uploader, Variant, VersionRecord,
};
use cellier_sdk::{Digest, DigestAlgorithm, OrderKey, Version};
use cellier_store::Store;

use super::space::{FIRST, SECOND, key};
use super::{Migrated, at, id};

pub(super) async fn read(migrated: &Migrated) {
    let store: &Store = &migrated.store;
    let [widget, terrain]: [Id<Artefact>; 2] = [id(0xa1), id(0xa2)];
    let expected = releases();
    for release in &expected {
        let version = &release.version;
        let found = store.release(version.artefact, version.version.as_str());
        assert_eq!(found.await.unwrap().as_ref(), Some(release));
    }
    let all = |artefact| ReleaseQuery {
        artefact,
        line: None,
        stable_only: false,
        without_yanked: false,
        from: None,
        below: None,
        limit: 10,
    };
    let listed = store.whole_releases(&all(widget)).await.unwrap();
    assert_eq!(listed.releases, expected[..3]);
    let listed = store.whole_releases(&all(terrain)).await.unwrap();
    assert_eq!(listed.releases, expected[3..]);

    assert_eq!(store.release(widget, "0.8.0").await.unwrap(), None);
    let mut transaction = store.begin().await.unwrap();
    let tombstone = transaction.release(widget, "0.8.0").await.unwrap();
    assert_eq!(tombstone, Some(deleted()));
    let latest = transaction.latest_release(widget).await.unwrap().unwrap();
    assert_eq!(latest.version, expected[1].version);
}

/// All that are not deleted: those of the package, newest first, and that of the tileset.
pub(super) fn releases() -> [Release; 4] {
    [
        Release {
            version: VersionRecord {
                stable: false,
                ..version(0xb2, ("1.1.0-rc.1", "10110"), 111)
            },
            files: vec![file(0xf2, 0xb2)],
        },
        Release {
            version: version(0xb1, ("1.0.0", "10100"), 110),
            files: vec![first_file()],
        },
        Release {
            version: VersionRecord {
                yanked_at: Some(at(170)),
                deprecated: Some("it's old: use 1.0.0".to_owned()),
                ..version(0xb3, ("0.9.0", "10090"), 112)
            },
            files: vec![FileRecord {
                variant: Some(Variant::parse("linux-x64").unwrap()),
                size: 40,
                blob: key(SECOND),
                published_at: at(132),
                ..file(0xf3, 0xb3)
            }],
        },
        Release {
            version: VersionRecord {
                artefact: id(0xa2),
                ..version(0xb5, ("2", "12"), 114)
            },
            files: vec![FileRecord {
                name: FileName::parse("terrain.pmtiles").unwrap(),
                media_type: "application/octet-stream".parse().unwrap(),
                size: 40,
                blob: key(SECOND),
                published_at: at(133),
                ..file(0xf5, 0xb5)
            }],
        },
    ]
}

fn deleted() -> Release {
    Release {
        version: VersionRecord {
            deleted_at: Some(at(180)),
            ..version(0xb4, ("0.8.0", "10080"), 113)
        },
        files: Vec::new(),
    }
}

fn version(end: u8, (text, order): (&str, &str), published: i64) -> VersionRecord {
    VersionRecord {
        id: id(end),
        artefact: id(0xa1),
        version: Version::opaque(text).unwrap(),
        order: OrderKey::new(order).unwrap(),
        stable: true,
        published_at: at(published),
        yanked_at: None,
        deprecated: None,
        deleted_at: None,
    }
}

fn file(end: u8, version: u8) -> FileRecord {
    FileRecord {
        id: id(end),
        version: id(version),
        name: FileName::parse("widget.tgz").unwrap(),
        variant: None,
        media_type: "application/gzip".parse().unwrap(),
        size: 12,
        blob: key(FIRST),
        digests: Vec::new(),
        published_at: at(131),
        uploaded_by: Uploader {
            kind: "system".to_owned(),
            ..Uploader::default()
        },
        details: FileDetails::default(),
    }
}

fn first_file() -> FileRecord {
    let mut details = FileDetails {
        license: Some("MIT".to_owned()),
        ..FileDetails::default()
    };
    details.metadata.insert("answer".to_owned(), 42.into());
    FileRecord {
        digests: vec![Digest::new(DigestAlgorithm::Sha1, &[7; 20]).unwrap()],
        published_at: at(130),
        uploaded_by: Uploader {
            kind: "key".to_owned(),
            key_name: Some("ci".to_owned()),
            ..Uploader::default()
        },
        details,
        ..file(0xf1, 0xb1)
    }
}
