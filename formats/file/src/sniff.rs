//! Telling what a file is.

/// What extensions of text formats mean; their content alone does not tell them apart.
const TEXTS: [(&str, &str); 12] = [
    ("json", "application/json"),
    ("geojson", "application/geo+json"),
    ("csv", "text/csv; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("toml", "application/toml"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
];

/// The media type of a file: from its first bytes, else from its name, else text or just bytes.
///
/// What the client claims is no evidence; and whatever it is, the server sends it so that no browser runs it.
pub(crate) fn media_type(head: &[u8], file_name: Option<&str>) -> &'static str {
    if let Some(known) =
        infer::get(head).filter(|kind| kind.matcher_type() != infer::MatcherType::Text)
    {
        return known.mime_type();
    }
    if !is_text(head) {
        return "application/octet-stream";
    }
    let extension = file_name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, extension)| extension);
    let by_name = TEXTS.iter().find(|(known, _)| {
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case(known))
    });
    by_name.map_or("text/plain; charset=utf-8", |(_, media_type)| media_type)
}

/// UTF-8 without control characters that no text has; the last character may be cut in half.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.chars().any(|character| {
        character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}')
    })
}
