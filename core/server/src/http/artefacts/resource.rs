//! What a path below `/api/v1/artefacts` means.

use std::borrow::Cow;

use cellier_model::FormatId;
use cellier_model::ports::Formats;
use cellier_model::read::ArtefactAddress;
use percent_encoding::percent_decode_str;

/// What a path below `/api/v1/artefacts` means.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// The artefact.
    pub(super) artefact: ArtefactAddress,
    /// What of it.
    pub(super) part: Part,
}

/// What of an artefact a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The artefact itself, with the selector that stood behind its name.
    Whole { selector: Option<String> },
    /// The bytes of the version that it shows, or that the selector behind its name means.
    Download { selector: Option<String> },
    /// Its versions.
    Versions,
    /// A version.
    Version(String),
    /// The bytes of a version.
    VersionDownload(String),
    /// The yanking of a version.
    Yank(String),
    /// The restoring of a version.
    Restore(String),
    /// Its tags.
    Tags,
    /// A tag.
    Tag(String),
    /// Its owners.
    Owners,
}

/// Reads a path. Segments are split first and percent-decoded once after that, so `%2F` stays within its segment.
///
/// The first segment is a format if there is a format of that id; else it is a name, and the artefact is the oldest of
/// that name. `versions` is no name, so `/artefacts/npm/versions` means the versions of an artefact called `npm`.
pub(super) fn parse(path: &str, formats: &dyn Formats) -> Option<Resource> {
    let segments: Vec<Cow<'_, str>> = path.split('/').map(decode).collect::<Option<_>>()?;
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        [format, name, rest @ ..] if formats.get(format).is_some() && *name != "versions" => {
            let (name, selector) = split_selector(name);
            let artefact = ArtefactAddress::Exact {
                format: FormatId::new(*format),
                name: name.to_owned(),
            };
            Some(Resource {
                artefact,
                part: part(rest, selector)?,
            })
        }
        [name, rest @ ..] => {
            let (name, selector) = split_selector(name);
            let artefact = ArtefactAddress::Short {
                name: name.to_owned(),
            };
            Some(Resource {
                artefact,
                part: part(rest, selector)?,
            })
        }
        [] => None,
    }
}

/// Percent-decodes a segment. What is not UTF-8, empty or has control characters names nothing.
pub(super) fn decode(segment: &str) -> Option<Cow<'_, str>> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    let names_something = !decoded.is_empty() && !decoded.contains(char::is_control);
    names_something.then_some(decoded)
}

fn part(rest: &[&str], selector: Option<&str>) -> Option<Part> {
    let of = |text: &str| text.to_owned();
    match (rest, selector) {
        ([], selector) => Some(Part::Whole {
            selector: selector.map(of),
        }),
        (["download" | "tarball"], selector) => Some(Part::Download {
            selector: selector.map(of),
        }),
        (["versions"], None) => Some(Part::Versions),
        (["versions", version], None) => Some(Part::Version(of(version))),
        (["versions", version, "download" | "tarball"], None) => {
            Some(Part::VersionDownload(of(version)))
        }
        (["versions", version, "yank"], None) => Some(Part::Yank(of(version))),
        (["versions", version, "restore"], None) => Some(Part::Restore(of(version))),
        (["tags"], None) => Some(Part::Tags),
        (["tags", tag], None) => Some(Part::Tag(of(tag))),
        (["owners"], None) => Some(Part::Owners),
        _ => None,
    }
}

/// Splits `name@selector` at the last `@` that is not the first character.
fn split_selector(text: &str) -> (&str, Option<&str>) {
    match text.rfind('@') {
        Some(at) if at > 0 => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::FormatSet;

    fn read(path: &str) -> Option<(String, Part)> {
        let formats = FormatSet::with_defaults();
        let resource = parse(path, &formats)?;
        let artefact = match resource.artefact {
            ArtefactAddress::Exact { format, name } => format!("{format}:{name}"),
            ArtefactAddress::Short { name } => name,
        };
        Some((artefact, resource.part))
    }

    #[test]
    fn the_first_segment_is_a_format_if_there_is_one() {
        let whole = |selector: Option<&str>| Part::Whole {
            selector: selector.map(str::to_owned),
        };
        assert_eq!(
            read("npm/@acme%2Fwidget"),
            Some(("npm:@acme/widget".into(), whole(None)))
        );
        assert_eq!(
            read("@acme%2fwidget%401"),
            Some(("@acme/widget".into(), whole(Some("1"))))
        );
        assert_eq!(
            read("@acme%2Fwidget"),
            Some(("@acme/widget".into(), whole(None)))
        );
        assert_eq!(read("file/npm"), Some(("file:npm".into(), whole(None))));
        assert_eq!(read("npm"), Some(("npm".into(), whole(None))));
        assert_eq!(read("npm/versions"), Some(("npm".into(), Part::Versions)));
        assert_eq!(
            read("npm/npm/versions"),
            Some(("npm:npm".into(), Part::Versions))
        );
        assert_eq!(
            read("file/versions/1"),
            Some(("file".into(), Part::Version("1".into())))
        );
        let download = Part::VersionDownload("^1.2".into());
        assert_eq!(
            read("left-pad/versions/%5E1.2/tarball"),
            Some(("left-pad".into(), download))
        );
        assert_eq!(
            read("file/download/download"),
            Some(("file:download".into(), Part::Download { selector: None }))
        );
    }

    #[test]
    fn a_path_is_decoded_once_and_nonsense_names_nothing() {
        assert_eq!(
            read("file/a%252Fb"),
            Some(("file:a%2Fb".into(), Part::Whole { selector: None }))
        );
        for nothing in [
            "",
            "file/",
            "/file",
            "file//x",
            "file/%00",
            "file/%ff",
            "file/a/b",
            "a/versions/1/x",
            "a/versions/1/download/x",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
