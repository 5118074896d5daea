//! The two forms of a packument, and which of them a client wants.

use cellier_sdk::Request;

/// A form of a packument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Everything. npm 11 and yarn berry install from this one.
    Full,
    /// What is needed to install. pnpm, yarn 1 and bun ask for it.
    Abbreviated,
}

/// The media type by which clients ask for the abbreviated form.
const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

const JSON: &str = "application/json";

impl Form {
    /// The form that a client asks for: the abbreviated one if it is named and no less welcome than the other.
    pub(super) fn of(request: &Request) -> Self {
        let abbreviated = quality(request, ABBREVIATED);
        let full = quality(request, JSON);
        match abbreviated {
            Some(wanted) if wanted > 0.0 && wanted >= full.unwrap_or(0.0) => Self::Abbreviated,
            _ => Self::Full,
        }
    }

    /// The media type of an answer in this form.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Full => JSON,
            Self::Abbreviated => ABBREVIATED,
        }
    }
}

/// How welcome a media type is that is named in `accept` (RFC 9110, section 12.5.1).
fn quality(request: &Request, media_type: &str) -> Option<f32> {
    let lines = request.headers.iter().filter(|(name, _)| name == "accept");
    let mut ranges = lines.flat_map(|(_, line)| line.split(','));
    ranges.find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_this = parts.next()?.eq_ignore_ascii_case(media_type);
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
        is_this.then_some(quality.unwrap_or(1.0))
    })
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Method;

    use super::*;

    fn form(accept: &[&str]) -> Form {
        let mut request = Request::new(Method::Get, ["a"]);
        let lines = accept
            .iter()
            .map(|line| ("accept".to_owned(), (*line).to_owned()));
        request.headers.extend(lines);
        Form::of(&request)
    }

    #[test]
    fn clients_get_the_form_that_they_ask_for() {
        let npm = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
        for accept in [
            &[npm][..],
            &["application/vnd.npm.install-v1+json"],
            &[
                "application/json;q=0.5",
                "Application/vnd.npm.install-v1+JSON",
            ],
            &["application/json, application/vnd.npm.install-v1+json"],
            &["application/vnd.npm.install-v1+json;q=0.1, */*"],
        ] {
            assert_eq!(form(accept), Form::Abbreviated, "{accept:?}");
        }
        for accept in [
            &[][..],
            &["application/json"],
            &["*/*"],
            &["application/json; q=1.0, */*"],
            &["application/json, application/vnd.npm.install-v1+json;q=0.9"],
            &["application/vnd.npm.install-v1+json;q=0"],
            &["application/vnd.npm.install-v1+json;q=NaN"],
            &["application/vnd.npm.install-v2+json"],
            &[",;=q"],
        ] {
            assert_eq!(form(accept), Form::Full, "{accept:?}");
        }
    }
}
