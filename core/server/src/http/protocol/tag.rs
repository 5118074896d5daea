//! Entity tags: one for each answer, and another for each coding of it.
//!
//! The tag of an answer as its format gave it is plain, `"abc"`. Its other forms have the name of their coding behind a
//! colon, `"abc:br"`, because bytes that differ must have tags that differ (RFC 9110, section 8.8.3.3). A client that has
//! one form needs no other, so that each of them answers `If-None-Match`.

use axum::http::{HeaderMap, HeaderValue, header};
use cellier_sdk::Sha256;

use crate::http::protocol::coding::Coding;

/// Most characters of a tag that a format gives.
const LONGEST: usize = 200;

/// What stands behind the colon where the plain bytes were made of packed ones.
const PLAIN: &str = "identity";

/// What tells an answer from all others at its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag(String);

impl Tag {
    /// One that a format has given, if it is one.
    pub(super) fn given(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        let is_tag = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_plain);
        (is_tag && without_form(text) == text).then(|| Self(text.to_owned()))
    }

    /// One made of the bytes.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let digest = Sha256::new(sha2::Sha256::digest(bytes).into());
        let mut hex = digest.to_hex();
        // Half of it tells apart all that anybody could make by chance; nobody gains by making two alike.
        hex.truncate(32);
        Self(hex)
    }

    /// The header of the answer as it was given.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("\"{}\"", self.0)).ok()
    }

    /// The header of another form of it: of a coding, or of plain bytes.
    pub(super) fn header_of(&self, form: Option<Coding>) -> Option<HeaderValue> {
        let form = form.map_or(PLAIN, Coding::name);
        HeaderValue::from_str(&format!("\"{}:{form}\"", self.0)).ok()
    }

    /// The tag by which the client says in `If-None-Match` that it has this answer in one of its forms.
    pub(super) fn known_to(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let lists = headers.get_all(header::IF_NONE_MATCH).iter();
        for list in lists {
            let text = list.to_str().unwrap_or_default();
            for candidate in text.split(',').map(str::trim) {
                if candidate == "*" {
                    return self.header();
                }
                let strong = candidate.strip_prefix("W/").unwrap_or(candidate);
                if bare(strong).is_some_and(|tag| without_form(tag) == self.0) {
                    // Most clients know one form, and write it as it was told.
                    let is_all = strong.len() == list.len();
                    return is_all
                        .then(|| list.clone())
                        .or_else(|| HeaderValue::from_str(strong).ok());
                }
            }
        }
        None
    }

    /// Whether `If-Match` lets a request go on.
    pub(super) fn is_wanted(&self, headers: &HeaderMap) -> bool {
        let lists: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        let mut tags = lists
            .iter()
            .filter_map(|list| list.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(str::trim);
        let is_this =
            |tag: &str| tag == "*" || bare(tag).is_some_and(|tag| without_form(tag) == self.0);
        lists.is_empty() || tags.any(is_this)
    }
}

/// `If-None-Match` as a format sees it, which knows only the tags that it gave itself.
pub(super) fn as_given(list: &str) -> String {
    let items = list.split(',').map(str::trim).map(|item| {
        let (weak, strong) = match item.strip_prefix("W/") {
            Some(strong) => ("W/", strong),
            None => ("", item),
        };
        match bare(strong) {
            Some(tag) => format!("{weak}\"{}\"", without_form(tag)),
            None => item.to_owned(),
        }
    });
    items.collect::<Vec<_>>().join(", ")
}

fn bare(quoted: &str) -> Option<&str> {
    quoted.strip_prefix('"')?.strip_suffix('"')
}

fn without_form(tag: &str) -> &str {
    match tag.rsplit_once(':') {
        Some((tag, form)) if form == PLAIN || is_name(form) => tag,
        _ => tag,
    }
}

fn is_name(form: &str) -> bool {
    Coding::ALL.iter().any(|coding| coding.name() == form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &header::HeaderName, lists: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(name, list.parse().unwrap());
        }
        headers
    }

    #[test]
    fn each_form_has_a_tag_of_its_own_and_each_is_known_again() {
        let tag = Tag::given("abc").unwrap();
        assert_eq!(tag.header().unwrap(), "\"abc\"");
        assert_eq!(tag.header_of(None).unwrap(), "\"abc:identity\"");
        for (lists, known) in [
            (&["\"abc\""][..], Some("\"abc\"")),
            (&["\"x\", \"abc:br\""], Some("\"abc:br\"")),
            (&["\"x\"", "W/\"abc:gzip\""], Some("\"abc:gzip\"")),
            (&["\"abc:identity\""], Some("\"abc:identity\"")),
            (&["*"], Some("\"abc\"")),
            (&["\"abc:lzw\"", "abc", "\"ab\""], None),
            (&[], None),
        ] {
            let found = tag.known_to(&headers(&header::IF_NONE_MATCH, lists));
            assert_eq!(
                found,
                known.map(|known| known.parse().unwrap()),
                "{lists:?}"
            );
        }
    }

    #[test]
    fn if_match_compares_strongly() {
        let tag = Tag::given("abc").unwrap();
        for (lists, wanted) in [
            (&[][..], true),
            (&["\"abc\""], true),
            (&["\"x\", \"abc:br\""], true),
            (&["*"], true),
            (&["W/\"abc\""], false),
            (&["\"x\""], false),
        ] {
            let headers = headers(&header::IF_MATCH, lists);
            assert_eq!(tag.is_wanted(&headers), wanted, "{lists:?}");
        }
    }

    #[test]
    fn a_format_sees_the_tags_that_it_gave() {
        assert_eq!(
            as_given("\"a:br\",W/\"b:gzip\" , \"c\", *, \"d:x\""),
            "\"a\", W/\"b\", \"c\", *, \"d:x\""
        );
        for bad in ["", "a\"b", "a b", "é", "a:br", "a:identity"] {
            assert_eq!(Tag::given(bad), None, "{bad}");
        }
    }
}
