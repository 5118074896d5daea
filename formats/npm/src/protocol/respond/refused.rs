//! What was refused, and why.

use cellier_sdk::{Finding, Refusal, Response, Severity};
use serde_json::{Value, json};

use crate::protocol::route::Route;
use crate::text;

/// Most findings that the one sentence tells. All of them are in the answer.
const MOST_TOLD: usize = 5;

/// What tools that publish look for, to tell what is published already from what goes wrong.
const PUBLISHED_BEFORE: &str = "You cannot publish over the previously published versions";

/// Words a refusal of the core, or of this format.
pub(super) fn word(route: Option<&Route<'_>>, refusal: &Refusal) -> Response {
    let status = status(route, refusal);
    let body = json!({
        "error": sentence(route, refusal),
        "reason": refusal.code,
        "code": code(refusal),
        "findings": refusal.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    let response = Response::json(status, &body);
    if status == 401 && signs_in(route) {
        // Asked for a token, npm would tell somebody with a wrong password to sign in once more.
        return response.header("www-authenticate", "Basic realm=\"npm\"");
    }
    response
}

/// The status that says the same to npm's clients.
fn status(route: Option<&Route<'_>>, refusal: &Refusal) -> u16 {
    match (refusal.status, route) {
        // npm's registry forbids what others call a conflict, and clients ask again after a 409.
        (409, Some(Route::Packument(_))) if is_published_before(refusal) => 403,
        // The one status of these after which npm asks for the password itself.
        (500..=599, Some(Route::WebLogin)) => 500,
        (status, _) => status,
    }
}

fn is_published_before(refusal: &Refusal) -> bool {
    refusal.code == "version_exists"
}

fn code(refusal: &Refusal) -> Option<&'static str> {
    match refusal.status {
        409 if is_published_before(refusal) => Some("EPUBLISHCONFLICT"),
        _ => None,
    }
}

fn signs_in(route: Option<&Route<'_>>) -> bool {
    matches!(route, Some(Route::User(_) | Route::UserAt(..)))
}

/// All that there is to say, in one line.
fn sentence(route: Option<&Route<'_>>, refusal: &Refusal) -> String {
    let mut sentence = text::visible(&refusal.detail);
    if is_published_before(refusal) {
        let version = refusal.version.as_deref().map(text::visible);
        let version = version.map_or(String::new(), |version| format!(": {version}"));
        sentence = format!("{PUBLISHED_BEFORE}{version}. {sentence}");
    } else if refusal.code == "outdated" {
        sentence.push_str("; the package has changed meanwhile, run the command again");
    } else if refusal.status == 401 && !signs_in(route) {
        sentence.push_str("; run `npm login`, or set a token in .npmrc");
    }
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors: Vec<_> = refusal.findings.iter().filter(is_error).collect();
    if !errors.is_empty() {
        sentence.clear();
    }
    for error in errors.iter().take(MOST_TOLD) {
        if !sentence.is_empty() {
            sentence.push_str("; ");
        }
        sentence.push_str(&in_words(error));
    }
    if errors.len() > MOST_TOLD {
        sentence.push_str("; and more");
    }
    if sentence.is_empty() {
        sentence = format!("refused: {}", text::visible(&refusal.code));
    }
    sentence
}

fn in_words(finding: &Finding) -> String {
    let mut words = format!("{}: {}", finding.code, text::visible(&finding.message));
    if let Some(fix) = &finding.fix {
        words = format!("{words} ({})", text::visible(fix));
    }
    words
}

fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "fix": finding.fix,
    })
}
