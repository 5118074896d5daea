//! Whether a database and a storage belong together.
//!
//! The sweep frees whatever the database does not know. With the database of another registry that is everything: a
//! staging configuration that names the production bucket, or a variable that was forgotten, would be enough. So each
//! registry has a name, which stands in its database and in its storage, and whoever deletes or writes compares the two.

use cellier_model::BlobKey;
use cellier_store::{Marker, RegistryId};
use futures_util::TryStreamExt as _;

use crate::cli::CliError;
use crate::compose::Parts;
use crate::config::Config;

/// How many stored blobs are looked up to learn whether a database knows a storage.
const SAMPLE: usize = 500;

/// What is done with a storage that carries no name yet, or another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Nothing is written; a storage that is not ours is refused.
    Check,
    /// A storage without a name gets ours, if it is new or the database knows what is in it.
    Name,
    /// Whatever storage it is gets our name: an operator has said so.
    Adopt,
}

/// Makes sure that the storage is that of the database.
pub(crate) async fn tie(config: &Config, parts: &Parts, how: Tie) -> Result<(), CliError> {
    let broken = |error| CliError::failed("learn whose storage it is", error);
    let ours = parts.store.registry_id().await;
    let ours = ours.map_err(|error| CliError::failed("learn which registry this is", error))?;
    let carried = parts.storage.marker(Marker::Registry).await;
    let carried = carried.map_err(broken)?.map(|text| text.trim().to_owned());
    let unfinished = parts.storage.marker(Marker::Restoring).await;
    let unfinished = unfinished.map_err(broken)?;
    let is_ours = carried.is_some() && carried == ours.as_ref().map(ToString::to_string);
    if !is_ours && how != Tie::Adopt {
        if let Some(theirs) = &carried {
            return Err(of_another_registry(config, ours.as_ref(), theirs));
        }
        refuse_what_is_unknown(config, parts, unfinished.as_deref()).await?;
    }
    if how == Tie::Check {
        return Ok(());
    }
    if !is_ours {
        name(config, parts, carried.is_some()).await?;
    }
    if unfinished.is_some() {
        // The database has what was restored, so only the last step was missing.
        let removed = parts.storage.remove_marker(Marker::Restoring).await;
        removed.map_err(|error| CliError::failed("end a restore", error))?;
    }
    Ok(())
}

/// Gives database and storage one name.
async fn name(config: &Config, parts: &Parts, has_another: bool) -> Result<(), CliError> {
    let fresh = RegistryId::new(parts.context.random.as_ref());
    let named = parts.store.name_registry(&fresh).await;
    let ours = named.map_err(|error| CliError::failed("name the registry", error))?;
    let noting = |error| CliError::failed("note whose storage it is", error);
    let storage = &parts.storage;
    if has_another {
        let removed = storage.remove_marker(Marker::Registry).await;
        removed.map_err(noting)?;
    }
    let text = format!("{ours}\n");
    let set = storage.set_marker(Marker::Registry, &text).await;
    set.map_err(noting)?;
    // Two who came first at the same time: whoever was second sees what the first has written.
    let carried = storage.marker(Marker::Registry).await.map_err(noting)?;
    let carried = carried.unwrap_or_default();
    if carried.trim() != ours.to_string() {
        return Err(of_another_registry(config, Some(&ours), carried.trim()));
    }
    let url = &config.storage.url;
    tracing::info!(registry = %ours, "the storage {url} carries the name of this registry now: {ours}");
    Ok(())
}

fn of_another_registry(config: &Config, ours: Option<&RegistryId>, theirs: &str) -> CliError {
    let (database, storage) = (&config.database.url, &config.storage.url);
    let ours = match ours {
        Some(ours) => format!("registry {ours}"),
        None => "a registry without a name, which has never used this storage".to_owned(),
    };
    CliError::Refused(format!(
        "the storage {storage} belongs to registry {theirs}, and the database {database} to {ours}. With this database \
         the bytes of the other registry would be taken for garbage, so nothing was done: correct database.url or \
         storage.url. If the two do belong together, because the database was replaced, start the server once with \
         cellier serve --adopt-storage"
    ))
}

/// A storage without a name is taken if nothing is in it, or what is in it is known: every storage that was used before
/// there were names.
async fn refuse_what_is_unknown(
    config: &Config,
    parts: &Parts,
    unfinished: Option<&str>,
) -> Result<(), CliError> {
    let (database, storage) = (&config.database.url, &config.storage.url);
    let held = sample(parts).await?;
    let known = parts.context.catalog.known_blobs(&held).await;
    let known = known.map_err(|error| CliError::failed("look for blobs", error))?;
    if !known.is_empty() {
        return Ok(());
    }
    if let Some(backup) = unfinished {
        let backup = backup.trim();
        return Err(CliError::Refused(format!(
            "a restore into the storage {storage} has not ended ({backup}), and the database {database} holds nothing of \
             it: run cellier restore again, or name another storage"
        )));
    }
    let Some(first) = held.first() else {
        return Ok(());
    };
    Err(CliError::Refused(format!(
        "the storage {storage} holds blobs, such as {first}, and the database {database} knows none of them: one of \
         database.url and storage.url names something else, or the database is lost and must be restored. If all of \
         these blobs may be freed, start the server once with cellier serve --adopt-storage"
    )))
}

/// Some of the blobs in storage.
async fn sample(parts: &Parts) -> Result<Vec<BlobKey>, CliError> {
    let listing = |error| CliError::failed("list blobs", error);
    let mut stored = parts.context.blobs.list().await.map_err(listing)?;
    let mut some = Vec::new();
    while some.len() < SAMPLE
        && let Some(blob) = stored.try_next().await.map_err(listing)?
    {
        some.push(blob.key);
    }
    Ok(some)
}
