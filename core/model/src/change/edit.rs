//! Editing what is shown of an artefact, and who may see it.

use cellier_sdk::LocalizedText;
use serde_json::json;

use crate::access::Action;
use crate::audit::Origin;
use crate::change::ChangeError;
use crate::change::accounts::check_accounts;
use crate::change::begin::{Changing, begin};
use crate::read::ArtefactAddress;
use crate::retention::RetentionPolicy;
use crate::{AccountRef, Artefact, Context};

/// What to edit; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct EditArtefact {
    /// The revision that the caller saw, if the edit is to be refused when it is another one by now.
    pub seen_revision: Option<u64>,
    /// A new title; an empty one unsets it.
    pub title: Option<LocalizedText>,
    /// A new description; an empty one unsets it.
    pub description: Option<LocalizedText>,
    /// A new category; an empty one goes back to the format's default.
    pub category: Option<String>,
    /// Whether everybody may see it.
    pub public: Option<bool>,
    /// Who may see it though it is private.
    pub private_access: Option<Vec<AccountRef>>,
    /// What is kept of its versions; an inner `None` goes back to what its format keeps.
    pub retention: Option<Option<RetentionPolicy>>,
}

/// Edits an artefact. Its bytes, and so its `dataUpdatedAt`, stay as they are.
pub async fn edit_artefact(
    context: &Context,
    origin: &Origin,
    address: &ArtefactAddress,
    edit: EditArtefact,
) -> Result<Artefact, ChangeError> {
    let mut begun = begin(context, origin, Action::Edit, address).await?;
    write(&mut begun.changing(), edit).await?;
    let artefact = begun.artefact.clone();
    begun.commit().await?;
    Ok(artefact)
}

pub(super) async fn write(
    changing: &mut Changing<'_>,
    edit: EditArtefact,
) -> Result<(), ChangeError> {
    changing.check_revision(edit.seen_revision)?;
    let artefact = &mut *changing.artefact;
    let mut fields = Vec::new();
    if let Some(title) = edit.title {
        artefact.title = title;
        fields.push("title");
    }
    if let Some(description) = edit.description {
        artefact.description = description;
        fields.push("description");
    }
    if let Some(category) = edit.category {
        artefact.category = checked_category(changing.context, artefact, category)?;
        fields.push("category");
    }
    if let Some(public) = edit.public {
        artefact.public = public;
        fields.push("public");
    }
    if let Some(private_access) = edit.private_access {
        let before = &artefact.private_access;
        check_accounts(changing.transaction, &private_access, before).await?;
        artefact.private_access = private_access;
        fields.push("privateAccess");
    }
    if let Some(retention) = edit.retention {
        retention.as_ref().map(RetentionPolicy::check).transpose()?;
        artefact.retention = retention;
        fields.push("retention");
    }
    let public = artefact.public;
    let event = changing.event("artefact.edit", None);
    let event = event
        .detail("fields", json!(fields))
        .detail("public", public);
    changing.finish(event).await
}

fn checked_category(
    context: &Context,
    artefact: &Artefact,
    wanted: String,
) -> Result<String, ChangeError> {
    let format = context.formats.get(artefact.format.as_str());
    if wanted.is_empty() {
        let by_default = format.and_then(|format| format.descriptor.category_by_default());
        return Ok(by_default.unwrap_or_default().to_owned());
    }
    let allowed = format
        .map(|format| format.categories.clone())
        .unwrap_or_default();
    if allowed.contains(&wanted) {
        return Ok(wanted);
    }
    Err(ChangeError::UnknownCategory {
        found: wanted.chars().take(64).collect(),
        allowed,
    })
}
