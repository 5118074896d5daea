//! Which codings a client takes: `Accept-Encoding` (RFC 9110, section 12.5.3).

use axum::http::{HeaderMap, header};

use crate::http::protocol::coding::Coding;

/// Most codings of a client that are looked at.
const MOST: usize = 32;

/// How much a client wants each coding, in thousandths; 0 is not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::http::protocol) struct Accepted {
    brotli: u16,
    zstd: u16,
    gzip: u16,
    /// `None` if the client says nothing of plain bytes: it takes them where there is nothing better.
    plain: Option<u16>,
}

impl Accepted {
    /// What the headers of a request say; one without a word takes plain bytes.
    pub(in crate::http::protocol) fn of(headers: &HeaderMap) -> Self {
        let mut named = Named::default();
        let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
        let lists = lists.filter_map(|list| list.to_str().ok());
        for item in lists.flat_map(|list| list.split(',')).take(MOST) {
            named.note(item);
        }
        let or_any = |weight: Option<u16>| weight.or(named.any).unwrap_or(0);
        Self {
            brotli: or_any(named.brotli),
            zstd: or_any(named.zstd),
            gzip: or_any(named.gzip),
            plain: named.plain.or(named.any.filter(|weight| *weight == 0)),
        }
    }

    /// Whether the client takes a coding.
    pub(in crate::http::protocol) fn takes(self, coding: Coding) -> bool {
        self.weight(coding) > 0
    }

    /// Whether the client takes plain bytes.
    pub(in crate::http::protocol) fn takes_plain(self) -> bool {
        self.plain != Some(0)
    }

    /// The coding that the client likes best, if it takes any.
    pub(in crate::http::protocol) fn best(self) -> Option<Coding> {
        let mut best = None;
        for coding in Coding::ALL {
            if self.takes(coding) && best.is_none_or(|best| self.weight(coding) > self.weight(best))
            {
                best = Some(coding);
            }
        }
        best
    }

    /// The same, unless it likes plain bytes better.
    pub(in crate::http::protocol) fn better_than_plain(self) -> Option<Coding> {
        let plain = self.plain.unwrap_or(0);
        self.best().filter(|best| self.weight(*best) >= plain)
    }

    fn weight(self, coding: Coding) -> u16 {
        match coding {
            Coding::Brotli => self.brotli,
            Coding::Zstd => self.zstd,
            Coding::Gzip => self.gzip,
        }
    }
}

/// What is named in a header.
#[derive(Default)]
struct Named {
    brotli: Option<u16>,
    zstd: Option<u16>,
    gzip: Option<u16>,
    plain: Option<u16>,
    any: Option<u16>,
}

impl Named {
    fn note(&mut self, item: &str) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let name = name.trim();
        let weight = match parameters.trim() {
            "" => Some(1000),
            weight => weight_of(weight),
        };
        let place = match Coding::of(name) {
            Some(Coding::Brotli) => &mut self.brotli,
            Some(Coding::Zstd) => &mut self.zstd,
            Some(Coding::Gzip) => &mut self.gzip,
            None if name.eq_ignore_ascii_case("identity") => &mut self.plain,
            None if name == "*" => &mut self.any,
            None => return,
        };
        // What cannot be read is taken for a refusal of what stands before it.
        *place = Some(weight.unwrap_or(0));
    }
}

/// A weight of RFC 9110, section 12.4.2, in thousandths.
fn weight_of(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let is_number = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !name.trim().eq_ignore_ascii_case("q") || !is_number {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(list: &str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, list.parse().unwrap());
        Accepted::of(&headers)
    }

    #[test]
    fn a_client_gets_the_coding_it_likes_best() {
        for (list, expected) in [
            ("gzip", Some("gzip")),
            ("gzip,deflate", Some("gzip")),
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, deflate, zstd", Some("zstd")),
            ("br;q=0.5, gzip", Some("gzip")),
            ("br ; Q=0.5, GZIP;q=0.25", Some("br")),
            ("x-gzip", Some("gzip")),
            ("*", Some("br")),
            ("*;q=0.5, br;q=0", Some("zstd")),
            ("identity", None),
            ("", None),
            ("deflate", None),
            ("gzip;q=0", None),
            ("gzip;q=2", None),
            ("gzip;q=x", None),
            ("gzip;level=9", None),
            ("gzip;q=0.5, identity", None),
            ("gzip, identity;q=0.5", Some("gzip")),
        ] {
            let better = accepted(list).better_than_plain();
            assert_eq!(better.map(Coding::name), expected, "{list}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()).best(), None);
    }

    #[test]
    fn plain_bytes_are_refused_by_name_or_with_everything_else() {
        for (list, takes_plain) in [
            ("", true),
            ("br", true),
            ("*", true),
            ("identity;q=0", false),
            ("br, *;q=0", false),
            ("*;q=0, identity", true),
            ("*;q=0, identity;q=0.001", true),
        ] {
            assert_eq!(accepted(list).takes_plain(), takes_plain, "{list}");
        }
    }
}
