//! The licence, in the forms that a manifest may name it.

use serde_json::{Map, Value};
use spdx::{Expression, ParseMode};

use crate::findings::Findings;
use crate::{codes, text};

/// Most bytes that are looked at as an SPDX expression.
const LONGEST: usize = 1000;

/// npm itself asks for SPDX, and has always taken identifiers that were deprecated since.
const MODE: ParseMode = ParseMode {
    allow_deprecated: true,
    ..ParseMode::STRICT
};

/// The licence as the manifest names it: `license`, its British spelling, or one of the two forms of long ago.
pub(super) fn read(manifest: &Map<String, Value>, findings: &mut Findings) -> Option<String> {
    let named = manifest.get("license").or_else(|| manifest.get("licence"));
    let license = match named {
        Some(license) => identifier(license),
        None => manifest.get("licenses").and_then(any_of),
    };
    let is_blank = |license: &String| text::visible(license).trim().is_empty();
    let Some(license) = license.filter(|license| !is_blank(license)) else {
        findings.push(codes::LICENSE_MISSING.warning("package.json names no licence"));
        return None;
    };
    if !is_known(&license) {
        let message = format!(
            "the licence {} of package.json is not an SPDX expression",
            text::quote(&license)
        );
        findings.push(codes::LICENSE_UNKNOWN.warning(message));
    }
    Some(text::cut(&text::visible(&license), LONGEST).to_owned())
}

/// `"MIT"`, or the old `{ "type": "MIT", "url": … }`.
fn identifier(license: &Value) -> Option<String> {
    let text = license.as_str().or_else(|| license.get("type")?.as_str())?;
    Some(text.to_owned())
}

/// The old list of licences to choose from.
fn any_of(licenses: &Value) -> Option<String> {
    let all: Vec<_> = licenses.as_array()?.iter().filter_map(identifier).collect();
    match all.as_slice() {
        [one] => Some(one.clone()),
        several => Some(several.join(" OR ")),
    }
}

/// Whether this is an SPDX expression or one of the two phrases that npm has for everything else.
fn is_known(license: &str) -> bool {
    let refers_to_file = license
        .strip_prefix("SEE LICENSE IN ")
        .is_some_and(|file| !file.trim().is_empty());
    license == "UNLICENSED"
        || refers_to_file
        || license.len() <= LONGEST && Expression::parse_mode(license, MODE).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_of(manifest: &Value) -> (Option<String>, Vec<String>) {
        let mut findings = Findings::default();
        let license = read(manifest.as_object().unwrap(), &mut findings);
        let inspection = findings.conclude(cellier_sdk::Inspection::new()).unwrap();
        let codes = inspection.findings.into_iter().map(|found| found.code);
        (license, codes.collect())
    }

    #[test]
    fn expressions_and_the_phrases_of_npm_pass_without_a_word() {
        for good in [
            "MIT",
            "ISC",
            "(MIT OR Apache-2.0)",
            "GPL-2.0",
            "GPL-3.0-or-later",
            "Apache-2.0 WITH LLVM-exception",
            "LicenseRef-ours",
            "SEE LICENSE IN LICENSE.txt",
            "UNLICENSED",
        ] {
            let expected = (Some(good.to_owned()), vec![]);
            assert_eq!(read_of(&json!({ "license": good })), expected);
            assert_eq!(read_of(&json!({ "licence": good })), expected);
        }
    }

    #[test]
    fn anything_else_is_kept_with_a_warning() {
        for odd in [
            "Ours, see website",
            "mit or so",
            "Apache 2",
            "SEE LICENSE IN ",
        ] {
            let (license, codes) = read_of(&json!({ "license": odd }));
            assert_eq!(license.as_deref(), Some(odd));
            assert_eq!(codes, [codes::LICENSE_UNKNOWN.id]);
        }
    }

    #[test]
    fn what_would_forge_a_line_of_a_log_is_left_out_of_it() {
        let (license, codes) = read_of(&json!({ "license": "MIT\r\nset-cookie: a=b\u{202e}" }));
        assert_eq!(license.as_deref(), Some("MITset-cookie: a=b"));
        assert_eq!(codes, [codes::LICENSE_UNKNOWN.id]);
    }

    #[test]
    fn the_forms_of_long_ago_are_understood() {
        let old = json!({ "license": { "type": "MIT", "url": "https://example.org" } });
        assert_eq!(read_of(&old).0.as_deref(), Some("MIT"));
        let older = json!({ "licenses": [{ "type": "MIT" }, { "type": "ISC" }] });
        assert_eq!(read_of(&older), (Some("MIT OR ISC".to_owned()), vec![]));
    }

    #[test]
    fn no_licence_at_all_is_said() {
        for none in [
            json!({}),
            json!({ "license": "" }),
            json!({ "license": null }),
            json!({ "license": " \r\n\0" }),
            json!({ "licenses": [] }),
        ] {
            assert_eq!(
                read_of(&none),
                (None, vec![codes::LICENSE_MISSING.id.to_owned()])
            );
        }
    }
}
