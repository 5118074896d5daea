//! The revision of a package in the form in which CouchDB, and so every client of npm's, has one: `12-cellier`.

/// What stands behind the number. Clients take the whole for a text without a meaning.
const BEHIND: &str = "cellier";

/// A revision as clients see it.
pub(crate) fn write(revision: u64) -> String {
    format!("{revision}-{BEHIND}")
}

/// The revision that a client has seen; `None` if it was not this registry that gave it.
pub(crate) fn read(text: &str) -> Option<u64> {
    let (number, behind) = text.split_once('-')?;
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && behind == BEHIND).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_read_as_it_was_written() {
        assert_eq!(read(&write(12)), Some(12));
        assert_eq!(read(&write(u64::MAX)), Some(u64::MAX));
        for other in ["12", "12-", "-cellier", "+1-cellier", "12-0a1b2c", "undefined", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
