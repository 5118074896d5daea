//! The `Content-Disposition` header of downloads (RFC 6266).

use std::fmt::Write as _;

use axum::http::HeaderValue;
use cellier_model::FileName;

/// `attachment` with the file's name: in UTF-8 for every client of this century, and with plain characters alone for
/// the rest.
pub(crate) fn content_disposition(name: &FileName) -> HeaderValue {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._- ()+@".contains(c);
    let fallback: String = name
        .as_str()
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut text = format!("attachment; filename=\"{fallback}\"");
    if fallback != name.as_str() {
        text.push_str("; filename*=UTF-8''");
        for byte in name.as_str().bytes() {
            // The characters that RFC 8187, section 3.2.1, lets stand for themselves.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_never| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_safe_header() {
        let header = |name: &str| {
            content_disposition(&FileName::parse(name).unwrap())
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            header("terrain.mbtiles"),
            "attachment; filename=\"terrain.mbtiles\""
        );
        assert_eq!(
            header("Réunion \"2026\".pmtiles"),
            "attachment; filename=\"R_union _2026_.pmtiles\"; filename*=UTF-8''R%C3%A9union%20%222026%22.pmtiles"
        );
        assert_eq!(
            header("a;b.txt"),
            "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%3Bb.txt"
        );
    }
}
