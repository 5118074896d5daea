//! The key that the client presents, and where it comes from.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use axum::http::HeaderValue;
use cellier_model::keys::KeyToken;

/// The variable that holds the key where no file does.
pub(crate) const VARIABLE: &str = "CELLIER_KEY";

/// Most bytes that a file with a key may have.
const LONGEST: u64 = 4096;

/// The key that the client presents. It comes from a file or a variable, never from the arguments of the program, which
/// every process of the machine can see.
#[derive(Clone)]
pub(crate) struct Key {
    text: HeaderValue,
    origin: String,
}

impl Key {
    /// The key in the file, else the one in the variable, else none.
    pub(crate) fn find(
        file: Option<&Path>,
        variable: Option<OsString>,
    ) -> Result<Option<Self>, KeyError> {
        if let Some(path) = file {
            let unreadable = |source| KeyError::Unreadable {
                path: path.to_owned(),
                source,
            };
            let text = read(path).map_err(unreadable)?;
            return Self::parse(&text, format!("the file {}", path.display())).map(Some);
        }
        let text = variable.map(|text| text.to_string_lossy().into_owned());
        text.map(|text| Self::parse(&text, format!("the variable {VARIABLE}")))
            .transpose()
    }

    fn parse(text: &str, origin: String) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty { origin });
        }
        // A key of ours that was cut or mistyped is told before anything is sent; other credentials pass as they are.
        let broken = text.starts_with("cel_") && KeyToken::parse(text).is_err();
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        match HeaderValue::from_str(text) {
            Ok(mut value) if plain && !broken => {
                value.set_sensitive(true);
                Ok(Self {
                    text: value,
                    origin,
                })
            }
            _ => Err(KeyError::Malformed { origin }),
        }
    }

    /// The key as a header, marked so that it is never shown.
    pub(crate) fn header(&self) -> HeaderValue {
        self.text.clone()
    }

    /// Where it comes from, for messages: `the file ci.key`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

/// Shows where the key comes from, never the key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key(from {})", self.origin)
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        let problem = format!("it has more than {LONGEST} bytes, so it is no key");
        return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    }
    Ok(text)
}

/// Why there is no key to present. What was found is never shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// The file cannot be read.
    #[error("failed to read the key file {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Nothing is there.
    #[error("{origin} is there but empty: is the secret set in this pipeline?")]
    Empty {
        /// Where it was looked for.
        origin: String,
    },
    /// It is no key.
    #[error(
        "{origin} holds no key: keys look like cel_… with 62 characters, this one was perhaps cut"
    )]
    Malformed {
        /// Where it was found.
        origin: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use cellier_model::testing::SeededRandom;

    fn token() -> String {
        KeyToken::generate(&SeededRandom::new(7))
            .reveal()
            .to_owned()
    }

    #[test]
    fn a_file_wins_over_the_variable_and_a_line_break_at_its_end_is_no_part_of_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ci.key");
        std::fs::write(&path, format!("{}\n", token())).unwrap();
        let key = Key::find(Some(&path), Some("other".into()))
            .unwrap()
            .unwrap();
        assert_eq!(key.header().as_bytes(), token().as_bytes());
        let from_variable = Key::find(None, Some(token().into())).unwrap().unwrap();
        assert_eq!(from_variable.origin(), "the variable CELLIER_KEY");
        assert!(Key::find(None, None).unwrap().is_none());
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::find(None, Some(token().into())).unwrap().unwrap();
        let shown = format!("{key:?} {:?}", key.header());
        assert!(!shown.contains("cel_"), "{shown}");
        let cut = Key::find(None, Some(token()[..40].into())).unwrap_err();
        assert!(!cut.to_string().contains(&token()[..12]), "{cut}");
    }

    #[test]
    fn an_empty_a_cut_and_a_two_line_key_are_refused() {
        let find = |text: &str| Key::find(None, Some(text.into())).map(|_| ());
        assert!(matches!(find(" \n"), Err(KeyError::Empty { .. })));
        assert!(matches!(
            find(&token()[..61]),
            Err(KeyError::Malformed { .. })
        ));
        assert!(matches!(find("a\nb"), Err(KeyError::Malformed { .. })));
        assert!(matches!(
            find("un secret é"),
            Err(KeyError::Malformed { .. })
        ));
        assert!(matches!(
            Key::find(Some(Path::new("/nowhere/ci.key")), None),
            Err(KeyError::Unreadable { .. })
        ));
    }
}
