//! `PATCH /api/v1/artefacts/{format}/{name}`

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use cellier_model::change::{EditArtefact, edit_artefact};
use cellier_model::read::ArtefactAddress;
use cellier_model::retention::RetentionPolicy;
use cellier_sdk::LocalizedText;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::http::artefacts::get::revision_of_if_match;
use crate::http::credential::Caller;
use crate::http::json::read_json;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::view::{AccountRefBody, ArtefactView};
use crate::state::AppState;

/// What to change. What is left out stays, what is `null` is unset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ArtefactEdit {
    /// Title by language.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Field<LocalizedText>,
    /// Description by language.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    description: Field<LocalizedText>,
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    category: Field<String>,
    /// Whether everybody may see it.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    public: Field<bool>,
    /// Who may see it though it is private: `[{"type": "user", "id": "…"}]`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<AccountRefBody>>)]
    private_access: Field<Vec<AccountRefBody>>,
    /// What is kept of its versions: `{}` keeps everything, `null` goes back to what its format keeps.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({"newest": 5, "youngerThan": "30d"}))]
    retention: Field<RetentionPolicy>,
}

/// A field of an edit: `null` means something else than a field that is not there.
#[derive(Debug, Default)]
enum Field<T> {
    #[default]
    Kept,
    Unset,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Unset, Self::Set))
    }
}

impl<T: Default> Field<T> {
    /// The new value, if there is one: what is unset becomes empty.
    fn new_value(self) -> Option<T> {
        match self {
            Self::Kept => None,
            Self::Unset => Some(T::default()),
            Self::Set(value) => Some(value),
        }
    }
}

/// Changes what is shown of an artefact and who may see it.
#[utoipa::path(
    patch, path = "/api/v1/artefacts/{format}/{name}", operation_id = "editArtefact", tag = "artefacts", request_body = ArtefactEdit,
    params(("format" = String, Path), ("name" = String, Path)),
    responses(
        (status = 200, description = "The artefact as it is now", body = ArtefactView),
        (status = 400, description = "The body is malformed", body = ProblemBody),
        (status = 401, description = "A key is needed", body = ProblemBody),
        (status = 403, description = "An admin key is needed", body = ProblemBody),
        (status = 404, description = "There is none, or none that the caller may see", body = ProblemBody),
        (status = 412, description = "Somebody else changed it since (If-Match)", body = ProblemBody),
        (status = 415, description = "The body is no JSON", body = ProblemBody),
        (status = 422, description = "Its format has no such category, or there is no such account", body = ProblemBody),
    ),
)]
pub(crate) async fn handler(
    state: &AppState,
    caller: &Caller,
    address: &ArtefactAddress,
    request: Request,
) -> Result<Response, Problem> {
    let seen_revision = revision_of_if_match(request.headers())?;
    let edit: ArtefactEdit = read_json(request).await?;
    let edit = EditArtefact {
        seen_revision,
        title: edit.title.new_value(),
        description: edit.description.new_value(),
        category: edit.category.new_value(),
        public: edit.public.new_value(),
        private_access: edit
            .private_access
            .new_value()
            .map(|accounts| accounts.into_iter().map(Into::into).collect()),
        retention: match edit.retention {
            Field::Kept => None,
            Field::Unset => Some(None),
            Field::Set(policy) => Some(Some(policy)),
        },
    };
    let artefact = edit_artefact(&state.context, &caller.0, address, edit).await?;
    Ok(Json(ArtefactView::new(&artefact, caller)).into_response())
}
