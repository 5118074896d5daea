//! PAX extension headers: records of `length key=value\n` that override fields of the next header.
//!
//! Many programs copy whatever keys they find onto the entry, so only known and harmless keys may appear.

/// Keys that change nothing about what is installed.
const HARMLESS: [&[u8]; 13] = [
    b"atime",
    b"mtime",
    b"ctime",
    b"uid",
    b"gid",
    b"uname",
    b"gname",
    b"comment",
    b"LIBARCHIVE.creationtime",
    b"SCHILY.dev",
    b"SCHILY.ino",
    b"SCHILY.nlink",
    b"SCHILY.fflags",
];

/// Beginnings of such keys: extended attributes, which no npm client restores.
const HARMLESS_BEGINNINGS: [&[u8]; 2] = [b"LIBARCHIVE.xattr.", b"SCHILY.xattr."];

/// What an extension header says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    /// The whole path of the entry.
    pub(super) path: Option<Vec<u8>>,
    /// Its size.
    pub(super) size: Option<u64>,
    /// Keys that nobody should use, each once.
    pub(super) strange: Vec<Vec<u8>>,
}

/// Why an extension header cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PaxError {
    /// The records do not follow each other as they should.
    #[error("has a record that is not `length key=value` with the right length")]
    Malformed,
    /// The first or the last may win.
    #[error("has two records with the same key")]
    Duplicate,
    /// An empty value deletes, for programs that know that; a NUL ends a path for some.
    #[error("has a path that is empty or holds a NUL")]
    Path,
    /// The size is not a number.
    #[error("has a size that is not a decimal number")]
    Size,
}

impl Pax {
    /// Reads all records.
    pub(super) fn parse(mut bytes: &[u8]) -> Result<Self, PaxError> {
        let mut pax = Self::default();
        let mut keys: Vec<&[u8]> = Vec::new();
        while !bytes.is_empty() {
            let (key, value, rest) = record(bytes).ok_or(PaxError::Malformed)?;
            if keys.contains(&key) {
                return Err(PaxError::Duplicate);
            }
            keys.push(key);
            pax.take(key, value)?;
            bytes = rest;
        }
        Ok(pax)
    }

    /// Whether there is nothing but a comment, which is what `git archive` writes before all entries.
    pub(super) fn is_only_comment(bytes: &[u8]) -> bool {
        matches!(record(bytes), Some((b"comment", _, b"")))
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), PaxError> {
        let is_harmless = HARMLESS.contains(&key)
            || HARMLESS_BEGINNINGS
                .iter()
                .any(|beginning| key.starts_with(beginning));
        match key {
            b"path" if value.is_empty() || value.contains(&0) => return Err(PaxError::Path),
            b"path" => self.path = Some(value.to_vec()),
            b"size" => self.size = Some(decimal(value).ok_or(PaxError::Size)?),
            _ if is_harmless => {}
            _ => self.strange.push(key.to_vec()),
        }
        Ok(())
    }
}

/// The first record's key and value, and the rest.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|&byte| byte == b' ')?;
    let length = usize::try_from(decimal(&bytes[..space])?).ok()?;
    if length <= space + 1 {
        return None;
    }
    let (record, rest) = bytes.split_at_checked(length)?;
    let pair = record[space + 1..].strip_suffix(b"\n")?;
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let (key, value) = (&pair[..equals], &pair[equals + 1..]);
    (!key.is_empty()).then_some((key, value, rest))
}

/// A number without sign, spaces or leading zeros.
fn decimal(digits: &[u8]) -> Option<u64> {
    let plain =
        digits.iter().all(u8::is_ascii_digit) && (digits == b"0" || !digits.starts_with(b"0"));
    let text = str::from_utf8(digits).ok()?;
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn path_and_size_are_read_and_times_are_passed_over() {
        let pax =
            Pax::parse(b"22 path=package/\xc3\xa9.js\n9 size=5\n30 mtime=1321009871.123456789\n");
        let pax = pax.unwrap();
        assert_eq!(pax.path.unwrap(), "package/é.js".as_bytes());
        assert_eq!(pax.size, Some(5));
        assert!(pax.strange.is_empty());
    }

    #[test]
    fn a_value_may_hold_anything_even_a_newline() {
        let pax = Pax::parse(b"16 comment=a\nb\n\n12 path=ab=\n").unwrap();
        assert_eq!(pax.path.unwrap(), b"ab=");
    }

    #[test]
    fn keys_that_would_be_copied_onto_the_entry_are_strange() {
        for key in [
            "mode",
            "type",
            "linkpath",
            "ignore",
            "GNU.sparse.size",
            "SCHILY.realsize",
            "hdrcharset",
            "Path",
        ] {
            let length = key.len() + 6;
            let pax = Pax::parse(format!("{length} {key}=1\n").as_bytes()).unwrap();
            assert_eq!(pax.strange, [key.as_bytes()], "{key}");
        }
    }

    #[test]
    fn records_that_programs_would_split_differently_are_refused() {
        for bytes in [
            &b"x"[..],
            b"11 path=a",
            b"10 path=ab\n",
            b"12 path=a\n",
            b"011 path=a\n",
            b"+9 path=a\n",
            b" 9 path=a\n",
            b"9  path=a\n\n",
            b"4 =\n",
            b"6 =aa\n",
            b"8 patha\n",
            b"0 \n",
            b"2 \n",
            b"99999999999999999999999 path=a\n",
            b"9 path=a\n\0\0\0",
        ] {
            assert_eq!(
                Pax::parse(bytes),
                Err(PaxError::Malformed),
                "{}",
                bytes.escape_ascii()
            );
        }
        assert_eq!(
            Pax::parse(b"10 path=a\n10 path=b\n"),
            Err(PaxError::Duplicate)
        );
        assert_eq!(Pax::parse(b"8 path=\n"), Err(PaxError::Path));
        assert_eq!(Pax::parse(b"12 path=a\0b\n"), Err(PaxError::Path));
        assert_eq!(Pax::parse(b"11 size=-1\n"), Err(PaxError::Size));
    }

    #[test]
    fn a_global_header_may_only_comment() {
        assert!(Pax::is_only_comment(b"20 comment=0123abcd\n"));
        assert!(!Pax::is_only_comment(b"20 comment=0123abcd\n10 path=a\n"));
        assert!(!Pax::is_only_comment(b"10 path=a\n"));
        assert!(!Pax::is_only_comment(b""));
    }

    proptest! {
        #[test]
        fn no_bytes_upset_the_parser(bytes: Vec<u8>) {
            let _ = Pax::parse(&bytes);
        }
    }
}
