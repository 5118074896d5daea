//! The blob suite: what every store of bytes must do. A new one is one more `suite!` at the end of this file.
#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

mod blobs {
    pub(crate) mod local;
    pub(crate) mod suite;
}

/// Runs the whole suite on one kind of store.
macro_rules! suite {
    ($module:ident, $open:expr) => {
        suite!(
            $module,
            $open,
            [
                digests_are_computed_while_the_bytes_pass_by_or_afterwards,
                what_is_stored_reads_back_whole_and_in_any_range,
                a_key_is_written_once,
                what_is_not_there_is_missing_and_deleting_it_is_fine,
                all_blobs_are_listed_with_their_size_and_age,
                a_staged_upload_can_be_read_by_many_at_once_and_vanishes,
                a_healthy_store_says_so,
            ]
        );
    };
    ($module:ident, $open:expr, [$($case:ident),+ $(,)?]) => {
        mod $module {
            $(#[tokio::test]
            async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                let blobs = $open(folder.path());
                crate::blobs::suite::$case(&blobs).await;
            })+
        }
    };
}

suite!(local_disk, crate::blobs::local::open);
