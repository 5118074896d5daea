//! A production store: a cluster of three servers. It is not there in every run: `.ci/garage` installs it, and
//! `make test-all` does that.

use std::path::Path;

use cellier_store::RemoteBlobs;
use cellier_store::testing::Garage;

use crate::blobs::remote::{bucket, open, patience};

pub(crate) fn on_garage(folder: &Path) -> RemoteBlobs {
    let url = Garage::cluster().new_bucket();
    open(folder, bucket(&url, patience()))
}

#[tokio::test]
#[ignore = "needs Garage: run .ci/garage, then with --include-ignored"]
async fn garage_ignores_conditional_puts_and_is_taken_when_its_url_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let known = Garage::cluster().new_bucket();
    open(folder.path(), bucket(&known, patience()))
        .probe(true)
        .await
        .unwrap();
    let unknown = known.replace("&conditional_puts=false", "");
    let refused = open(folder.path(), bucket(&unknown, patience()))
        .probe(true)
        .await
        .unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("the condition was ignored"), "{told}");
    assert!(told.contains("conditional_puts=false"), "{told}");
}
