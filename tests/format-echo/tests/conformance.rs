//! The exam that every format has to pass.
#![cfg(test)]

use cellier_sdk::testkit::{Conformance, FakeArtefact, FakeRegistry, FakeVersion, Sample};
use cellier_sdk::{Caller, Method, Request, Settings, Upload, WebLogin};
use cellier_test_format::Echo;

const SPRING: &str = "echo spring 2026\nblossom\n";
const BUNDLE: &str = "version spring\ntag stable\nfile a.echo linux-arm64 raw 25\necho spring 2026\nblossom\n\
                      file b.echo - base64 24\nZWNobyBzcHJpbmcgMjAyNgp4\n";
const CHANGES: &str = "tag season best spring\nuntag season best\ndeprecate season spring wait for summer\n\
                       expect season 3\nyank season spring\nrestore season spring\ntitle season en The season\nunpublish season spring\n";

const PEOPLE: &str = "sign-in anna correct horse battery\nweb-login a laptop\ntoken ci read 7\nconfirmed-token ci pass\n\
                      revoke cel_x\n";

const LOCK: &str = "pin season spring sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= https://a.example/\nlocal ./b\n";
const TOLD: &str = "ok 1 keys\nSHA256:a AAAA -\nsigned season spring sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= \
                    2026-01-02T03:04:05Z SHA256:a AAAA\n";

fn registry() -> FakeRegistry {
    let spring = FakeVersion::new("spring")
        .file("a.echo", "text/x-echo", SPRING)
        .variant(
            "b.echo",
            Some("linux-arm64"),
            "text/x-echo",
            "echo spring 2026\n",
        )
        .metadata("lines", 2);
    let summer = FakeVersion::new("summer")
        .file("a.echo", "text/x-echo", "echo summer 2027\n")
        .deprecated("wait for autumn")
        .yanked();
    let season = FakeArtefact::new("season").version(spring).version(summer);
    FakeRegistry::new()
        .with_caller(Caller::signed_in("anna"))
        .that_signs()
        .with_web_login(
            "through",
            WebLogin::Done {
                token: "cel_x".to_owned(),
            },
        )
        .with_artefact(season.tag("best", "spring"))
        .with_artefact(FakeArtefact::new("void"))
}

fn request(method: Method, path: &[&str]) -> Request {
    Request::new(method, path.iter().copied())
}

#[test]
fn the_format_keeps_to_the_contract() {
    let read = |path: &[&str]| request(Method::Get, path);
    let mut web_login = read(&["-", "web-login"]);
    web_login.query = vec![("id".to_owned(), "through".to_owned())];
    let mut search = read(&["-", "search"]);
    search.query = vec![("text".to_owned(), "season".to_owned())];
    let banned = Settings::default().with("banned", vec!["blossom"]);
    Conformance::of(Echo)
        .sample(Sample::new("spring", SPRING))
        .sample(Sample::new("silence", "echo silence 1\n"))
        .sample(Sample::new("no version", "echo \n").refused(&["ECHO002"]))
        .sample(
            Sample::new("a banned word", SPRING)
                .said(Upload::new("season").settings(banned))
                .refused(&["ECHO003"]),
        )
        .sample(Sample::new("a letter", "Dear all,\n").of_another_format("ECHO001"))
        .registry(registry())
        .read(read(&["season", "spring", "a.echo", "0-4"]))
        .read(read(&["-", "caller"]))
        .read(read(&["-", "tokens"]))
        .read(read(&["-", "owners", "season"]))
        .read(read(&["-", "revision", "season"]))
        .read(read(&["-", "sign", "season"]))
        .read(read(&["-", "signing-keys"]))
        .read(read(&["-", "signed", "season"]))
        .read(web_login)
        .read(search)
        .read(read(&["-", "echo", "ping"]))
        .read(read(&[".well-known", "echo", "seasons"]))
        .write(
            request(Method::Put, &["season", "spring", "c.echo"]),
            format!("# note\n{SPRING}"),
        )
        .write(request(Method::Post, &["season"]), BUNDLE)
        .write(request(Method::Post, &["-", "changes"]), CHANGES)
        .write(request(Method::Post, &["-", "people"]), PEOPLE)
        .write(request(Method::Post, &["-", "count"]), "one two three")
        .write(request(Method::Delete, &["season", "spring"]), "")
        .document(LOCK)
        .document(TOLD)
        .check();
}
