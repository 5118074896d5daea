//! Formats that speak their protocol in a way that no host could send.

use std::sync::atomic::{AtomicU32, Ordering};

use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion, Report};
use cellier_sdk::{
    Body, Change, Failure, Hold, MediaType, Method, NewFile, Outcome, Payload, ReadAt,
    ReadAtExt as _, Request, Response, Sha256, Translation,
};

use crate::toy::{Toy, assert_fails, descriptor};

/// An exam with a registry that holds one version of one file.
fn report(toy: Toy) -> Report {
    let version = FakeVersion::new("1").file("a.toy", "text/plain", "TOY");
    let registry = FakeRegistry::new().with_artefact(FakeArtefact::new("a").version(version));
    toy.exam()
        .mutations(4)
        .registry(registry)
        .write(
            Request::new(Method::Put, ["a"]),
            "TOY of five words and more",
        )
        .run()
}

/// A format that takes any body as the payload that this makes of its size.
fn taking(payload: impl Fn(u64) -> Payload + Send + Sync + 'static) -> Toy {
    Toy::with_protocol().translate(move |_, body| {
        Ok(Translation::Changes(vec![Change::Publish {
            name: "a".to_owned(),
            version: None,
            files: vec![NewFile {
                name: "a.toy".to_owned(),
                variant: None,
                payload: payload(body.size()),
                expected: Vec::new(),
                metadata: serde_json::Map::new(),
                claims: serde_json::Map::new(),
            }],
            tags: Vec::new(),
        }]))
    })
}

#[test]
fn a_format_that_answers_as_it_should_passes() {
    let report = report(taking(|size| Payload::Raw(0..size)));
    assert!(report.has_passed(), "{report}");
}

#[test]
fn a_format_that_makes_a_header_of_a_path_fails() {
    let toy = taking(|size| Payload::Raw(0..size))
        .serve(|request, _| Ok(Response::new(200).header("location", &request.path.join("/"))));
    assert_fails(
        &report(toy),
        "hostile reads",
        "the header location is \"a\\r\\nset-cookie: a=b",
    );
}

#[test]
fn a_format_that_sends_a_blob_that_it_was_never_shown_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).serve(|_, _| {
        Ok(Response::blob(
            Sha256::new([0; 32]),
            &MediaType::octet_stream(),
        ))
    });
    assert_fails(
        &report(toy),
        "reads are answered",
        "the registry has not shown",
    );
}

#[test]
fn a_format_that_does_not_say_by_what_its_held_answers_differ_fails() {
    let greet = |request: &Request| {
        let language = request.header("accept-language").unwrap_or("none");
        Response::text(200, language).hold(Hold::UntilArtefactChanges)
    };
    let silent = taking(|size| Payload::Raw(0..size)).serve(move |request, _| Ok(greet(request)));
    assert_fails(
        &report(silent),
        "answers that are held name what they depend on",
        "its vary does not name accept-language",
    );
    let frank = taking(|size| Payload::Raw(0..size))
        .serve(move |request, _| Ok(greet(request).header("vary", "accept, accept-language")));
    let report = report(frank);
    assert!(report.has_passed(), "{report}");
}

#[test]
fn a_format_that_sends_more_of_a_blob_than_there_is_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).serve(|_, registry| {
        let version = registry.version("a", "1")?.ok_or(Failure::NotFound)?;
        Ok(Response::new(200).body(Body::Blob {
            digest: version.files[0].sha256,
            range: Some(0..4),
            encoding: None,
        }))
    });
    assert_fails(
        &report(toy),
        "reads are answered",
        "0 to 4 of a blob of 3 bytes",
    );
}

#[test]
fn a_format_that_a_path_upsets_fails() {
    let toy = taking(|size| Payload::Raw(0..size))
        .serve(|request, _| Ok(Response::text(200, &request.path[0])));
    assert_fails(
        &report(toy),
        "reads are answered",
        "it panics: index out of bounds",
    );
}

#[test]
fn a_format_that_serves_the_same_request_in_two_ways_fails() {
    let calls = AtomicU32::new(0);
    let toy = taking(|size| Payload::Raw(0..size)).serve(move |_, _| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        Ok(Response::text(200, &call.to_string()))
    });
    assert_fails(
        &report(toy),
        "reads are answered",
        "differently to the same request",
    );
}

#[test]
fn a_format_that_takes_a_broken_database_for_an_empty_one_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).serve(|request, registry| {
        let name = request.path.first().ok_or(Failure::NotFound)?;
        match registry.artefact(name) {
            Ok(Some(artefact)) => Ok(Response::text(200, &artefact.name)),
            _ => Err(Failure::NotFound),
        }
    });
    assert_fails(
        &report(toy),
        "cannot be read is reported",
        "nor with Failure::Unreadable",
    );
}

#[test]
fn a_format_with_a_mount_and_nothing_below_it_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).serve(|_, _| Err(Failure::NotFound));
    let report = toy.exam().mutations(1).run();
    assert_fails(
        &report,
        "something is answered below the mount",
        "leave the mount out",
    );
}

#[test]
fn requests_to_a_format_without_a_mount_fail() {
    let report = Toy::new()
        .exam()
        .mutations(1)
        .read(Request::new(Method::Get, ["a"]))
        .run();
    assert_fails(&report, "the protocol", "the descriptor has no mount");
}

#[test]
fn a_format_with_a_status_that_is_none_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).serve(|_, _| Ok(Response::new(42)));
    assert_fails(
        &report(toy),
        "reads are answered",
        "42 is not the status of an answer",
    );
}

#[test]
fn a_format_that_words_a_refusal_as_a_success_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).respond(|_, _| Response::new(200));
    assert_fails(
        &report(toy),
        "every outcome is worded",
        "a refusal with 400: it is worded with the status 200",
    );
}

#[test]
fn a_format_that_makes_a_header_of_a_refusal_fails() {
    let toy = taking(|size| Payload::Raw(0..size)).respond(|_, outcome| match outcome {
        Outcome::Performed(_) => Response::new(200),
        Outcome::Refused(refusal) => {
            Response::new(refusal.status).header("npm-notice", &refusal.detail)
        }
    });
    assert_fails(
        &report(toy),
        "every outcome is worded",
        "the header npm-notice",
    );
}

#[test]
fn a_format_that_takes_bytes_from_beyond_a_body_fails() {
    let toy = taking(|size| Payload::Base64(0..size + 1));
    assert_fails(
        &report(toy),
        "writes are translated",
        "the bytes 0 to 27 of a body of 26 bytes",
    );
}

#[test]
fn a_format_that_a_body_upsets_fails() {
    let toy = Toy::with_protocol().translate(|_, body| {
        let head = body.read_head(10)?;
        Ok(Translation::Answer(Box::new(Response::text(
            200,
            &head[9].to_string(),
        ))))
    });
    assert_fails(
        &report(toy),
        "hostile writes",
        "it panics: index out of bounds",
    );
}

#[test]
fn a_format_that_reads_a_body_again_and_again_fails() {
    let toy = Toy::with_protocol().translate(|_, body: &dyn ReadAt| {
        for _ in 0..10_000 {
            body.read_head(10)?;
        }
        Ok(Translation::Changes(Vec::new()))
    });
    assert_fails(&report(toy), "writes are translated", "reads more often");
}

#[test]
fn a_format_that_blames_the_client_for_a_body_that_cannot_be_read_fails() {
    let toy = Toy::with_protocol().translate(|_, body| match body.read_head(10) {
        Ok(_) => Ok(Translation::Changes(Vec::new())),
        Err(_) => Err(Failure::BadRequest("the body is broken".to_owned())),
    });
    assert_fails(
        &report(toy),
        "a body that cannot be read",
        "nor with Failure::Unreadable",
    );
}

#[test]
fn a_format_that_does_not_know_the_writes_of_its_own_author_fails() {
    let report = report(Toy::with_protocol());
    assert_fails(
        &report,
        "writes are translated",
        "a write that means something, and the answer is NotFound",
    );
}

#[test]
fn a_format_that_does_not_know_the_reads_of_its_own_author_fails() {
    let exam = Toy::with_protocol().exam().mutations(1);
    let report = exam.read(Request::new(Method::Get, ["a", "b", "c"])).run();
    assert_fails(
        &report,
        "reads that the author gave",
        "the answer is NotFound",
    );
}

#[test]
fn a_format_whose_descriptor_speaks_of_root_routes_without_a_slash_fails() {
    let toy = Toy::with_protocol().describe(|| descriptor().mount("toy").root_route("oops"));
    assert_fails(
        &report(toy),
        "the descriptor is sound",
        "its root route \"oops\"",
    );
}
