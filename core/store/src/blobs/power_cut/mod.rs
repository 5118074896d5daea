//! What the power may take: nothing that was acknowledged.
//!
//! `kill -9` proves little about durability, because the system still writes what a killed process left in its cache. Here
//! every operation on files is written down, by uploads that get in each other's way in an order that a seed decides. Then
//! the power is cut after each of the operations in turn, and what was not synced until then is lost: all of it, none of
//! it, or some.

mod journal;
mod left;
mod turns;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use cellier_model::BlobKey;
use cellier_model::ports::Blobs as _;
use futures_util::TryStreamExt as _;

use self::journal::{Journal, SyncKind};
use self::left::{Left, Luck};
use self::turns::Turns;
use crate::blobs::LocalBlobs;
use crate::blobs::staging::StagedFile;
use crate::files::Files;

/// Uploads at the same time. Three are enough for one to find the folder that another has made and the third not synced.
const UPLOADS: u8 = 3;

/// Orders that are tried.
const SEEDS: u64 = 150;

/// The key and the bytes of an upload. Two lie in the same folder, the third one in the folder beside it.
fn upload(number: u8) -> (BlobKey, Vec<u8>) {
    let folders = if number == 2 { "ab01" } else { "ab00" };
    let key = format!("{folders}{}.{number:016x}", "0".repeat(60));
    (key.parse().unwrap(), vec![number + 1; 1000])
}

/// Uploads as the server does it, and says when the bytes are durable.
fn publish(blobs: &LocalBlobs, journal: &Journal, root: &Path, number: u8) {
    let (key, bytes) = upload(number);
    let files: Arc<dyn Files> = Arc::new(journal.clone());
    let path = root.join(format!("staging/{number}"));
    let staged = StagedFile::create(files, path.clone()).unwrap();
    let mut staged = staged.expect("nobody else starts here");
    for piece in bytes.chunks(400) {
        staged.append(piece).unwrap();
    }
    blobs.store_durably(&path, &blobs.path(&key)).unwrap();
    journal.answered(key);
}

/// Everything that was done while some uploads came at once, in the order that the seed decides.
fn run(seed: u64, left_out: Option<SyncKind>) -> Journal {
    let temporary = tempfile::tempdir().unwrap();
    let turns = Turns::new(seed);
    let journal = Journal::new(temporary.path(), turns.clone(), left_out);
    // Nothing is there in the beginning, not even the folder of the blobs.
    let root = temporary.path().join("data/blobs");
    let blobs = LocalBlobs::open_on(Arc::new(journal.clone()), &root).unwrap();
    turns.expect(UPLOADS.into());
    thread::scope(|scope| {
        for number in 0..UPLOADS {
            let (turns, journal, blobs, root) = (&turns, &journal, &blobs, &root);
            scope.spawn(move || {
                let _turn = turns.take_part(number);
                publish(blobs, journal, root, number);
            });
        }
    });
    journal
}

/// Cuts the power after each operation, and gives the uploads that were acknowledged before it and are not whole after it.
fn lost(journal: &Journal, seed: u64) -> Vec<String> {
    let mut lost = Vec::new();
    for cut in 0..=journal.len() {
        for luck in [Luck::None, Luck::All, Luck::Some(seed), Luck::Some(!seed)] {
            let left = Left::after(journal, cut, luck);
            for number in 0..UPLOADS {
                let (key, bytes) = upload(number);
                let path = Path::new("data/blobs/sha256")
                    .join(&key.to_string()[0..2])
                    .join(&key.to_string()[2..4])
                    .join(key.to_string());
                let acknowledged = journal.was_answered(key, cut);
                if acknowledged && left.file(&path) != Some(&bytes) {
                    lost.push(format!(
                        "upload {number}, seed {seed}, cut after {cut}, {luck:?}"
                    ));
                }
            }
        }
    }
    lost
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    for seed in 0..SEEDS {
        let journal = run(seed, None);
        assert_eq!(lost(&journal, seed), [""; 0], "{journal:?}");
    }
}

/// The exam itself is put to the test: each sync that is left out must be missed.
#[test]
fn no_sync_can_be_left_out() {
    for left_out in SyncKind::ALL {
        let is_missed = (0..SEEDS).any(|seed| {
            let journal = run(seed, Some(left_out));
            !lost(&journal, seed).is_empty()
        });
        assert!(is_missed, "nothing is lost without {left_out:?}");
    }
}

#[tokio::test]
async fn a_server_starts_on_whatever_is_left_and_serves_what_was_acknowledged() {
    let journal = run(7, None);
    for cut in 0..=journal.len() {
        let folder = tempfile::tempdir().unwrap();
        let left = Left::after(&journal, cut, Luck::Some(cut as u64));
        left.put_into(folder.path());
        let blobs = LocalBlobs::open(&folder.path().join("data/blobs")).unwrap();
        for number in 0..UPLOADS {
            let (key, bytes) = upload(number);
            if journal.was_answered(key, cut) {
                let read = blobs.read(&key, 0..bytes.len() as u64).await.unwrap();
                let read: Vec<Bytes> = read.try_collect().await.unwrap();
                assert!(
                    read.concat() == bytes,
                    "upload {number} after a cut at {cut}"
                );
            }
        }
        let staging = std::fs::read_dir(folder.path().join("data/blobs/staging"));
        assert_eq!(staging.unwrap().count(), 0, "what lay staged is swept");
    }
}
