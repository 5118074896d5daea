//! With the setting `hooks` on, uploads and requests provoke the host, so that stories see how it contains a format that
//! breaks the contract. Off, and it is off unless a story says otherwise, nothing here happens.
//!
//! An upload provokes it with a line `!panic` or `!sleep MILLISECONDS`; a request with a path below `/echo/-/`: `panic`,
//! `headers`, `status`, `nonsense`, `steal/SHA256`, `beyond/NAME`; and what is in [`held`](crate::held).

use std::time::Duration;

use cellier_sdk::{
    Body, Failure, Finding, MediaType, Registry, Request, Response, Settings, Sha256,
};

use crate::held;
use crate::settings::HOOKS;

/// The longest that an upload may let a thread of the host sleep.
const LONGEST_SLEEP: u64 = 10_000;

pub(crate) fn on_upload(settings: &Settings, head: &[u8]) {
    if !settings.is_on(HOOKS) {
        return;
    }
    for line in String::from_utf8_lossy(head).lines() {
        match line.split_once(' ') {
            None if line == "!panic" => panic!("an upload asked for it"),
            Some(("!sleep", milliseconds)) => {
                let milliseconds = milliseconds.parse().unwrap_or(0);
                std::thread::sleep(Duration::from_millis(LONGEST_SLEEP.min(milliseconds)));
            }
            _ => {}
        }
    }
}

pub(crate) fn on_read(
    request: &Request,
    registry: &dyn Registry,
) -> Option<Result<Response, Failure>> {
    if !registry.settings().is_on(HOOKS) {
        return None;
    }
    if let Some(answer) = held::on_read(request, registry) {
        return Some(answer);
    }
    let answer = match request.segments().as_slice() {
        ["-", "panic"] => panic!("a request asked for it"),
        ["-", "headers"] => Response::text(200, "ok\n")
            .header("x-evil", "1")
            .header("set-cookie", "session=stolen")
            .header("location", "/a\r\nset-cookie: session=stolen")
            .header("vary", "accept")
            .header("content-length", "1"),
        ["-", "status"] => Response::new(42),
        ["-", "steal", digest] => {
            let digest: Sha256 = digest.parse().ok()?;
            Response::new(200).body(Body::Blob {
                digest,
                range: None,
                encoding: None,
            })
        }
        ["-", "nonsense"] => {
            let finding = Finding::error("no code", "two\r\nlines");
            return Some(Err(Failure::Invalid(vec![finding])));
        }
        ["-", "beyond", name] => {
            let version = registry.version(name, "latest").ok()??;
            let file = version.files.first()?;
            Response::blob(file.sha256, &MediaType::octet_stream()).body(Body::Blob {
                digest: file.sha256,
                range: Some(0..file.size + 1),
                encoding: None,
            })
        }
        _ => return None,
    };
    Some(Ok(answer))
}

pub(crate) fn on_write(request: &Request, registry: &dyn Registry) {
    let asks_for_it = request.segments() == ["-", "panic"];
    assert!(
        !(asks_for_it && registry.settings().is_on(HOOKS)),
        "a write asked for it"
    );
}
