//! The OpenAPI document: every endpoint that is not listed here is undocumented, and a story would notice.

use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::http::{artefacts, audit, download, formats, keys, operation, tags, versions};

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
        keys::create::handler, keys::list::handler, keys::revoke::handler,
        formats::list::handler, formats::get::handler, audit::list::handler,
        operation::healthz::handler, operation::readyz::handler, operation::metrics::handler,
    ),
    components(schemas(crate::http::view::FindingView)),
    modifiers(&Credentials),
    security((), ("apiKey" = []), ("bearer" = [])),
)]
pub(crate) struct ApiDoc;

struct Credentials;

impl utoipa::Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key")));
        components.add_security_scheme("apiKey", header);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}
