//! Every blob: its bytes, its size, its mark.

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::BlobKey;
use crate::check::bytes::{Seen, read_whole};
use crate::check::job::Job;
use crate::check::repair::{correct_mark, correct_size, replace_bytes};
use crate::check::{CheckError, Checked, Fault, Finding};
use crate::ports::{BlobError, BlobState, CatalogError};

/// How many blobs are read from the catalogue at a time.
const PAGE: u32 = 500;

/// How many are read from storage at the same time.
const AT_A_TIME: usize = 4;

/// How many files a finding names.
const NAMED: u32 = 20;

/// What a first look says about a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suspicion {
    None,
    Mark,
    Bytes,
}

pub(super) async fn check_blobs(job: &Job<'_>, checked: &mut Checked) -> Result<(), CheckError> {
    let mut after = None;
    loop {
        let page = job.context.catalog.blob_states(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.key);
        for blob in &page {
            count(checked, blob);
        }
        let looks = page.into_iter().map(|blob| look(job, blob));
        let mut looks = stream::iter(looks).buffer_unordered(AT_A_TIME);
        while let Some((blob, suspicion)) = looks.next().await {
            if suspicion != Suspicion::None {
                look_again(job, &blob.key, suspicion, checked).await?;
            }
        }
    }
}

fn count(checked: &mut Checked, blob: &BlobState) {
    if blob.is_used() {
        checked.blobs += 1;
        checked.bytes += blob.size;
    } else {
        checked.unused_blobs += 1;
    }
}

async fn look(job: &Job<'_>, blob: BlobState) -> (BlobState, Suspicion) {
    let seen = if !blob.is_used() {
        // A publish may be about to store its bytes, or have died before it did. Nobody can download them.
        job.watcher.checked(blob.size);
        Ok(Seen::Right { size: blob.size })
    } else if job.wanted.quick {
        job.watcher.checked(blob.size);
        glance(job, &blob.key).await
    } else {
        let blobs = job.context.blobs.as_ref();
        Ok(read_whole(blobs, &blob.key, |bytes| job.watcher.checked(bytes)).await)
    };
    let suspicion = match seen {
        Ok(Seen::Right { size }) if blob.sizes_are(size) && blob.mark_is_right() => Suspicion::None,
        Ok(Seen::Right { size }) if blob.sizes_are(size) => Suspicion::Mark,
        _ => Suspicion::Bytes,
    };
    (blob, suspicion)
}

/// Looks whether something is there, and believes that it is the right thing.
async fn glance(job: &Job<'_>, key: &BlobKey) -> Result<Seen, BlobError> {
    let size = job.context.blobs.size(key).await?;
    Ok(size.map_or(Seen::Nothing, |size| Seen::Right { size }))
}

/// Looks again at a blob that seemed to be wrong: the bytes first, then the row; the module says why in this order.
async fn look_again(
    job: &Job<'_>,
    key: &BlobKey,
    suspicion: Suspicion,
    checked: &mut Checked,
) -> Result<(), CheckError> {
    let blobs = job.context.blobs.as_ref();
    let seen = match suspicion {
        Suspicion::Bytes => Some(read_whole(blobs, key, |_again| {}).await),
        _ => None,
    };
    let Some(blob) = job.context.catalog.blob_state(key).await? else {
        return Ok(());
    };
    if let Some(seen) = seen.filter(|_| blob.is_used()) {
        judge_bytes(job, &blob, seen, checked).await?;
    }
    if !blob.mark_is_right() {
        let used = blob.is_used();
        let finding = finding(job, Fault::MarkWrong { key: *key, used }, &blob).await?;
        let repair = correct_mark(job, key).await?;
        job.report(checked, &Finding { repair, ..finding });
    }
    Ok(())
}

async fn judge_bytes(
    job: &Job<'_>,
    blob: &BlobState,
    seen: Seen,
    checked: &mut Checked,
) -> Result<(), CheckError> {
    let key = blob.key;
    let (finding, repair) = match seen {
        Seen::Right { size } if blob.sizes_are(size) => return Ok(()),
        Seen::Right { size } => {
            let finding = finding(job, Fault::SizeWrong { key, actual: size }, blob).await?;
            (finding, correct_size(job, &key, size).await?)
        }
        wrong => {
            let Some(fault) = wrong.fault(key, blob.size) else {
                return Ok(());
            };
            let finding = finding(job, fault, blob).await?;
            let repair = replace_bytes(job, &key, finding.fault.code()).await?;
            (finding, repair)
        }
    };
    job.report(checked, &Finding { repair, ..finding });
    Ok(())
}

/// A finding with the files that are hit, read before a repair changes what they use.
async fn finding(job: &Job<'_>, fault: Fault, blob: &BlobState) -> Result<Finding, CatalogError> {
    let uses = job.context.catalog.uses_of_blob(&blob.key, NAMED).await?;
    Ok(Finding {
        fault,
        more_uses: blob.files.saturating_sub(uses.len() as u64),
        uses,
        repair: None,
    })
}
