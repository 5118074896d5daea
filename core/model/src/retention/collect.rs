//! The whole of it: prune every artefact, then sweep.

use cellier_sdk::Version;

use crate::audit::Origin;
use crate::ports::CatalogError;
use crate::retention::sweep::SweepError;
use crate::retention::{Pruned, RetentionPolicy, Sweep, Swept, prune_artefact, sweep};
use crate::{Artefact, ArtefactName, Context, FormatId, Id};

/// How many artefacts are looked at at a time.
const PAGE: u32 = 200;

/// A version that was removed, or would be, and what it was a version of.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// The format of the artefact.
    pub format: FormatId,
    /// Its name.
    pub name: ArtefactName,
    /// The version.
    pub version: Version,
    /// The bytes of its files.
    pub size: u64,
    /// The policy none of whose rules keeps it.
    pub policy: RetentionPolicy,
}

/// What a collection did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// How many artefacts were looked at.
    pub artefacts: u64,
    /// How many versions were removed.
    pub versions: u64,
    /// Of how many artefacts versions should have been removed and were not, because something went wrong.
    pub failed: u64,
    /// What was freed.
    pub swept: Swept,
}

/// Removes what no policy keeps and frees what nothing uses. `tell` hears of each version as it is removed.
///
/// What goes wrong with one artefact or one blob is told and counted, and the others do not wait for it.
pub async fn collect(
    context: &Context,
    origin: &Origin,
    wanted: Sweep,
    mut tell: impl FnMut(Collected) + Send,
) -> Result<Collection, SweepError> {
    let mut collection = Collection::default();
    let pruned = prune_all(context, origin, wanted, &mut collection, &mut tell).await;
    collection.swept = sweep(context, wanted).await?;
    pruned?;
    Ok(collection)
}

async fn prune_all(
    context: &Context,
    origin: &Origin,
    wanted: Sweep,
    collection: &mut Collection,
    tell: &mut (impl FnMut(Collected) + Send),
) -> Result<(), CatalogError> {
    for format in context.formats.all() {
        let mut after: Option<Id<Artefact>> = None;
        loop {
            let page = context
                .catalog
                .artefacts_of_format(&format.id, after, PAGE)
                .await?;
            for artefact in &page {
                prune(context, origin, artefact, wanted.dry_run, collection, tell).await;
            }
            collection.artefacts += page.len() as u64;
            after = page.last().map(|artefact| artefact.id);
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

async fn prune(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    dry_run: bool,
    collection: &mut Collection,
    tell: &mut (impl FnMut(Collected) + Send),
) {
    let versions = &mut collection.versions;
    let mut tell_whole = |pruned: Pruned| {
        *versions += 1;
        tell(Collected {
            format: artefact.format.clone(),
            name: artefact.name.clone(),
            version: pruned.version,
            size: pruned.size,
            policy: pruned.policy,
        });
    };
    let pruned = prune_artefact(context, origin, artefact, dry_run, &mut tell_whole).await;
    if let Err(error) = pruned {
        collection.failed += 1;
        let (format, name) = (&artefact.format, artefact.name.as_str());
        tracing::warn!(%format, name, ?error, "the versions of {format}/{name} that no rule keeps could not be removed: {error}");
    }
}
