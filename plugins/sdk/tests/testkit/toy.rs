//! Formats made of closures: sound ones, of which a test breaks one part.

use cellier_sdk::testkit::{Conformance, Report, Sample};
use cellier_sdk::{
    Claim, Descriptor, Failure, Finding, Format, Inspection, Outcome, ReadAt, ReadAtExt as _,
    Registry, Rejection, Request, Response, Translation, Upload,
};

type Describe = dyn Fn() -> Descriptor + Send + Sync;
type Inspect = dyn Fn(&Upload, &dyn ReadAt) -> Result<Inspection, Rejection> + Send + Sync;
type Serve = dyn Fn(&Request, &dyn Registry) -> Result<Response, Failure> + Send + Sync;
type Translate = dyn Fn(&Request, &dyn ReadAt) -> Result<Translation, Failure> + Send + Sync;
type Respond = dyn Fn(&Request, &Outcome) -> Response + Send + Sync;

/// A format made of closures. Without others it takes every file that starts with `TOY`.
pub(crate) struct Toy {
    describe: Box<Describe>,
    inspect: Box<Inspect>,
    serve: Box<Serve>,
    translate: Box<Translate>,
    respond: Box<Respond>,
}

/// A descriptor with nothing to complain about.
pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("toy", "1.0.0")
        .title("en", "Toy")
        .category("toy")
        .claim(Claim::extension("toy"))
        .claim(Claim::magic(0, b"TOY"))
}

/// An upload that the sound format takes: large enough to be broken off in many places.
pub(crate) fn toy_file() -> Vec<u8> {
    let lines = (0..3000).map(|number| format!("line {number}\n"));
    format!("TOY\n{}", lines.collect::<String>()).into_bytes()
}

/// What the sound format does.
pub(crate) fn inspect_soundly(content: &dyn ReadAt) -> Result<Inspection, Rejection> {
    let head = content.read_head(1000)?;
    if !head.starts_with(b"TOY") {
        return Err(not_a_toy());
    }
    let lines = head.split(|&byte| byte == b'\n').count();
    Ok(Inspection::new()
        .media_type("text/plain")
        .metadata("lines", lines))
}

/// The file that a library of the format would open.
pub(crate) fn local_path(content: &dyn ReadAt) -> std::io::Result<&std::path::Path> {
    content
        .local_path()
        .ok_or_else(|| std::io::ErrorKind::Unsupported.into())
}

/// The reason of the sound format not to take a file.
pub(crate) fn not_a_toy() -> Rejection {
    Rejection::not_this_format(Finding::error("TOY1", "the file does not start with TOY"))
}

impl Toy {
    pub(crate) fn new() -> Self {
        Self {
            describe: Box::new(descriptor),
            inspect: Box::new(|_, content| inspect_soundly(content)),
            serve: Box::new(|_, _| Err(Failure::NotFound)),
            translate: Box::new(|_, _| Err(Failure::NotFound)),
            respond: Box::new(|_, outcome| match outcome {
                Outcome::Performed(_) => Response::new(200),
                Outcome::Refused(refusal) => Response::text(refusal.status, &refusal.detail),
            }),
        }
    }

    /// A format that speaks a protocol: it lists what is there and takes any body.
    pub(crate) fn with_protocol() -> Self {
        Self::new()
            .describe(|| descriptor().mount("toy"))
            .serve(|request, registry| match request.segments().as_slice() {
                [] => Ok(Response::text(200, "welcome")),
                [name] => {
                    let artefact = registry.artefact(name)?.ok_or(Failure::NotFound)?;
                    Ok(Response::text(200, &artefact.name))
                }
                _ => Err(Failure::NotFound),
            })
    }

    pub(crate) fn describe(
        mut self,
        describe: impl Fn() -> Descriptor + Send + Sync + 'static,
    ) -> Self {
        self.describe = Box::new(describe);
        self
    }

    pub(crate) fn inspect(
        mut self,
        inspect: impl Fn(&Upload, &dyn ReadAt) -> Result<Inspection, Rejection> + Send + Sync + 'static,
    ) -> Self {
        self.inspect = Box::new(inspect);
        self
    }

    pub(crate) fn serve(
        mut self,
        serve: impl Fn(&Request, &dyn Registry) -> Result<Response, Failure> + Send + Sync + 'static,
    ) -> Self {
        self.serve = Box::new(serve);
        self
    }

    pub(crate) fn translate(
        mut self,
        translate: impl Fn(&Request, &dyn ReadAt) -> Result<Translation, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.translate = Box::new(translate);
        self
    }

    pub(crate) fn respond(
        mut self,
        respond: impl Fn(&Request, &Outcome) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.respond = Box::new(respond);
        self
    }

    /// An exam of this format with an upload that the sound one takes.
    pub(crate) fn exam(self) -> Conformance {
        Conformance::of(self)
            .sample(Sample::new("good", toy_file()))
            .mutations(16)
    }

    /// What comes of the exam.
    pub(crate) fn report(self) -> Report {
        self.exam().run()
    }
}

impl Format for Toy {
    fn describe(&self) -> Descriptor {
        (self.describe)()
    }

    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        (self.inspect)(upload, content)
    }

    fn serve(&self, request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
        (self.serve)(request, registry)
    }

    fn translate(
        &self,
        request: &Request,
        body: &dyn ReadAt,
        _registry: &dyn Registry,
    ) -> Result<Translation, Failure> {
        (self.translate)(request, body)
    }

    fn respond(&self, request: &Request, outcome: &Outcome) -> Response {
        (self.respond)(request, outcome)
    }
}

/// Expects that a check failed whose name and whose problem say this.
#[track_caller]
pub(crate) fn assert_fails(report: &Report, check: &str, problem: &str) {
    let says_so = |failed: &cellier_sdk::testkit::Check| {
        failed.name().contains(check) && failed.problems().iter().any(|said| said.contains(problem))
    };
    assert!(
        report.failures().any(says_so),
        "no check {check:?} fails with {problem:?}: {report}"
    );
}
