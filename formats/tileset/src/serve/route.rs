//! From a path to what it asks for.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is not escaped in a segment of a path (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a path asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// All tilesets.
    List,
    /// What describes a tileset.
    TileJson(Address<'a>),
    /// A style that shows it.
    Style(Address<'a>),
    /// The sizes of its tiles.
    Stats(Address<'a>),
    /// The file itself, with the extension that was written.
    Archive(Address<'a>, Option<&'a str>),
    /// A tile.
    Tile(Address<'a>, Asked<'a>),
}

/// A tileset, and which version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// The name of the artefact.
    pub(super) name: &'a str,
    /// What follows the `@`, if there is one.
    pub(super) selector: Option<&'a str>,
}

/// A tile as it is asked for, in the grid or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) zoom: u32,
    pub(super) x: u32,
    pub(super) y: u32,
    /// What follows the dot behind `y`, if there is one.
    pub(super) extension: Option<&'a str>,
}

impl<'a> Route<'a> {
    /// Reads the segments of a path; none if nothing is ever there.
    ///
    /// Names may have dots, so nothing is ever cut off from one: `/tiles/a.json` is the tileset `a.json`.
    pub(super) fn of(segments: &[&'a str]) -> Option<Self> {
        Some(match *segments {
            [] | [""] => Self::List,
            [tileset] => Self::TileJson(Address::of(tileset)?),
            [tileset, "style.json"] => Self::Style(Address::of(tileset)?),
            [tileset, "stats"] => Self::Stats(Address::of(tileset)?),
            [tileset, file] => {
                let (archive, extension) = split_extension(file);
                (archive == "archive").then_some(())?;
                Self::Archive(Address::of(tileset)?, extension)
            }
            [tileset, zoom, x, y] => {
                let (y, extension) = split_extension(y);
                let asked = Asked {
                    zoom: number(zoom)?,
                    x: number(x)?,
                    y: number(y)?,
                    extension,
                };
                Self::Tile(Address::of(tileset)?, asked)
            }
            _ => return None,
        })
    }
}

impl<'a> Address<'a> {
    fn of(segment: &'a str) -> Option<Self> {
        let (name, selector) = match segment.split_once('@') {
            Some((name, selector)) => (name, Some(selector)),
            None => (segment, None),
        };
        let is_said = !name.is_empty() && selector != Some("");
        is_said.then_some(Self { name, selector })
    }

    /// The selector that holds where none is written.
    pub(super) fn selector(&self) -> &'a str {
        self.selector.unwrap_or("latest")
    }
}

/// As a segment of a path.
impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        utf8_percent_encode(self.name, ESCAPED).fmt(f)?;
        match self.selector {
            Some(selector) => write!(f, "@{}", utf8_percent_encode(selector, ESCAPED)),
            None => Ok(()),
        }
    }
}

fn split_extension(text: &str) -> (&str, Option<&str>) {
    match text.split_once('.') {
        Some((start, extension)) => (start, Some(extension)),
        None => (text, None),
    }
}

/// A number in the one way it is written, so that each tile has one URL: no sign, and no zero before it.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_only = text == "0" || !text.starts_with('0');
    (is_plain && is_only).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(path: &str) -> Option<Route<'_>> {
        Route::of(&path.split('/').collect::<Vec<_>>())
    }

    const LATEST: Address<'static> = Address {
        name: "a.b-c.json",
        selector: None,
    };

    #[test]
    fn each_path_means_one_thing() {
        let pinned = Address {
            selector: Some("3"),
            ..LATEST
        };
        let asked = Asked {
            zoom: 7,
            x: 0,
            y: 12,
            extension: Some("png"),
        };
        assert_eq!(Route::of(&[]), Some(Route::List));
        assert_eq!(route(""), Some(Route::List));
        assert_eq!(route("a.b-c.json"), Some(Route::TileJson(LATEST)));
        assert_eq!(route("a.b-c.json@3"), Some(Route::TileJson(pinned)));
        assert_eq!(route("a.b-c.json/style.json"), Some(Route::Style(LATEST)));
        assert_eq!(route("a.b-c.json@3/stats"), Some(Route::Stats(pinned)));
        assert_eq!(
            route("a.b-c.json@3/archive"),
            Some(Route::Archive(pinned, None))
        );
        assert_eq!(
            route("a.b-c.json/archive.pmtiles"),
            Some(Route::Archive(LATEST, Some("pmtiles")))
        );
        assert_eq!(
            route("a.b-c.json/7/0/12.png"),
            Some(Route::Tile(LATEST, asked))
        );
    }

    #[test]
    fn whatever_else_is_nothing() {
        for path in [
            "@3",
            "a@",
            "a/",
            "a/b",
            "a/1/2",
            "a/1/2/3/4",
            "a/1/2/3@2x.png",
            "a/01/2/3",
            "a/1/+2/3",
            "a/1/-1/3",
            "a/1/2/4294967296",
            "a/1/2/",
            "a/1//3",
            "a/ 1/2/3",
            "a/1/2/٣",
            "a/archives",
            "/a",
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_answered(path in "[a-z0-9@./%ü-]{0,30}") {
            let _ = route(&path);
        }

        #[test]
        fn every_tile_is_found_by_its_own_path(zoom in 0..31_u32, x: u32, y: u32) {
            let path = format!("world/{zoom}/{x}/{y}");
            let asked = Asked { zoom, x, y, extension: None };
            let address = Address { name: "world", selector: None };
            prop_assert_eq!(route(&path), Some(Route::Tile(address, asked)));
        }

        #[test]
        fn an_address_is_one_segment_whatever_is_in_it(name in "[^@]{1,20}", selector in ".{1,20}") {
            let address = Address { name: &name, selector: Some(&selector) };
            let written = address.to_string();
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%@".contains(&byte);
            prop_assert!(written.bytes().all(plain));
            let read = percent_encoding::percent_decode_str(&written).decode_utf8().unwrap();
            prop_assert_eq!(Address::of(&read), Some(address));
        }
    }
}
