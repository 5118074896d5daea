//! Searching among the artefacts of a format.

use std::io;

use cellier_model::Artefact;
use cellier_model::ports::{ArtefactPage, ArtefactSort};
use cellier_model::read::{FindError, ListArtefacts, list_artefacts};

use crate::http::protocol::registry::NarrowedRegistry;

/// How far a search is read: nobody looks at the six hundredth thing that was found.
const DEEPEST: usize = 500;

/// What a search has found: a part of it, and how much there is.
pub(super) struct Hits {
    pub(super) artefacts: Vec<Artefact>,
    pub(super) total: usize,
}

/// The artefacts of the format that the caller may see and that have all words of a text, from a place on. The one whose
/// name the text is comes first; the others follow by when their bytes changed, the latest first.
pub(super) async fn search(
    registry: &NarrowedRegistry,
    text: &str,
    from: usize,
    limit: usize,
) -> io::Result<Hits> {
    let until = from.saturating_add(limit).min(DEEPEST);
    let wanted = ListArtefacts {
        query: Some(text.to_owned()),
        format: Some(registry.format.id.clone()),
        sort: ArtefactSort::Updated,
        limit: u32::try_from(until).unwrap_or(u32::MAX),
        ..ListArtefacts::default()
    };
    let listed = list_artefacts(&registry.context, registry.caller.actor(), wanted).await;
    let ArtefactPage {
        artefacts, count, ..
    } = match listed {
        Ok(page) => page,
        Err(FindError::Catalog(error)) => return Err(io::Error::other(error)),
        Err(_sees_nothing) => return Ok(Hits::none()),
    };
    let named = registry.find(text.trim()).await?;
    let others = artefacts.into_iter().filter(|artefact| {
        let is_named = |named: &Artefact| named.id == artefact.id;
        !named.as_ref().is_some_and(is_named)
    });
    let ranked = named.clone().into_iter().chain(others);
    Ok(Hits {
        total: usize::try_from(count)
            .map_or(DEEPEST, |count| count.max(usize::from(named.is_some()))),
        artefacts: ranked.take(until).skip(from).collect(),
    })
}

impl Hits {
    fn none() -> Self {
        Self {
            artefacts: Vec::new(),
            total: 0,
        }
    }
}
