//! Listing artefacts.

use crate::access::{Action, Actor, Decision, Target, decide, visible_to};
use crate::ports::{ArtefactPage, ArtefactQuery, ArtefactSort};
use crate::read::FindError;
use crate::search::words_of_query;
use crate::{Artefact, Context, FormatId, Tag};

/// Which artefacts to list.
#[derive(Clone, Debug, Default)]
pub struct ListArtefacts {
    /// Words, or starts of words, of name, title or description.
    pub query: Option<String>,
    /// Only of this format.
    pub format: Option<FormatId>,
    /// Only of this category.
    pub category: Option<String>,
    /// Only those with this tag.
    pub tag: Option<Tag>,
    /// In which order.
    pub sort: ArtefactSort,
    /// Only those after this one.
    pub after: Option<Artefact>,
    /// At most so many.
    pub limit: u32,
}

/// Lists the artefacts that the caller may see.
pub async fn list_artefacts(
    context: &Context,
    actor: &Actor,
    wanted: ListArtefacts,
) -> Result<ArtefactPage, FindError> {
    match decide(context.access, actor, Action::List, Target::registry()) {
        Decision::Allowed => {}
        Decision::Denied(denial) => return Err(FindError::Denied(denial)),
        Decision::CredentialNeeded => return Err(FindError::CredentialNeeded),
        Decision::Invisible => return Err(FindError::NotFound),
    }
    let words = wanted
        .query
        .as_deref()
        .map(words_of_query)
        .unwrap_or_default();
    let nothing_to_find =
        wanted.query.is_some_and(|query| !query.trim().is_empty()) && words.is_empty();
    if nothing_to_find {
        return Ok(ArtefactPage {
            artefacts: Vec::new(),
            more: false,
            count: 0,
        });
    }
    let query = ArtefactQuery {
        visible: visible_to(actor),
        words,
        format: wanted.format,
        category: wanted.category,
        tag: wanted.tag,
        sort: wanted.sort,
        after: wanted.after,
        limit: wanted.limit,
    };
    Ok(context.catalog.list_artefacts(&query).await?)
}
