//! Base64 (RFC 4648, section 4), found and measured but not decoded: the host does that as a stream.

use std::ops::Range;

use cellier_sdk::Finding;

use super::Trouble;
use super::scanner::Scanner;
use crate::{codes, text};

/// Walks a string in base64: where it is, and how many bytes it decodes to.
pub(super) fn measure(scanner: &mut Scanner<'_>, of: &str) -> Result<(Range<u64>, u64), Trouble> {
    if scanner.token()? != b'"' {
        return Err(not_base64(of, "is not a text").into());
    }
    scanner.walk(1);
    let start = scanner.offset();
    skip_alphabet(scanner)?;
    let padding_starts = scanner.offset();
    while scanner.rest()?.first() == Some(&b'=') {
        scanner.walk(1);
    }
    let end = scanner.offset();
    match scanner.next()? {
        b'"' => {}
        b'\\' => return Err(not_base64(of, "holds an escape, which no client needs there").into()),
        _ => return Err(not_base64(of, "holds something else than base64").into()),
    }
    let (length, padding) = (end - start, end - padding_starts);
    if !length.is_multiple_of(4) || padding > 2 {
        return Err(not_base64(of, "is broken off, or padded wrongly").into());
    }
    Ok((start..end, length / 4 * 3 - padding))
}

fn skip_alphabet(scanner: &mut Scanner<'_>) -> Result<(), Trouble> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    loop {
        let rest = scanner.rest()?;
        let count = rest.iter().position(|byte| !is_part(byte));
        let count = count.unwrap_or(rest.len());
        if count == 0 {
            return Ok(());
        }
        scanner.walk(count);
    }
}

fn not_base64(of: &str, problem: &str) -> Finding {
    let message = format!("the data of the attachment {} {problem}", text::quote(of));
    codes::ATTACHMENT_NOT_BASE64.error(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> Option<u64> {
        let body = format!("\"{text}\"").into_bytes();
        let mut scanner = Scanner::new(&body);
        let (range, size) = measure(&mut scanner, "a.tgz").ok()?;
        assert_eq!(range, 1..(text.len() as u64 + 1));
        Some(size)
    }

    #[test]
    fn base64_is_measured_by_its_length_and_its_padding() {
        assert_eq!(size(""), Some(0));
        assert_eq!(size("YQ=="), Some(1));
        assert_eq!(size("YWE="), Some(2));
        assert_eq!(size("YWFh"), Some(3));
        assert_eq!(size(&"YWFh".repeat(50_000)), Some(150_000));
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for bad in [
            "Y", "YQ", "YQ=", "Y===", "====", "YQ==YQ==", "YQ\\n==", "YW\\/h", "YW h", "YW-_",
        ] {
            assert_eq!(size(bad), None, "{bad}");
        }
        for unfinished in ["", "\"", "\"YWFh", "7", "null"] {
            let body = unfinished.as_bytes().to_vec();
            assert!(measure(&mut Scanner::new(&body), "a").is_err());
        }
    }
}
