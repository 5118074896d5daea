//! The whole of it: prune every artefact, then sweep.

use crate::audit::Origin;
use crate::ports::CatalogError;
use crate::retention::sweep::SweepError;
use crate::retention::{Pruned, Sweep, Swept, prune_artefact, sweep};
use crate::retry::Attempts;
use crate::{Artefact, Context, Id};

/// How many artefacts are looked at at a time.
const PAGE: u32 = 200;

/// A version that was removed, or would be, and what it was a version of.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// The artefact.
    pub artefact: Artefact,
    /// The version.
    pub pruned: Pruned,
}

/// What a collection did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// How many artefacts were looked at.
    pub artefacts: u64,
    /// How many versions were removed.
    pub versions: u64,
    /// What was freed.
    pub swept: Swept,
}

/// Removes what no policy keeps and frees what nothing uses. `tell` hears of each version as it is removed.
pub async fn collect(
    context: &Context,
    origin: &Origin,
    wanted: Sweep,
    mut tell: impl FnMut(Collected) + Send,
) -> Result<Collection, SweepError> {
    let mut collection = Collection::default();
    for format in context.formats.all() {
        let mut after: Option<Id<Artefact>> = None;
        loop {
            let page = context
                .catalog
                .artefacts_of_format(&format.id, after, PAGE)
                .await?;
            for artefact in &page {
                for pruned in prune(context, origin, artefact, wanted.dry_run).await? {
                    collection.versions += 1;
                    tell(Collected {
                        artefact: artefact.clone(),
                        pruned,
                    });
                }
            }
            collection.artefacts += page.len() as u64;
            after = page.last().map(|artefact| artefact.id);
            if after.is_none() {
                break;
            }
        }
    }
    collection.swept = sweep(context, wanted).await?;
    Ok(collection)
}

async fn prune(
    context: &Context,
    origin: &Origin,
    artefact: &Artefact,
    dry_run: bool,
) -> Result<Vec<Pruned>, CatalogError> {
    let mut attempts = Attempts::default();
    loop {
        let pruned = prune_artefact(context, origin, artefact, dry_run).await;
        if !attempts.again(&pruned) {
            return pruned;
        }
    }
}
