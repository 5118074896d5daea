//! Paths of the machine that made a tileset. They say who made it and how that machine is set up, so they are withheld.

use super::cut;
use crate::limits;

/// What stands where a path was.
const WITHHELD: char = '…';

/// What stands between words.
fn is_delimiter(character: char) -> bool {
    character.is_whitespace() || "\"'`<>()[]{}|,;=".contains(character)
}

/// Folders that no web address and no prose has.
const FOLDERS: [&str; 9] = [
    "/home/",
    "/users/",
    "/tmp/",
    "/root/",
    "/var/",
    "/mnt/",
    "/private/",
    "/opt/",
    "/srv/",
];

/// Whether a text names such a path.
pub(crate) fn has_paths(text: &str) -> bool {
    cut(text, limits::READ).split(is_delimiter).any(is_path)
}

/// The text without the paths in it.
pub(super) fn withhold(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_delimiter).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if is_path(word) {
            kept.push(WITHHELD);
        } else {
            kept.push_str(word);
        }
        let next = after
            .find(|character| !is_delimiter(character))
            .unwrap_or(after.len());
        kept.push_str(&after[..next]);
        rest = &after[next..];
    }
    kept
}

/// Whether a word is such a path: absolute, a file's URL, relative to a folder, or within a well-known one.
fn is_path(word: &str) -> bool {
    let lower = word.to_ascii_lowercase().replace('\\', "/");
    if lower.starts_with("file:") {
        return true;
    }
    if let Some((scheme, _)) = lower.split_once("://")
        && !scheme.contains('/')
    {
        return false;
    }
    // An address without its scheme, `//example.org/a`, looks like a network share but for the direction of its slashes.
    let is_address = word.starts_with("//");
    let is_absolute = lower.starts_with('/') && (lower[1..].contains('/') || has_extension(&lower));
    let is_relative = ["~/", "./", "../"]
        .iter()
        .any(|start| lower.starts_with(start));
    let is_on_a_drive =
        lower.starts_with(|c: char| c.is_ascii_alphabetic()) && lower[1..].starts_with(":/");
    (is_absolute && !is_address)
        || is_relative
        || is_on_a_drive
        || is_relative_file(&lower)
        || FOLDERS.iter().any(|folder| lower.contains(folder))
}

/// Such as `out/countries.mbtiles`, but not `example.org/about.html`, which lacks nothing but its scheme.
fn is_relative_file(lower: &str) -> bool {
    let Some((first, _)) = lower.split_once('/') else {
        return false;
    };
    !first.contains('.') && has_extension(lower)
}

fn has_extension(lower: &str) -> bool {
    let file = lower.rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=8).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && extension.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_of_every_system_are_withheld() {
        for path in [
            "/tmp/research/tiles/gen/img.tif",
            "/home/joe/out",
            "/img.tif",
            "C:\\Users\\joe\\x.tif",
            "d:/data/x.tif",
            "\\\\server\\share\\x",
            "file:///etc/hosts",
            "FILE:/etc/hosts",
            "~/tiles/a",
            "../fixtures/a.mbtiles",
            "./a",
            "out/countries.mbtiles",
            "s3/home/joe/x",
        ] {
            assert!(has_paths(path), "{path}");
            assert_eq!(withhold(path), "…", "{path}");
            assert_eq!(
                withhold(&format!("made from ({path}), twice")),
                "made from (…), twice"
            );
            assert_eq!(withhold(&format!("--output={path}")), "--output=…");
        }
    }

    #[test]
    fn prose_and_addresses_stay() {
        for prose in [
            "roads and/or paths, 24/12/2024, km/h",
            "© IGN/INSEE/CNES",
            "https://example.org/home/tiles/a.html",
            "see example.org/about.html",
            "//example.org/about",
            "profile:x",
            "EPSG:3857, 1:25000",
            "img.tif",
            "a / b",
        ] {
            assert!(!has_paths(prose), "{prose}");
            assert_eq!(withhold(prose), prose);
        }
    }

    proptest! {
        #[test]
        fn no_path_survives_between_other_words(
            before in "[a-z <>\"'(),=]{0,12}",
            path in "(/home/|C:\\\\|~/|file:///|\\.\\./|/mnt/d/)secret[a-z/]{0,9}",
            after in "[ \"'(),=][a-z ]{0,9}",
        ) {
            let separated = format!("{before} {path}{after}");
            prop_assert!(!withhold(&separated).contains("secret"), "{separated}");
        }
    }
}
