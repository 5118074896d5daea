//! What the metadata says in words: name, description, attribution and their like.

use crate::codes::mbtiles::{LOCAL_PATHS, MARKUP};
use crate::findings::Findings;
use crate::limits;
use crate::text::{attribution, has_markup, has_paths, is_active, plain, quote, word};

/// What the metadata says in words, safe to show.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// The name, unless it is a path.
    pub(crate) name: Option<String>,
    /// The description.
    pub(crate) description: Option<String>,
    /// Whom to credit, as HTML of text and links.
    pub(crate) attribution: Option<String>,
    /// The publisher's own version of the tiles.
    pub(crate) version: Option<String>,
    /// `overlay` or `baselayer`.
    pub(crate) role: Option<&'static str>,
    /// The program that made the tileset, name and version.
    pub(crate) generator: Option<String>,
    /// How elevations are put into colours.
    pub(crate) encoding: Option<&'static str>,
}

/// Rows that some programs show as HTML, and that this registry never shows.
const SHOWN_AS_HTML: [&str; 4] = ["attribution", "legend", "template", "formatter"];

/// Rows whose slashes are no paths: layers and their values, markup and images within it.
const NOT_SEARCHED: [&str; 4] = ["json", "legend", "template", "formatter"];

impl About {
    /// Takes what is known from the metadata's entries, and says what is withheld.
    pub(crate) fn read(entries: &[(&str, &str)], findings: &mut Findings) -> Self {
        report_markup(entries, findings);
        report_paths(entries, findings);
        let get = |wanted: &str| {
            let found = entries.iter().find(|(name, _)| *name == wanted);
            found
                .map(|(_, value)| *value)
                .filter(|value| !value.trim().is_empty())
        };
        let text = |key| {
            get(key)
                .map(|text| plain(text, limits::TEXT))
                .filter(|text| !is_withheld(text))
        };
        Self {
            name: get("name")
                .filter(|name| !has_paths(name))
                .map(|name| plain(name, limits::TEXT))
                .filter(|name| !is_withheld(name)),
            description: text("description"),
            attribution: get("attribution")
                .map(attribution)
                .filter(|html| !is_withheld(html)),
            version: get("version").map(word).filter(|text| !is_withheld(text)),
            role: get("type").and_then(|role| {
                ["overlay", "baselayer"]
                    .into_iter()
                    .find(|known| role.trim().eq_ignore_ascii_case(known))
            }),
            generator: get("generator").and_then(generator).or_else(|| {
                let version = get("planetiler:version")?;
                generator(&format!("planetiler {version}"))
            }),
            encoding: get("encoding").and_then(|encoding| {
                ["terrarium", "mapbox"]
                    .into_iter()
                    .find(|known| encoding.trim().eq_ignore_ascii_case(known))
            }),
        }
    }
}

/// Whether nothing worth showing is left of a text.
fn is_withheld(text: &str) -> bool {
    text.chars()
        .all(|character| character == '…' || character.is_whitespace())
}

/// Name and version of a program. Whatever else stands there, such as its command line, is dropped.
fn generator(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let name = words.next().filter(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() <= 64
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-+@".contains(c))
    })?;
    let version = words.next().filter(|version| {
        version
            .trim_start_matches('v')
            .starts_with(|c: char| c.is_ascii_digit())
            && version.len() <= 64
            && version
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-+_".contains(c))
    });
    Some(version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}")))
}

fn report_markup(entries: &[(&str, &str)], findings: &mut Findings) {
    for &(name, value) in entries {
        let what = match name {
            "name" | "description" if has_markup(value) => "holds HTML",
            _ if SHOWN_AS_HTML.contains(&name) && is_active(value) => "holds a script",
            "formatter" if !value.trim().is_empty() => "is a script",
            _ => continue,
        };
        let message = format!("metadata {} {what}, which is not shown", quote(name));
        findings.report(&MARKUP, message);
    }
}

fn report_paths(entries: &[(&str, &str)], findings: &mut Findings) {
    let naming: Vec<_> = entries
        .iter()
        .filter(|(name, value)| !NOT_SEARCHED.contains(name) && has_paths(value))
        .map(|(name, _)| quote(name))
        .take(8)
        .collect();
    if !naming.is_empty() {
        let message = format!(
            "the metadata names paths of the machine that made it: {}",
            naming.join(", ")
        );
        findings.report(&LOCAL_PATHS, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(entries: &[(&str, &str)]) -> (About, Vec<String>) {
        let mut findings = Findings::new(false);
        let about = About::read(entries, &mut findings);
        let inspection = findings.conclude(cellier_sdk::Inspection::new()).unwrap();
        let codes = inspection.findings.into_iter().map(|finding| finding.code);
        (about, codes.collect())
    }

    #[test]
    fn plain_texts_are_kept() {
        let (about, codes) = about(&[
            ("name", "Countries"),
            ("description", "All of them & more"),
            ("attribution", "<a href=\"https://example.org\">© us</a>"),
            ("version", "2"),
            ("type", "Overlay"),
            ("generator", "tippecanoe v2.72.0"),
            ("encoding", "terrarium"),
        ]);
        assert_eq!(about.name.as_deref(), Some("Countries"));
        assert_eq!(about.description.as_deref(), Some("All of them & more"));
        assert_eq!(
            about.attribution.as_deref(),
            Some("<a href=\"https://example.org\">© us</a>")
        );
        assert_eq!(about.version.as_deref(), Some("2"));
        assert_eq!(about.role, Some("overlay"));
        assert_eq!(about.generator.as_deref(), Some("tippecanoe v2.72.0"));
        assert_eq!(about.encoding, Some("terrarium"));
        assert_eq!(codes, Vec::<String>::new());
    }

    #[test]
    fn paths_and_command_lines_stay_here() {
        let (about, codes) = about(&[
            ("name", "../out/countries.mbtiles"),
            ("description", "/tmp/img.tif"),
            ("generator", "tippecanoe -o /home/joe/x.mbtiles"),
            ("generator_options", "tippecanoe -o /home/joe/x.mbtiles"),
        ]);
        assert_eq!(about.name, None);
        assert_eq!(about.description, None);
        assert_eq!(about.generator.as_deref(), Some("tippecanoe"));
        assert_eq!(codes, [LOCAL_PATHS.id]);
    }

    #[test]
    fn html_and_scripts_stay_here() {
        let (about, codes) = about(&[
            ("description", "<img src=x onerror=alert(1)>"),
            ("attribution", "<a href='javascript:x'>us</a>"),
            ("formatter", "function (o) {}"),
            ("legend", "<div>fine</div>"),
        ]);
        assert_eq!(about.description, None);
        assert_eq!(about.attribution.as_deref(), Some("us"));
        assert_eq!(codes, [MARKUP.id; 3]);
    }

    #[test]
    fn a_generator_is_a_name_and_a_version() {
        assert_eq!(
            generator("planetiler 0.8.2").as_deref(),
            Some("planetiler 0.8.2")
        );
        assert_eq!(generator("tilemaker").as_deref(), Some("tilemaker"));
        assert_eq!(
            generator("tilemaker --input x").as_deref(),
            Some("tilemaker")
        );
        assert_eq!(generator("/usr/bin/x"), None);
        assert_eq!(generator("<script>"), None);
        assert_eq!(generator(""), None);
    }
}
