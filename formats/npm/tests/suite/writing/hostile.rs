//! Bodies that no client of good will sends.

use cellier_sdk::Method;
use serde_json::{Value, json};

use super::bodies::Package;
use super::refusal;

const TARBALL: &str = "gadget-1.2.3.tgz";

/// The code for which npm's body is refused after a change.
fn after(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut body = Package::new("gadget").value();
    change(&mut body);
    refusal(Method::Put, "gadget", &body.to_string())
}

#[test]
fn what_is_attached_is_one_tarball_of_the_right_name() {
    let rename = |name: &'static str| {
        move |body: &mut Value| {
            let attachments = body["_attachments"].as_object_mut().unwrap();
            let tarball = attachments.remove(TARBALL).unwrap();
            attachments.insert(name.to_owned(), tarball);
        }
    };
    for name in [
        "../gadget-1.2.3.tgz",
        "../../evil.tgz",
        "/etc/gadget-1.2.3.tgz",
        "@acme/gadget-1.2.3.tgz",
        "gadget/-/gadget-1.2.3.tgz",
        "gadget\\..\\gadget-1.2.3.tgz",
        "gadget-1.2.4.tgz",
        "gadget-1.2.3.zip",
        "gadget-1.2.3.tgz\u{0}",
        "GADGET-1.2.3.tgz",
        "",
    ] {
        assert_eq!(after(rename(name)), ["NPM053"], "{name:?}");
    }
    let twice = after(|body| {
        let again = body["_attachments"][TARBALL].clone();
        body["_attachments"]["gadget-1.2.3.tar.gz"] = again;
    });
    assert_eq!(twice, ["NPM053"]);
    // Without a tarball it is no publish: the version is looked for among those that are there.
    let mut body = Package::new("widget").value();
    body["_attachments"] = json!({});
    assert_eq!(
        refusal(Method::Put, "widget", &body.to_string()),
        ["NPM053"]
    );
}

#[test]
fn what_is_attached_is_base64_of_the_length_that_is_said() {
    let data = |data: &'static str| {
        after(move |body| {
            body["_attachments"][TARBALL]["data"] = data.into();
        })
    };
    for bad in ["!", "YQ", "YQ=", "Y===", "YW-_", "YW\nFh", "YQ==YQ=="] {
        assert_eq!(data(bad), ["NPM054"], "{bad:?}");
    }
    assert_eq!(data("YWFh"), ["NPM055"]);
    for length in [json!(0), json!(u64::MAX)] {
        let found = after(|body| body["_attachments"][TARBALL]["length"] = length.clone());
        assert_eq!(found, ["NPM055"], "{length}");
    }
    for length in [json!(-1), json!(1.5), json!("7"), json!(null)] {
        let found = after(|body| body["_attachments"][TARBALL]["length"] = length.clone());
        assert_eq!(found, ["NPM050"], "{length}");
    }
    let number = after(|body| body["_attachments"][TARBALL]["data"] = 7.into());
    assert_eq!(number, ["NPM054"]);
    let body = Package::new("gadget").body("npm");
    let escaped = body.replacen('/', "\\/", 1).replace(
        &Package::new("gadget").data(),
        &Package::new("gadget").data().replace('A', "\\u0041"),
    );
    assert_eq!(refusal(Method::Put, "gadget", &escaped), ["NPM054"]);
}

#[test]
fn one_version_is_published_at_a_time_and_is_a_semantic_version() {
    let two = after(|body| {
        let again = body["versions"]["1.2.3"].clone();
        body["versions"]["1.2.4"] = again;
    });
    assert_eq!(two, ["NPM052"]);
    assert_eq!(after(|body| body["versions"] = json!({})), ["NPM052"]);
    let missing = after(|body| {
        body.as_object_mut().unwrap().remove("versions");
    });
    assert_eq!(missing, ["NPM052"]);
    for version in ["not-a-version", "v1.2.3", "1.2", "latest", "", "1.2.3/.."] {
        let found = after(|body| {
            let manifest = body["versions"]["1.2.3"].clone();
            body["versions"] = json!({ version: manifest });
        });
        assert_eq!(found, ["NPM024"], "{version:?}");
    }
}

#[test]
fn what_the_manifest_says_of_itself_is_what_the_request_says() {
    for key in ["name", "version"] {
        let found = after(|body| body["versions"]["1.2.3"][key] = "9.9.9".into());
        assert_eq!(found, ["NPM058"], "{key}");
    }
    assert_eq!(after(|body| body["name"] = "gizmo".into()), ["NPM051"]);
    assert_eq!(after(|body| body["_id"] = "gizmo".into()), ["NPM051"]);
    let found = after(|body| body["dist-tags"]["next"] = "1.2.4".into());
    assert_eq!(found, ["NPM057"]);
    for (key, digest) in [
        ("integrity", "sha512-AAAA"),
        ("integrity", "md5-AAAA"),
        ("shasum", "zz"),
    ] {
        let found = after(|body| body["versions"]["1.2.3"]["dist"][key] = digest.into());
        assert_eq!(found, ["NPM056"], "{key}");
    }
}

#[test]
fn keys_that_programs_read_differently_are_refused_wherever_they_stand() {
    let body = Package::new("gadget").body("npm");
    let version = Package::new("gadget").value()["versions"]["1.2.3"].to_string();
    for (from, to) in [
        (r#""access":null"#, r#""versions":{}"#.to_owned()),
        (r#""access":null"#, r#""_attachments":{}"#.to_owned()),
        (r#""access":null"#, r#""\u006eame":"gadget""#.to_owned()),
        (r#""access":null"#, r#""__proto__":{}"#.to_owned()),
        (
            r#""versions":{"#,
            format!(r#""versions":{{"1.2.3":{version},"#),
        ),
        (
            r#""versions":{"1.2.3":{"#,
            r#""versions":{"1.2.3":{"name":"gadget","#.to_owned(),
        ),
        (
            r#""ms":"^2.1.3""#,
            r#""ms":"^2.1.3","\u006ds":"1""#.to_owned(),
        ),
        (
            r#""latest":"1.2.3""#,
            r#""latest":"1.2.3","latest":"1.2.3""#.to_owned(),
        ),
        (r#""data":"#, r#""data":"YWFh","data":"#.to_owned()),
        (r#""length":"#, r#""length":3,"length":"#.to_owned()),
        (
            r#""integrity":"#,
            r#""integrity":"x","integrity":"#.to_owned(),
        ),
    ] {
        let twice = body.replacen(from, &to, 1);
        assert_ne!(twice, body);
        assert_eq!(refusal(Method::Put, "gadget", &twice), ["NPM050"], "{to}");
    }
}

#[test]
fn what_is_broken_off_or_no_json_is_refused_wherever_it_ends() {
    let body = Package::new("gadget").body("npm");
    for end in (0..body.len() - 1).step_by(7) {
        let found = refusal(Method::Put, "gadget", &body[..end]);
        assert!(
            found[0].starts_with("the body is not JSON") || found[0] == "NPM054",
            "{end}: {found:?}"
        );
    }
    for bad in ["[]", "null", "7", "\"x\""] {
        assert_eq!(refusal(Method::Put, "gadget", bad), ["NPM050"], "{bad}");
    }
    let deep = format!("{{\"readme\":{}", "[".repeat(1_000_000));
    let wrong = ["{}{}", "{,}", "{\"a\":1,}", "\u{feff}{}", &deep];
    for bad in wrong {
        let found = refusal(Method::Put, "gadget", bad);
        assert!(found[0].len() < 200, "the body itself is not repeated");
    }
    assert_eq!(refusal(Method::Put, "gadget", "{}"), ["NPM050"]);
}

#[test]
fn what_is_held_is_never_large() {
    let mut body = Package::new("gadget").value();
    let long = "x".repeat(2 << 20);
    body["versions"]["1.2.3"]["readme"] = long.clone().into();
    let changes = super::changes(Method::Put, "gadget", &body.to_string());
    assert_eq!(changes.len(), 1, "a readme of any length is walked over");
    body["versions"]["1.2.3"]["dependencies"]["ms"] = long.clone().into();
    let found = refusal(Method::Put, "gadget", &body.to_string());
    assert_eq!(found, ["NPM050"]);
    let key = json!({ long: 1 }).to_string();
    assert_eq!(refusal(Method::Put, "gadget", &key), ["NPM050"]);
}
