//! Choosing among texts in several languages what a client likes best.

use cellier_sdk::{LocalizedText, Request};

/// Most languages of a client that are looked at.
const MOST_RANGES: usize = 32;

/// The text that a client likes best by its `Accept-Language`: the lookup of RFC 4647, section 3.4. Where that finds
/// nothing, a text in another variety of a language that the client likes (`pt-BR` for `pt`); then one whose language
/// nobody has said, then English, then any.
pub(super) fn best<'a>(texts: &'a LocalizedText, request: &Request) -> Option<&'a str> {
    let ranges = ranges(request);
    let looked_up = ranges.iter().find_map(|range| look_up(texts, range));
    let related = || ranges.iter().find_map(|range| related(texts, range));
    let any = || texts.iter().next().map(|(_, text)| text);
    looked_up
        .or_else(related)
        .or_else(|| texts.get("und"))
        .or_else(|| texts.get("en"))
        .or_else(any)
}

/// The client's languages, the most wanted first.
fn ranges(request: &Request) -> Vec<String> {
    let lists = request.headers.iter();
    let lists = lists.filter(|(name, _)| name == "accept-language");
    let mut ranges: Vec<_> = lists
        .flat_map(|(_, list)| list.split(','))
        .take(MOST_RANGES)
        .filter_map(weighted)
        .collect();
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.into_iter().map(|(_, range)| range).collect()
}

/// A language with its weight in thousandths; none if it is not wanted, or any will do.
fn weighted(item: &str) -> Option<(u16, String)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| is_range(range))?;
    let weight = match parts.find_map(|part| part.strip_prefix("q=")) {
        Some(weight) => thousandths(weight)?,
        None => 1000,
    };
    (weight > 0).then(|| (weight, range.to_owned()))
}

fn is_range(text: &str) -> bool {
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    text.len() <= 64 && text.split('-').all(is_subtag)
}

/// A weight of RFC 9110, section 12.4.2.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" if is_number => Some(fraction),
        "1" if is_number && fraction == 0 => Some(1000),
        _ => None,
    }
}

/// The text of a language, or of the nearest one that is less narrow: `zh-Hant-TW`, `zh-Hant`, `zh`.
fn look_up<'a>(texts: &'a LocalizedText, range: &str) -> Option<&'a str> {
    let mut range = range;
    loop {
        if let Some(text) = texts.get(range) {
            return Some(text);
        }
        range = range.rsplit_once('-')?.0;
        // A single letter only announces what was cut off behind it.
        if let Some((shorter, [_letter])) = range
            .rsplit_once('-')
            .map(|(shorter, last)| (shorter, last.as_bytes()))
        {
            range = shorter;
        }
    }
}

/// The text of a language that starts as this one does.
fn related<'a>(texts: &'a LocalizedText, range: &str) -> Option<&'a str> {
    let language = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let wanted = language(range);
    let mut texts = texts.iter();
    texts
        .find(|(tag, _)| language(tag.as_str()) == wanted)
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Method;
    use proptest::prelude::*;

    use super::*;

    fn texts(languages: &[&str]) -> LocalizedText {
        let mut texts = LocalizedText::default();
        for language in languages {
            texts.set(language.parse().unwrap(), *language).unwrap();
        }
        texts
    }

    fn asking(accept: &str) -> Request {
        let mut request = Request::new(Method::Get, ["a"]);
        request
            .headers
            .push(("accept-language".to_owned(), accept.to_owned()));
        request
    }

    #[test]
    fn a_client_gets_the_language_it_likes_best() {
        let known = ["de", "de-CH-1996", "en", "fr", "pt-BR", "zh-Hant"];
        for (accept, expected) in [
            ("fr", "fr"),
            ("FR", "fr"),
            ("fr-CA", "fr"),
            ("fr;q=0.5, de", "de"),
            ("fr, de", "fr"),
            ("fr;q=0.2,de;q=0.25", "de"),
            ("de-CH-1996-x-old", "de-CH-1996"),
            ("de-CH-x-old", "de"),
            ("zh-Hant-TW", "zh-Hant"),
            ("fr;q=0, de;q=0.1", "de"),
            ("ja, fr;q=0.1", "fr"),
            ("pt", "pt-BR"),
            ("pt-PT, fr;q=0.1", "fr"),
            ("ja", "en"),
            ("*", "en"),
            ("", "en"),
            ("fr;q=2, de;q=0.1", "de"),
            ("fr;q=x, de;q=0.1", "de"),
            ("fr_FR, de;q=0.1", "de"),
            ("\u{e9}, , ;q=1, de;q=0.1", "de"),
        ] {
            let texts = texts(&known);
            assert_eq!(best(&texts, &asking(accept)), Some(expected), "{accept}");
        }
    }

    #[test]
    fn who_says_nothing_gets_what_there_is() {
        let silent = Request::new(Method::Get, ["a"]);
        for (known, expected) in [
            (["en", "fr", "und"].as_slice(), Some("und")),
            (&["de", "en"], Some("en")),
            (&["fr", "it"], Some("fr")),
            (&[], None),
        ] {
            assert_eq!(best(&texts(known), &silent), expected);
        }
    }

    proptest! {
        #[test]
        fn any_header_is_answered(accept in ".{0,80}") {
            prop_assert!(best(&texts(&["fr", "de"]), &asking(&accept)).is_some());
        }
    }
}
