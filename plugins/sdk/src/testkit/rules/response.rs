//! Answers in a protocol.

use super::all_of;
use super::text::start_of;
use crate::{Body, Hold, Response, Sha256};

/// Most headers of an answer.
const MOST_HEADERS: usize = 64;

/// Most bytes of a header's value.
const LONGEST_VALUE: usize = 8192;

/// Most characters of an entity tag.
const LONGEST_ETAG: usize = 200;

/// Most bytes of a body that a format makes itself; larger ones belong into a blob.
const LARGEST_BODY: usize = 64 << 20;

/// What is wrong with an answer. `shown` gives the size of a blob that the registry has shown for this very request.
pub(in crate::testkit) fn check_response(
    response: &Response,
    shown: &dyn Fn(Sha256) -> Option<u64>,
) -> Result<(), String> {
    let mut problems = Vec::new();
    let status = response.status;
    if !(200..=599).contains(&status) {
        problems.push(format!("{status} is not the status of an answer"));
    }
    if status >= 400 && response.hold == Hold::Immutable {
        problems.push(format!(
            "the error {status} is held for ever: a client would never learn that it has passed"
        ));
    }
    check_headers(response, &mut problems);
    check_etag(response, &mut problems);
    check_body(&response.body, shown, &mut problems);
    all_of(&problems)
}

fn check_headers(response: &Response, problems: &mut Vec<String>) {
    if response.headers.len() > MOST_HEADERS {
        problems.push(format!(
            "it has {} headers, at most {MOST_HEADERS} make sense",
            response.headers.len()
        ));
    }
    for (name, value) in response.headers.iter().take(MOST_HEADERS) {
        if !is_header_name(name) {
            problems.push(format!(
                "{:?} is not the name of a header in lower case",
                start_of(name)
            ));
        }
        if !is_header_value(value) {
            problems.push(format!(
                "the header {} is {:?}, and a value is at most {LONGEST_VALUE} visible ASCII characters and spaces",
                start_of(name),
                start_of(value)
            ));
        }
    }
}

fn check_etag(response: &Response, problems: &mut Vec<String>) {
    let Some(etag) = &response.etag else {
        return;
    };
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if !(1..=LONGEST_ETAG).contains(&etag.len()) || !etag.bytes().all(plain) {
        problems.push(format!(
            "its entity tag is {:?}, and one is 1 to {LONGEST_ETAG} visible ASCII characters without quotes",
            start_of(etag)
        ));
    }
}

fn check_body(body: &Body, shown: &dyn Fn(Sha256) -> Option<u64>, problems: &mut Vec<String>) {
    match body {
        Body::Empty => {}
        Body::Bytes(bytes) if bytes.len() <= LARGEST_BODY => {}
        Body::Bytes(bytes) => problems.push(format!(
            "its body has {} bytes, at most {LARGEST_BODY} are held in memory",
            bytes.len()
        )),
        Body::Encoded { bytes, encoding } => {
            if bytes.len() > LARGEST_BODY {
                problems.push(format!(
                    "its body has {} bytes, at most {LARGEST_BODY} are held in memory",
                    bytes.len()
                ));
            }
            if !["gzip", "br", "zstd"].contains(&encoding.as_str()) {
                problems.push(format!(
                    "{:?} is none of the content codings gzip, br and zstd",
                    start_of(encoding)
                ));
            }
        }
        Body::Blob {
            digest,
            range,
            encoding,
        } => {
            let Some(size) = shown(*digest) else {
                problems.push(format!(
                    "it sends the blob {digest}, which the registry has not shown for this request"
                ));
                return;
            };
            if let Some(range) = range
                .as_ref()
                .filter(|range| range.start > range.end || range.end > size)
            {
                problems.push(format!(
                    "it sends the bytes {} to {} of a blob of {size} bytes",
                    range.start, range.end
                ));
            }
            if let Some(encoding) = encoding
                .as_ref()
                .filter(|encoding| !is_header_name(encoding))
            {
                problems.push(format!("{:?} is not a content coding", start_of(encoding)));
            }
        }
    }
}

/// A token of RFC 9110, section 5.6.2, in lower case.
fn is_header_name(name: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    (1..=256).contains(&name.len()) && name.bytes().all(plain)
}

fn is_header_value(value: &str) -> bool {
    value.len() <= LONGEST_VALUE && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    use crate::MediaType;

    fn problem_with(response: &Response) -> Option<String> {
        let ours = Sha256::new([7; 32]);
        check_response(response, &|digest| (digest == ours).then_some(100)).err()
    }

    #[test]
    fn an_ordinary_answer_is_fine() {
        assert_eq!(problem_with(&Response::text(404, "not found")), None);
        let blob = Response::blob(Sha256::new([7; 32]), &MediaType::octet_stream());
        assert_eq!(problem_with(&blob.hold(Hold::Immutable)), None);
    }

    #[test]
    fn what_a_host_could_not_send_is_a_problem() {
        let blob = |digest, range| {
            Response::new(200).body(Body::Blob {
                digest,
                range,
                encoding: None,
            })
        };
        let ours = Sha256::new([7; 32]);
        for bad in [
            Response::new(99),
            Response::new(600),
            Response::new(100),
            Response::new(404).hold(Hold::Immutable),
            Response::new(200).header("x y", "z"),
            Response::new(200).header("x", "a\r\nset-cookie: b"),
            Response::new(200).header("x", "é"),
            Response::new(200).header("x", &"y".repeat(LONGEST_VALUE + 1)),
            blob(Sha256::new([8; 32]), None),
            blob(ours, Some(50..101)),
            blob(ours, Some(Range { start: 50, end: 49 })),
        ] {
            assert!(problem_with(&bad).is_some(), "{bad:?}");
        }
    }
}
