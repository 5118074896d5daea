//! The OpenAPI document: every endpoint that is not listed here is undocumented, and a story would notice.

use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, RefOr, Response};

use crate::http::{
    artefacts, audit, download, formats, grants, keys, operation, organizations, owners, session,
    sessions, setup, tags, users, versions,
};

/// The OpenAPI document.
#[derive(OpenApi, Debug)]
#[openapi(
    info(
        title = "Cellier",
        description = "An artefact registry that learns new formats. Errors are application/problem+json (RFC 9457) \
                       with a stable code. Paths below /artefacts/{format}/{name} also work without the format: then \
                       the oldest artefact of that name is meant. Names with a slash are written @scope%2Fname.",
    ),
    paths(
        artefacts::list::handler, artefacts::get::handler, artefacts::edit::handler, artefacts::delete::handler,
        artefacts::publish::handler, artefacts::publish::file_door, artefacts::publish::format_door,
        artefacts::put::handler, operation::upload_status::handler,
        versions::list::handler, versions::get::handler, versions::yank::handler, versions::restore::handler,
        versions::delete::handler, download::handler, download::newest,
        tags::list::handler, tags::set::handler, tags::remove::handler,
        owners::get::handler, owners::set::handler,
        keys::create::handler, keys::list::handler, keys::revoke::handler,
        session::create::handler, session::get::handler, session::end::handler,
        sessions::list::handler, sessions::end::handler,
        users::list::handler, users::create::handler, users::get::handler, users::edit::handler,
        users::delete::handler, users::password::handler,
        organizations::list::handler, organizations::create::handler, organizations::get::handler,
        organizations::edit::handler, organizations::delete::handler, organizations::members::list::handler,
        organizations::members::put::handler, organizations::members::remove::handler,
        grants::list::handler, grants::create::handler, grants::mine::handler, grants::get::handler,
        grants::edit::handler, grants::delete::handler, setup::show::handler, setup::complete::handler,
        formats::list::handler, formats::get::handler, audit::list::handler,
        operation::healthz::handler, operation::readyz::handler, operation::metrics::handler,
        operation::storage::handler,
    ),
    components(schemas(crate::http::view::FindingView)),
    modifiers(&Credentials, &Problems),
    security((), ("apiKey" = []), ("bearer" = []), ("session" = [])),
)]
pub(crate) struct ApiDoc;

struct Credentials;

impl utoipa::Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key")));
        components.add_security_scheme("apiKey", header);
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-cellier")));
        components.add_security_scheme("session", session);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// Gives every answer that is a problem the media type that problems are sent with.
struct Problems;

impl utoipa::Modify for Problems {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for path in openapi.paths.paths.values_mut() {
            let operations = [
                &mut path.get,
                &mut path.post,
                &mut path.put,
                &mut path.patch,
                &mut path.delete,
            ];
            let responses = operations
                .into_iter()
                .flatten()
                .flat_map(|operation| operation.responses.responses.values_mut());
            for response in responses {
                if let RefOr::T(response) = response {
                    name_problem(response);
                }
            }
        }
    }
}

fn name_problem(response: &mut Response) {
    let is_problem = |content: &RefOr<Content>| {
        let RefOr::T(content) = content else {
            return false;
        };
        matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
    };
    let problem = response.content.get("application/json").cloned();
    if let Some(problem) = problem.filter(is_problem) {
        response.content.clear();
        let media_type = "application/problem+json".to_owned();
        response.content.insert(media_type, problem);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::to_value(ApiDoc::openapi()).unwrap()
    }

    /// Outside programs rely on the document, so it changes only on purpose: `CELLIER_BLESS=1` writes the new one,
    /// and the difference is part of the change that is looked at.
    #[test]
    fn the_document_is_the_one_in_docs() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        let now = format!("{:#}\n", document());
        if std::env::var_os("CELLIER_BLESS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let agreed = std::fs::read_to_string(&path).unwrap();
        assert!(
            agreed == now,
            "the API differs from docs/openapi.json; if that is meant, run the test again with CELLIER_BLESS=1"
        );
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = document();
        let mut names = HashSet::new();
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name), "{name} is there twice");
            }
        }
    }
}
