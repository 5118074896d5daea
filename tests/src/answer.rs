//! What the server answered.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the server answered, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        Ok(Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }

    /// The status as a number.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| {
            value.to_str().expect("a header of plain characters")
        })
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!(
                "{} is answered with what is no JSON ({error}): {}",
                self.status,
                self.text()
            ),
        }
    }

    /// The body of a problem without the identifier of its request: what is left of two that say the same is the same.
    #[track_caller]
    pub fn without_request_id(&self) -> Value {
        let mut body = self.json();
        if let Some(members) = body.as_object_mut() {
            members.remove("requestId");
        }
        body
    }

    /// Expects a status.
    #[track_caller]
    pub fn assert_status(&self, expected: u16) -> &Self {
        assert_eq!(self.status(), expected, "the body is: {}", self.text());
        self
    }

    /// Expects 200.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        self.assert_status(200)
    }

    /// Expects 201.
    #[track_caller]
    pub fn assert_created(&self) -> &Self {
        self.assert_status(201)
    }

    /// Expects 204 and no body.
    #[track_caller]
    pub fn assert_no_content(&self) -> &Self {
        self.assert_status(204);
        assert_eq!(self.text(), "");
        self
    }

    /// Expects an error of this status and code, in the form of RFC 9457 with everything that belongs to it.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) -> &Self {
        self.assert_status(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(
            problem["type"],
            format!("urn:cellier:problem:{code}"),
            "{problem}"
        );
        for member in ["title", "detail"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{problem}"
            );
        }
        assert_eq!(
            problem["requestId"],
            self.header("x-request-id"),
            "{problem}"
        );
        self
    }

    /// Expects that a server that cannot do something now says so, and why: 503, or 507 where no space is left.
    #[track_caller]
    pub fn assert_unavailable(&self) -> &Self {
        match self.status() {
            507 => self.assert_problem(507, "storage_full"),
            _ => self.assert_problem(503, "unavailable"),
        }
    }

    /// Expects that the detail of a problem says this.
    #[track_caller]
    pub fn assert_detail(&self, says: &str) -> &Self {
        let problem = self.json();
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(says), "{detail:?} does not say {says:?}");
        self
    }

    /// The codes of the findings, as they stand in a problem or in a version that was published.
    #[track_caller]
    pub fn finding_codes(&self) -> Vec<String> {
        let body = self.json();
        let findings = [&body["findings"], &body["version"]["findings"]]
            .into_iter()
            .find_map(Value::as_array);
        let code = |finding: &Value| finding["code"].as_str().unwrap_or_default().to_owned();
        findings.into_iter().flatten().map(code).collect()
    }
}
