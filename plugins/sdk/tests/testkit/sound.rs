//! Sound formats pass, and so the checks are not beyond anybody.

use cellier_sdk::testkit::{Conformance, FakeArtefact, FakeRegistry, FakeVersion, Sample};
use cellier_sdk::{
    Body, Failure, Inspection, Method, OrderKey, Outcome, Payload, ReadAtExt as _, Request,
    Response, Setting, Translation, Versioning,
};

use crate::toy::{Toy, descriptor, inspect_soundly, local_path, toy_file};

#[test]
fn a_sound_format_passes() {
    let report = Toy::new().report();
    assert!(report.has_passed(), "{report}");
    assert!(report.checks().len() > 15, "{report}");
    let cases: usize = report
        .checks()
        .iter()
        .map(cellier_sdk::testkit::Check::cases)
        .sum();
    assert!(cases > 300, "{report}");
    let says = report.to_string();
    assert!(
        says.starts_with("the format toy: ") && !says.contains("FAILED"),
        "{says}"
    );
}

#[test]
fn versions_with_an_order_of_their_own_pass() {
    let toy = Toy::new()
        .describe(|| descriptor().versioning(Versioning::Opaque))
        .inspect(|upload, content| {
            let inspection = inspect_soundly(content)?;
            let version = upload.version.as_deref().unwrap_or("2026.01");
            let order = OrderKey::new(version.replace('.', "~")).map_err(std::io::Error::other)?;
            Ok(inspection.version(version).order(order))
        });
    toy.exam().check();
}

#[test]
fn settings_of_every_kind_pass() {
    let toy = Toy::new().describe(|| {
        descriptor()
            .setting(Setting::boolean("strict", false, "Refuses more."))
            .setting(Setting::integer("lines", 0..=9, 5, "How many lines."))
            .setting(Setting::text("greeting", "hello", "What is said."))
            .setting(Setting::choice(
                "mood",
                &["glad", "sad"],
                "glad",
                "How it feels.",
            ))
            .setting(Setting::text_list("names", "Who is there."))
    });
    let report = toy.report();
    assert!(report.has_passed(), "{report}");
    let settings = report
        .checks()
        .iter()
        .find(|check| check.name().contains("operator"));
    assert!(settings.is_some_and(|check| check.cases() > 20), "{report}");
}

#[test]
fn a_protocol_that_reads_and_writes_passes() {
    let toy = Toy::with_protocol()
        .serve(|request, registry| match request.segments().as_slice() {
            [name, "-", file] => {
                let page = registry.versions(name, None)?;
                let mut files = page.items.iter().flat_map(|version| &version.files);
                let file = files
                    .find(|candidate| candidate.name == *file)
                    .ok_or(Failure::NotFound)?;
                let range = Some(0..file.size);
                Ok(
                    Response::blob(file.sha256, &file.media_type).body(Body::Blob {
                        digest: file.sha256,
                        range,
                        encoding: None,
                    }),
                )
            }
            _ => Err(Failure::NotFound),
        })
        .translate(|request, body| {
            let [name] = request.segments()[..] else {
                return Err(Failure::NotFound);
            };
            let head = body.read_head(10)?;
            if head.starts_with(b"TOY") {
                Ok(Translation::Changes(vec![publish(
                    name,
                    Payload::Raw(0..body.size()),
                )]))
            } else {
                Err(Failure::BadRequest("the body is no toy".to_owned()))
            }
        })
        .respond(|_, outcome| match outcome {
            Outcome::Performed(_) => Response::text(201, "ok"),
            Outcome::Refused(refusal) => Response::text(refusal.status, "no"),
        });
    let version = FakeVersion::new("1").file("a.toy", "text/plain", "TOY");
    toy.exam()
        .registry(FakeRegistry::new().with_artefact(FakeArtefact::new("a").version(version)))
        .read(Request::new(Method::Get, ["a", "-", "a.toy"]))
        .write(Request::new(Method::Put, ["a"]), toy_file())
        .check();
}

fn publish(name: &str, payload: Payload) -> cellier_sdk::Change {
    cellier_sdk::Change::Publish {
        name: name.to_owned(),
        version: None,
        files: vec![cellier_sdk::NewFile {
            name: "body.toy".to_owned(),
            variant: None,
            payload,
            expected: Vec::new(),
            metadata: serde_json::Map::new(),
            claims: serde_json::Map::new(),
        }],
        tags: Vec::new(),
    }
}

#[test]
fn a_format_that_has_to_read_everything_says_so_and_passes() {
    let toy = Toy::new().inspect(|_, content| {
        let inspection = inspect_soundly(content)?;
        std::io::copy(&mut content.reader(), &mut std::io::sink())?;
        Ok(inspection)
    });
    Conformance::of(toy)
        .sample(Sample::new("good", toy_file()))
        .mutations(4)
        .reads_everything()
        .check();
}

#[test]
fn a_format_whose_library_opens_files_passes_and_is_noted() {
    let toy = Toy::new().inspect(|_, content| {
        let path = local_path(content)?;
        // Only the beginning is read: the file may be a large hole.
        let file = std::fs::File::open(path)?;
        let mut head = Vec::new();
        std::io::Read::read_to_end(&mut std::io::Read::take(file, 1000), &mut head)?;
        inspect_soundly(&head)
    });
    let report = toy.report();
    assert!(report.has_passed(), "{report}");
    assert!(
        report.to_string().contains("has to be given a file"),
        "{report}"
    );
}

#[test]
fn what_is_learnt_may_be_nothing() {
    Toy::new()
        .inspect(|_, _| Ok(Inspection::new()))
        .exam()
        .check();
}
