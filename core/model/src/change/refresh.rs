//! What follows from a change: the version that an artefact shows, its revision, its words.

use crate::ports::{CatalogError, Transaction};
use crate::search::words_of;
use crate::{Artefact, Release, Timestamp};

/// Works out anew what an artefact shows and writes it. The last step of every change.
pub(crate) async fn refresh_artefact(
    transaction: &mut dyn Transaction,
    artefact: &mut Artefact,
    now: Timestamp,
) -> Result<(), CatalogError> {
    derive(transaction, artefact).await?;
    artefact.revision += 1;
    artefact.updated_at = artefact.time_of_change(now);
    transaction.update_artefact(artefact).await?;
    transaction
        .index_artefact(artefact.id, &indexed_words(artefact))
        .await
}

/// Works out what an artefact shows, and writes nothing.
pub(crate) async fn derive(
    transaction: &mut dyn Transaction,
    artefact: &mut Artefact,
) -> Result<(), CatalogError> {
    let latest = transaction.latest_release(artefact.id).await?;
    let newest = match &latest {
        Some(_) => None,
        None => transaction.newest_release(artefact.id).await?,
    };
    show(artefact, latest, newest.as_ref());
    Ok(())
}

/// Lets an artefact show its latest release, or its newest if it has no latest.
pub(crate) fn show(artefact: &mut Artefact, latest: Option<Release>, newest: Option<&Release>) {
    let shown = latest.as_ref().or(newest);
    artefact.size = shown.map_or(0, |release| {
        release.files.iter().map(|file| file.size).sum()
    });
    artefact.latest = latest.map(|release| release.version.version);
}

/// The words by which a search is to find an artefact: none if it is deleted.
pub(crate) fn indexed_words(artefact: &Artefact) -> Vec<String> {
    if artefact.deleted_at.is_some() {
        Vec::new()
    } else {
        words_of(artefact)
    }
}
