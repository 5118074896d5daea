//! Attributions: the one text of a tileset's metadata that is HTML by specification.

use super::html::{Piece, Pieces, Tag, decode};
use super::plain::{visible, without_scripts};
use super::{cut, paths};
use crate::limits;

/// The attribution as HTML of nothing but text and links to the web.
pub(crate) fn attribution(html: &str) -> String {
    let mut writer = Writer::default();
    for piece in Pieces(cut(html, limits::READ)) {
        match piece {
            Piece::Text(text) => writer.text(text),
            Piece::Open(tag) if tag.is("a") => writer.open(&tag),
            Piece::Close(name) if name.eq_ignore_ascii_case("a") => writer.close(),
            Piece::Open(_) | Piece::Close(_) | Piece::Hidden => writer.space = true,
        }
    }
    writer.close();
    // Texts move together where a tag between them is dropped. No address of a link holds what is searched for here.
    without_scripts(&writer.html)
}

/// Writes text and links. Closes what it opened, and stops before the text gets too long.
#[derive(Default)]
struct Writer {
    html: String,
    length: usize,
    link_is_open: bool,
    /// Whether white space is due before the next text.
    space: bool,
}

impl Writer {
    fn text(&mut self, raw: &str) {
        let decoded = decode(raw);
        let starts_with_space = decoded.starts_with(char::is_whitespace);
        let ends_with_space = decoded.ends_with(char::is_whitespace);
        let text = paths::withhold(&without_scripts(&visible(&decoded)));
        if text.is_empty() {
            self.space |= starts_with_space;
            return;
        }
        if (self.space || starts_with_space) && !self.html.is_empty() {
            self.html.push(' ');
        }
        let text = cut(&text, limits::TEXT.saturating_sub(self.length));
        self.length += text.chars().count();
        self.html.push_str(&escape(text));
        self.space = ends_with_space;
    }

    fn open(&mut self, tag: &Tag<'_>) {
        self.close();
        let address = tag.attribute("href").and_then(|href| web_address(&href));
        if let Some(address) = address
            && self.length < limits::TEXT
        {
            if self.space && !self.html.is_empty() {
                self.html.push(' ');
            }
            self.space = false;
            self.length += address.len();
            self.html.push_str("<a href=\"");
            self.html.push_str(&escape(&address));
            self.html.push_str("\">");
            self.link_is_open = true;
        }
    }

    fn close(&mut self) {
        if self.link_is_open {
            self.html.push_str("</a>");
            self.link_is_open = false;
        }
    }
}

/// Longest address that is kept.
const LONGEST_ADDRESS: usize = 500;

/// The address if it leads to the web. Without a scheme it is taken for https, with another it is dropped.
fn web_address(href: &str) -> Option<String> {
    let href = href.trim();
    let href = if href.starts_with("//") {
        format!("https:{href}")
    } else {
        href.to_owned()
    };
    let is_of_the_web = ["https://", "http://"].iter().any(|scheme| {
        href.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_plain = href
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && !"\"'<>`\\".contains(c));
    let holds_script = without_scripts(&href) != href;
    (is_of_the_web && is_plain && !holds_script && href.len() <= LONGEST_ADDRESS).then_some(href)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plain::tests::dangerous;
    use super::*;

    #[test]
    fn links_to_the_web_stay() {
        assert_eq!(
            attribution(
                "&copy; <a href='https://www.openstreetmap.org/copyright' target=\"_blank\">OSM</a> contributors"
            ),
            "© <a href=\"https://www.openstreetmap.org/copyright\">OSM</a> contributors"
        );
        assert_eq!(
            attribution("<a href=\"//example.org?a=1&amp;b=2\">x</a>"),
            "<a href=\"https://example.org?a=1&amp;b=2\">x</a>"
        );
    }

    #[test]
    fn everything_else_goes() {
        assert_eq!(attribution("<a href='javascript:alert(1)'>x</a>"), "x");
        assert_eq!(attribution("<a href=/etc/passwd>x</a>"), "x");
        assert_eq!(attribution("<p>one<br>two</p>"), "one two");
        assert_eq!(attribution("a<script>alert(1)</script>b"), "a b");
        assert_eq!(attribution("&lt;script&gt;"), "&lt;script&gt;");
        assert_eq!(attribution("java<a href=x>script:y"), "y");
        assert_eq!(attribution("from /home/joe/x.tif"), "from …");
        assert_eq!(
            attribution("<a href='https://a.example'>never closed <a href='https://b.example'>b"),
            "<a href=\"https://a.example\">never closed</a> <a href=\"https://b.example\">b</a>"
        );
    }

    proptest! {
        #[test]
        fn only_links_come_out(text in dangerous(), url in "[a-z:/\"'<> ]{0,12}") {
            let html = attribution(&format!("{text}<a href=\"https://{url}\">{text}</a>"));
            let lower = html.to_lowercase();
            prop_assert!(!lower.contains("<script") && !lower.contains("javascript:"), "{html}");
            for piece in Pieces(&html) {
                match piece {
                    Piece::Open(tag) => {
                        prop_assert!(tag.is("a") && !tag.is_active(), "{html}");
                        let href = tag.attribute("href").unwrap_or_default();
                        prop_assert!(href.starts_with("https://"), "{html}");
                    }
                    Piece::Close(name) => prop_assert_eq!(name, "a"),
                    Piece::Text(_) => {}
                    Piece::Hidden => prop_assert!(false, "{}", html),
                }
            }
        }
    }
}
