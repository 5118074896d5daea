//! Answers that a host may hold, or may not, for stories of how it does. Only with the setting `hooks` on.
//!
//! | below `/echo/-/` | answer |
//! |---|---|
//! | `served` | how often the others here were asked for |
//! | `long/NAME` | a long text with the revision and the owners, in the language that the client asks for |
//! | `slow/NAME` | the revision, after half a second |
//! | `packed/NAME` | a text that is packed with gzip |
//! | `part/NAME` | the first ten bytes of the latest file, with an entity tag |
//! | `both/NAME/OTHER` | the revisions of two artefacts |
//! | `mine/NAME` | the revision, and who asks |

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cellier_sdk::{ArtefactView, Body, Failure, Hold, Registry, Request, Response};

use crate::lines::one_line;
use crate::read::ok;

/// How often an answer of these was made.
static SERVED: AtomicU32 = AtomicU32::new(0);

/// `ok packed` and the end of a line, packed with gzip.
const PACKED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xcf\x56\x28\x48\x4c\xce\x4e\x4d\xe1\x02\x00\x99\x75\x0b\x56\x0a\x00\x00\x00";

pub(crate) fn on_read(
    request: &Request,
    registry: &dyn Registry,
) -> Option<Result<Response, Failure>> {
    let answer = match request.segments().as_slice() {
        ["-", "served"] => return Some(Ok(ok(&SERVED.load(Ordering::SeqCst).to_string()))),
        ["-", "long", name] => find(name, registry).map(|found| long(request, &found)),
        ["-", "slow", name] => find(name, registry).map(|found| {
            std::thread::sleep(Duration::from_millis(500));
            revisions(&[&found])
        }),
        ["-", "packed", name] => find(name, registry).map(|_found| packed()),
        ["-", "part", name] => part(name, registry),
        ["-", "both", name, other] => {
            find(name, registry).and_then(|found| Ok(revisions(&[&found, &find(other, registry)?])))
        }
        ["-", "mine", name] => find(name, registry).map(|found| {
            let caller = registry.caller().name.as_deref().unwrap_or("nobody");
            let line = format!("{} for {}", found.revision, one_line(caller));
            ok(&line).hold(Hold::UntilArtefactChanges)
        }),
        _ => return None,
    };
    SERVED.fetch_add(1, Ordering::SeqCst);
    Some(answer)
}

fn find(name: &str, registry: &dyn Registry) -> Result<ArtefactView, Failure> {
    registry.artefact(name)?.ok_or(Failure::NotFound)
}

fn long(request: &Request, found: &ArtefactView) -> Response {
    let language = request.header("accept-language").unwrap_or("none");
    let owners = found.owners.join(", ");
    let mut text = format!("ok revision {}\n", found.revision);
    let _ = writeln!(text, "language {}", one_line(language));
    let _ = writeln!(text, "owners {}", one_line(&owners));
    for number in 0..500 {
        let _ = writeln!(text, "line {number}");
    }
    Response::text(200, &text)
        .header("vary", "accept-language")
        .hold(Hold::UntilArtefactChanges)
}

fn revisions(found: &[&ArtefactView]) -> Response {
    let revisions: Vec<_> = found.iter().map(|one| one.revision.to_string()).collect();
    ok(&revisions.join(" ")).hold(Hold::UntilArtefactChanges)
}

fn packed() -> Response {
    Response::text(200, "")
        .body(Body::Encoded {
            bytes: PACKED.to_vec(),
            encoding: "gzip".to_owned(),
        })
        .etag("packed")
        .hold(Hold::UntilArtefactChanges)
}

fn part(name: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let version = registry.version(name, "latest")?.ok_or(Failure::NotFound)?;
    let file = version.files.first().ok_or(Failure::NotFound)?;
    let body = Body::Blob {
        digest: file.sha256,
        range: Some(0..10),
        encoding: None,
    };
    Ok(Response::blob(file.sha256, &file.media_type)
        .body(body)
        .etag("part")
        .hold(Hold::UntilArtefactChanges))
}
