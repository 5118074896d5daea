//! The cookie that a session lives in.

use axum::http::{HeaderMap, HeaderValue, header};
use cellier_model::sessions::SessionToken;
use url::Url;

/// How the cookie of this server is called and guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// Where clients come by HTTPS, the cookie is sent by nothing else, and its prefix keeps other hosts of the domain from
    /// setting it. Plain HTTP is for a server that says so in `server.public_url`, or that listens to its own machine alone.
    pub(crate) fn new(public_url: Option<&Url>, is_local: bool) -> Self {
        let secure = match public_url {
            Some(url) => url.scheme() == "https",
            None => !is_local,
        };
        Self { secure }
    }

    /// Whether it travels by HTTPS alone.
    pub(crate) fn is_secure(self) -> bool {
        self.secure
    }

    fn name(self) -> &'static str {
        if self.secure {
            "__Host-cellier"
        } else {
            "cellier"
        }
    }

    fn attributes(self) -> &'static str {
        if self.secure {
            "; Path=/; Secure; HttpOnly; SameSite=Lax"
        } else {
            "; Path=/; HttpOnly; SameSite=Lax"
        }
    }

    /// The token that a browser sends, whatever it is worth.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<String> {
        let lines = headers.get_all(header::COOKIE).iter();
        let texts = lines.filter_map(|line| line.to_str().ok());
        let mut pairs = texts.flat_map(|text| text.split(';'));
        pairs.find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.name() && !value.is_empty()).then(|| value.to_owned())
        })
    }

    /// Sets the cookie. It goes when the browser does, if not before: how long the session holds is the server's business.
    pub(crate) fn set(self, token: &SessionToken) -> Option<HeaderValue> {
        let text = format!("{}={}{}", self.name(), token.reveal(), self.attributes());
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Lets the browser forget the cookie.
    pub(crate) fn clear(self) -> HeaderValue {
        HeaderValue::from_static(if self.secure {
            "__Host-cellier=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
        } else {
            "cellier=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        })
    }
}

#[cfg(test)]
mod tests {
    use cellier_model::Random;

    use super::*;

    #[derive(Debug)]
    struct Zeros;

    impl Random for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    fn cookie(public_url: Option<&str>, is_local: bool) -> SessionCookie {
        let url = public_url.map(|url| url.parse().unwrap());
        SessionCookie::new(url.as_ref(), is_local)
    }

    fn read(cookie: SessionCookie, lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        cookie.read(&headers)
    }

    #[test]
    fn the_cookie_is_secure_unless_the_operator_says_that_clients_come_by_http() {
        let token = SessionToken::generate(&Zeros);
        let set = |cookie: SessionCookie| cookie.set(&token).unwrap();
        for secure in [
            cookie(Some("https://registry.example.com"), true),
            cookie(None, false),
        ] {
            let text = format!(
                "__Host-cellier={}; Path=/; Secure; HttpOnly; SameSite=Lax",
                token.reveal()
            );
            assert_eq!(set(secure).to_str().unwrap(), text);
        }
        for plain in [
            cookie(Some("http://registry.lan"), false),
            cookie(None, true),
        ] {
            let text = format!("cellier={}; Path=/; HttpOnly; SameSite=Lax", token.reveal());
            assert_eq!(set(plain).to_str().unwrap(), text);
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let secure = cookie(None, false);
        let found = Some("abc".to_owned());
        assert_eq!(read(secure, &["a=b; __Host-cellier=abc; c=d"]), found);
        assert_eq!(read(secure, &["a=b", "__Host-cellier=abc"]), found);
        for nothing in [
            &["cellier=abc"][..],
            &["__Host-cellier="],
            &["x__Host-cellier=abc"],
            &["__Host-cellier"],
            &[],
        ] {
            assert_eq!(read(secure, nothing), None, "{nothing:?}");
        }
        assert_eq!(read(cookie(None, true), &["cellier=abc"]), found);
    }
}
