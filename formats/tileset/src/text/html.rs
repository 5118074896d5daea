//! HTML taken apart, as far as it takes to drop it.

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text between tags, entities still in it.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag of this name.
    Close(&'a str),
    /// A comment, or something else that nobody sees.
    Hidden,
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Its name, in the writer's case.
    pub(super) name: &'a str,
    attributes: &'a str,
}

/// Elements whose content is no text for readers.
const SILENT: [&str; 10] = [
    "script", "style", "iframe", "noscript", "noembed", "noframes", "object", "template",
    "textarea", "xmp",
];

/// The pieces of a text that may be HTML. A `<` that begins no tag is text.
pub(super) struct Pieces<'a>(pub(super) &'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.0;
        if rest.is_empty() {
            return None;
        }
        if !begins_tag(rest) {
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(index, _)| begins_tag(&rest[*index..]))
                .map_or(rest.len(), |(index, _)| index);
            let (text, after) = rest.split_at(end);
            self.0 = after;
            return Some(Piece::Text(text));
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.0 = after(comment, "-->");
            return Some(Piece::Hidden);
        }
        let (inside, after_tag) = split_tag(&rest[1..]);
        self.0 = after_tag;
        Some(if let Some(name) = inside.strip_prefix('/') {
            Piece::Close(name.trim())
        } else if inside.starts_with(['!', '?']) {
            Piece::Hidden
        } else {
            let tag = Tag::parse(inside);
            if tag.is_silent() {
                self.skip_content(tag.name);
            }
            Piece::Open(tag)
        })
    }
}

impl Pieces<'_> {
    /// Skips to the end tag of this name, or to the end of all.
    fn skip_content(&mut self, name: &str) {
        let rest = self.0;
        let end = rest.match_indices("</").find(|(index, _)| {
            rest[index + 2..]
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        });
        self.0 = end.map_or("", |(index, _)| &rest[index..]);
    }
}

fn begins_tag(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('<')
        && characters
            .next()
            .is_some_and(|second| second.is_ascii_alphabetic() || matches!(second, '/' | '!' | '?'))
}

/// What stands before the `>` that ends a tag, and what stands behind it. A `>` in quotes ends nothing.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return (&text[..index], &text[index + 1..]),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

impl<'a> Tag<'a> {
    fn parse(inside: &'a str) -> Self {
        let end = inside
            .find(|c: char| c.is_whitespace() || c == '/')
            .unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(end);
        Self { name, attributes }
    }

    /// Whether its name is this, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn is_silent(&self) -> bool {
        SILENT.iter().any(|silent| self.is(silent))
    }

    /// Whether a browser would run something because of it.
    pub(super) fn is_active(&self) -> bool {
        let runs = ["script", "iframe", "object", "embed"];
        runs.iter().any(|name| self.is(name))
            || self.attributes().any(|(name, value)| {
                let handles_events = name
                    .get(..2)
                    .is_some_and(|start| start.eq_ignore_ascii_case("on"));
                handles_events || super::plain::is_script_url(&decode(value))
            })
    }

    /// The value of an attribute, decoded.
    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
        self.attributes()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| decode(value))
    }

    /// Names and values as they are written.
    fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '=')
                .unwrap_or(rest.len());
            let (name, after_name) = rest.split_at(end);
            let Some(value) = after_name.trim_start().strip_prefix('=') else {
                rest = after_name;
                return (!name.is_empty()).then_some((name, ""));
            };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, after_value) = match quote {
                Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            rest = after_value;
            Some((name, value))
        })
    }
}

/// Longest entity that is decoded, `&` and `;` included.
const LONGEST_ENTITY: usize = 12;

/// The text with its entities decoded; those that are unknown stay as they are.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let window = &rest[..rest.floor_char_boundary(LONGEST_ENTITY)];
        let entity = window.find(';').map(|end| &rest[1..end]);
        let known = entity.and_then(|entity| Some((entity, character(entity)?)));
        if let Some((entity, character)) = known {
            decoded.push(character);
            rest = &rest[entity.len() + 2..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "colon" => ':',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let pieces = Pieces(html).filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            _ => None,
        });
        pieces.collect()
    }

    #[test]
    fn tags_and_comments_are_told_from_text() {
        assert_eq!(text("a <b>bold</b> <!-- x > y --> word"), "a bold  word");
        assert_eq!(text("1 < 2 and 3 <4 <"), "1 < 2 and 3 <4 <");
        assert_eq!(text("<a title='>'>x</a><!doctype x>y<?php z?>"), "xy");
        assert_eq!(text("never closed <a href="), "never closed ");
    }

    #[test]
    fn what_only_machines_read_is_no_text() {
        assert_eq!(text("a<script>alert('<b>')</SCRIPT>b"), "ab");
        assert_eq!(text("a<style>b{}"), "a");
    }

    #[test]
    fn attributes_are_found_however_they_are_quoted() {
        let tag = Tag::parse("a href='x&amp;y' target=_blank download title = \"t\"");
        assert_eq!(tag.attribute("HREF").as_deref(), Some("x&y"));
        assert_eq!(tag.attribute("target").as_deref(), Some("_blank"));
        assert_eq!(tag.attribute("download").as_deref(), Some(""));
        assert_eq!(tag.attribute("title").as_deref(), Some("t"));
        assert_eq!(tag.attribute("rel"), None);
    }

    #[test]
    fn what_a_browser_would_run_is_noticed() {
        for active in [
            "script",
            "img src=x onerror=alert(1)",
            "img/ONLOAD=x",
            "a href=' java&#115;cript:x'",
            "a href=\"java\nscript:x\"",
        ] {
            assert!(Tag::parse(active).is_active(), "{active}");
        }
        assert!(!Tag::parse("a href='https://example.org/on=1'").is_active());
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(decode("&lt;b&gt; &amp;amp; &#65;&#x42;"), "<b> &amp; AB");
        assert_eq!(
            decode("&copy; OSM & friends &unknown; &"),
            "© OSM & friends &unknown; &"
        );
        assert_eq!(decode("&é&#xd800;"), "&é&#xd800;");
    }
}
