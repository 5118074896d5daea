//! What follows from a change: the version that an artefact shows, its revision, its words.

use crate::ports::{CatalogError, Transaction};
use crate::search::words_of;
use crate::{Artefact, Timestamp};

/// Works out anew what an artefact shows and writes it. The last step of every change.
pub(crate) async fn refresh_artefact(
    transaction: &mut dyn Transaction,
    artefact: &mut Artefact,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let latest = transaction.latest_release(artefact.id).await?;
    let shown = match &latest {
        Some(latest) => Some(latest.clone()),
        None => transaction.newest_release(artefact.id).await?,
    };
    artefact.latest = latest.map(|release| release.version.version);
    artefact.size = shown.map_or(0, |release| {
        release.files.iter().map(|file| file.size).sum()
    });
    artefact.revision += 1;
    artefact.updated_at = artefact.time_of_change(now);
    transaction.update_artefact(artefact).await?;
    let words = if artefact.deleted_at.is_some() {
        Vec::new()
    } else {
        words_of(artefact)
    };
    transaction.index_artefact(artefact.id, &words).await
}
