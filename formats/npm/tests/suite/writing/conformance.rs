//! The exam of the contract, with writes as clients send them.

use cellier_format_npm::Npm;
use cellier_sdk::Method::{Delete, Post, Put};
use cellier_sdk::testkit::{Conformance, Sample};

use super::bodies::{CLIENTS, Package};
use super::{registry, request, revision};
use crate::support::Archive;

#[test]
fn writes_keep_to_the_contract() {
    let package = Package::new("@acme/gadget");
    let mut exam = Conformance::of(Npm)
        .mutations(8)
        .registry(registry())
        .sample(Sample::new("a package", Archive::package().tgz()));
    for client in CLIENTS {
        exam = exam.write(request(Put, "@acme/gadget"), package.body(client));
    }
    let document = format!(
        r#"{{"_id":"widget","_rev":"{}","versions":{{"1.1.0":{{"deprecated":"no \u00e9"}}}}}}"#,
        revision()
    );
    let seen = format!("widget/-rev/{}", revision());
    exam.write(request(Put, "widget"), &document)
        .write(request(Put, &seen), &document)
        .write(request(Delete, &seen), "")
        .write(
            request(Put, &seen),
            r#"{"_id":"widget","maintainers":[{"name":"bo"}]}"#,
        )
        .write(request(Put, "-/package/widget/dist-tags/next"), "\"1.1.0\"")
        .write(request(Delete, "-/package/widget/dist-tags/next"), "")
        .write(
            request(Post, "-/package/widget/access"),
            r#"{"access":"public"}"#,
        )
        .write(
            request(Put, "-/user/org.couchdb.user:ada"),
            r#"{"name":"ada","password":"x"}"#,
        )
        .write(request(Post, "-/v1/login"), "{}")
        .write(
            request(Post, "-/npm/v1/tokens"),
            r#"{"name":"ci","password":"x"}"#,
        )
        .write(request(Delete, "-/user/token/cel_x"), "")
        .check();
}
