//! A "no" of the server: its problem (RFC 9457), and how it is told to people.

use std::fmt;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::client::words::printable;

/// A finding as it came over the wire. A severity that this version does not know is told as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FindingText {
    pub(crate) code: String,
    pub(crate) severity: String,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
}

impl fmt::Display for FindingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = format!("{} {}: {}", self.severity, self.code, self.message);
        f.write_str(&printable(&line))?;
        match &self.fix {
            Some(fix) => write!(f, "\n    fix: {}", printable(fix)),
            None => Ok(()),
        }
    }
}

/// A "no" of the server.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable code; empty if what answered is no registry.
    pub(crate) code: String,
    /// What happened, in the server's words.
    detail: String,
    /// All that a format found.
    findings: Vec<FindingText>,
    /// The identifier of the request in the server's log.
    request_id: Option<String>,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// What the user can do about it, where the client knows more than the server.
    hint: Option<String>,
    /// The problem as it came.
    pub(crate) body: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Problem {
    code: String,
    detail: String,
    findings: Vec<FindingText>,
    request_id: Option<String>,
}

impl Refusal {
    /// Reads an answer. A body that is no problem, as a proxy writes it, leaves the status alone to speak.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut refusal = Self::of_problem(status.as_u16(), body);
        refusal.retry_after = seconds_to_wait(headers);
        refusal
    }

    /// The same for a problem that came within another answer.
    pub(crate) fn of_problem(status: u16, body: Value) -> Self {
        let problem: Problem = serde_json::from_value(body.clone()).unwrap_or_default();
        Self {
            status,
            code: problem.code,
            detail: problem.detail,
            findings: problem.findings,
            request_id: problem.request_id,
            retry_after: None,
            hint: None,
            body,
        }
    }

    /// Adds what the user can do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the same request may go through a little later. A format that its operator disabled stays disabled.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 429 | 502..=504) && self.code != "format_disabled"
    }
}

/// `Retry-After` in seconds. Its other form, a date, is written by no registry and ignored.
fn seconds_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = StatusCode::from_u16(self.status);
        let title = status
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("unknown status");
        if self.code.is_empty() {
            let status = self.status;
            write!(
                f,
                "the answer is {status} {title}, and not in the words of a registry: is the URL of the server right?"
            )?;
        } else {
            let detail = printable(&self.detail);
            let code = printable(&self.code);
            write!(f, "the registry says no: {detail} ({} {code})", self.status)?;
        }
        for finding in &self.findings {
            write!(f, "\n  {finding}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  {hint}")?;
        }
        if let (500.., Some(id)) = (self.status, &self.request_id) {
            write!(
                f,
                "\n  the server's log knows it as request {}",
                printable(id)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, headers: &[(&'static str, &str)], body: &str) -> Refusal {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Refusal::read(StatusCode::from_u16(status).unwrap(), &map, body.as_bytes())
    }

    #[test]
    fn all_findings_are_told_with_their_fixes() {
        let problem = json!({
            "status": 422, "code": "refused", "detail": "the format npm refuses the upload",
            "findings": [
                {"code": "NPM1", "severity": "error", "message": "no version", "fix": "add one"},
                {"code": "NPM2", "severity": "catastrophe", "message": "no \u{1b}[31mname"},
            ],
        });
        assert_eq!(
            read(422, &[], &problem.to_string()).to_string(),
            "the registry says no: the format npm refuses the upload (422 refused)\n  \
             error NPM1: no version\n    fix: add one\n  \
             catastrophe NPM2: no  [31mname"
        );
    }

    #[test]
    fn an_answer_that_is_no_problem_is_told_by_its_status() {
        let proxy = read(502, &[], "<html>Bad Gateway</html>");
        let text = proxy.to_string();
        assert!(text.starts_with("the answer is 502 Bad Gateway"), "{text}");
        assert!(proxy.is_passing());
        let odd = read(404, &[], r#"{"code": 7}"#);
        assert_eq!(odd.code, "");
    }

    #[test]
    fn only_what_may_pass_is_worth_another_attempt() {
        let disabled = r#"{"code": "format_disabled", "detail": "the format npm is disabled"}"#;
        assert!(!read(503, &[], disabled).is_passing());
        let busy = read(503, &[("retry-after", "7")], r#"{"code": "unavailable"}"#);
        assert!(busy.is_passing());
        assert_eq!(busy.retry_after, Some(Duration::from_secs(7)));
        for lasting in [400, 401, 403, 404, 409, 413, 422, 500, 507] {
            assert!(!read(lasting, &[], "{}").is_passing(), "{lasting}");
        }
    }
}
