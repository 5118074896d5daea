//! The blob suite: what every store of bytes must do. A new one is one more `suite!` at the end of this file.
#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]

mod blobs {
    pub(crate) mod copies;
    pub(crate) mod garage;
    pub(crate) mod lies;
    pub(crate) mod local;
    pub(crate) mod remote;
    pub(crate) mod suite;
    pub(crate) mod watched;
}

/// Runs the whole suite on one kind of store. An attribute such as `#[ignore]` holds for each of its cases.
macro_rules! suite {
    ($module:ident, $open:expr $(, #[$attribute:meta])?) => {
        mod $module {
            suite!(@cases $open, ($(#[$attribute])?),
                digests_are_computed_while_the_bytes_pass_by_or_afterwards,
                what_is_stored_reads_back_whole_and_in_any_range,
                a_large_blob_reads_back_whole,
                a_key_is_written_once,
                a_marker_is_set_once_and_is_no_blob,
                what_is_not_there_is_missing_and_deleting_it_is_fine,
                all_blobs_are_listed_with_their_size_and_age,
                the_keys_of_a_digest_are_found,
                a_staged_upload_can_be_read_by_many_at_once_and_vanishes,
                a_healthy_store_says_so,
            );
        }
    };
    (@cases $open:expr, $attributes:tt, $($case:ident,)+) => {
        $(suite!(@case $open, $attributes, $case);)+
    };
    (@case $open:expr, ($($attribute:tt)*), $case:ident) => {
        #[tokio::test]
        $($attribute)*
        async fn $case() {
            let folder = tempfile::tempdir().unwrap();
            let blobs = $open(folder.path());
            crate::blobs::suite::$case(&blobs).await;
        }
    };
}

suite!(local_disk, crate::blobs::local::open);
suite!(in_memory, crate::blobs::remote::in_memory);
suite!(on_embedded_s3, crate::blobs::remote::on_embedded_s3);
suite!(on_moto, crate::blobs::remote::on_moto);
suite!(
    on_garage,
    crate::blobs::garage::on_garage,
    #[ignore = "needs Garage: run .ci/garage, then with --include-ignored"]
);
