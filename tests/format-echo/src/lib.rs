//! A small format with a protocol of its own, for the stories in tests. No server but that of the stories links it.
//!
//! It uses what the contract offers and no built-in format needs: versions of any name with an order of their own, open
//! versions of several files, variants, a mount and root routes, settings of every kind.
//!
//! A file is a text whose first line is `echo VERSION NUMBER`: the version, and where it stands among the others.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /echo` | lists the artefacts, page by page (`?after=`) |
//! | `GET /echo/NAME` | lists the versions |
//! | `GET /echo/NAME/SELECTOR` | one version, as JSON |
//! | `GET /echo/NAME/SELECTOR/FILE` | the bytes of a file |
//! | `GET /echo/NAME/SELECTOR/FILE/FROM-TO` | some of its bytes, as if they were all |
//! | `GET /echo/-/caller` | who asks, and what the format learns of the request |
//! | `GET /echo/-/search?text=TEXT&from=N&size=N` | artefacts that have the words of a text |
//! | `GET /echo/-/revision/NAME` | the revision of an artefact |
//! | `GET /echo/-/owners/NAME` | who sees and owns an artefact |
//! | `GET /echo/-/web-login?id=ID`, `GET /echo/-/tokens` | what came of a sign-in in a browser; the tokens of the caller |
//! | `GET /echo/-/sign/TEXT`, `GET /echo/-/signing-keys` | a signature, and the keys that tell whether it is one |
//! | `GET /echo/-/signed/NAME` | what the registry has signed of an artefact; see `documents` |
//! | `GET /-/echo/ping`, `GET /.well-known/echo/…` | the same as below the mount |
//! | `PUT /echo/NAME/VERSION/FILE` | publishes the body, without the lines of comment before it (`?tag=`, `?seen=REVISION`) |
//! | `POST /echo/NAME` | publishes several files at once, raw or in base64 (`?seen=REVISION`) |
//! | `POST /echo/-/changes` | performs changes, one a line, all or none |
//! | `POST /echo/-/people` | signs in, gives and revokes tokens; see `people` |
//! | `POST /echo/-/count` | counts the words of the body and changes nothing |
//! | `DELETE /echo/NAME/VERSION` | deletes a version |
//!
//! Answers are lines that start with `ok` or with `error CODE:`. With the setting `hooks` on, uploads and requests can
//! provoke the host; see `hooks`.

mod bundle;
mod changes;
mod documents;
mod file;
mod hooks;
mod lines;
mod people;
mod read;
mod settings;
mod words;
mod write;

use cellier_sdk::{
    Claim, Descriptor, DigestAlgorithm, Document, Failure, Format, Inspection, Outcome, ReadAt,
    Registry, Rejection, Request, Response, Translation, Upload, Versioning,
};

/// The format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo;

cellier_sdk::export_format!(Echo);

impl Format for Echo {
    fn describe(&self) -> Descriptor {
        let descriptor = Descriptor::new("echo", env!("CARGO_PKG_VERSION"))
            .title("en", "Echo")
            .title("fr", "Écho")
            .versioning(Versioning::Opaque)
            .open()
            .category("echo")
            .claim(Claim::extension("echo"))
            .claim(Claim::magic(0, file::MAGIC))
            .digest(DigestAlgorithm::Sha512)
            .signs()
            .documents(documents::KEYS, documents::SIGNED)
            .mount("echo")
            .root_route("/-/echo/ping")
            .root_route("/.well-known/echo/*");
        settings::all()
            .into_iter()
            .fold(descriptor, Descriptor::setting)
    }

    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        file::inspect(upload, content)
    }

    fn serve(&self, request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
        hooks::on_read(request, registry).unwrap_or_else(|| read::serve(request, registry))
    }

    fn translate(
        &self,
        request: &Request,
        body: &dyn ReadAt,
        registry: &dyn Registry,
    ) -> Result<Translation, Failure> {
        hooks::on_write(request, registry);
        write::translate(request, body, registry)
    }

    fn respond(&self, _request: &Request, outcome: &Outcome) -> Response {
        words::word(outcome)
    }

    fn read_document(&self, document: &dyn ReadAt) -> Result<Document, Rejection> {
        documents::read(document)
    }
}
