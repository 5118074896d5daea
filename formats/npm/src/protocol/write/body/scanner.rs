//! A walk through JSON (RFC 8259) that holds one piece of it at a time.

use std::ops::Range;

use cellier_sdk::{ReadAt, ReadAtExt as _};

use super::Trouble;

/// How much is held at a time.
const PIECE: usize = 64 * 1024;

/// Where a walk through a document, or through a part of it, has got to.
pub(super) struct Scanner<'a> {
    body: &'a dyn ReadAt,
    piece: Vec<u8>,
    /// Where the piece starts.
    start: u64,
    /// How much of the piece was walked.
    walked: usize,
    /// Where the walk ends.
    end: u64,
}

impl<'a> Scanner<'a> {
    /// A walk through all of a document.
    pub(super) fn new(body: &'a dyn ReadAt) -> Self {
        Self::of_part(body, 0..body.size())
    }

    /// A walk through a part of a document.
    pub(super) fn of_part(body: &'a dyn ReadAt, part: Range<u64>) -> Self {
        Self {
            body,
            piece: Vec::new(),
            start: part.start,
            walked: 0,
            end: part.end,
        }
    }

    /// Where the next byte is.
    pub(super) fn offset(&self) -> u64 {
        self.start + self.walked as u64
    }

    /// What was read and not yet walked; empty only at the end.
    pub(super) fn rest(&mut self) -> Result<&[u8], Trouble> {
        if self.walked == self.piece.len() {
            self.start = self.offset();
            self.walked = 0;
            let left = self.end.saturating_sub(self.start);
            let most = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
            self.piece = self.body.read_range(self.start, most)?;
        }
        Ok(&self.piece[self.walked..])
    }

    /// Goes on by so many bytes of the [`Self::rest`].
    pub(super) fn walk(&mut self, bytes: usize) {
        self.walked = (self.walked + bytes).min(self.piece.len());
    }

    /// The next byte, which is walked.
    pub(super) fn next(&mut self) -> Result<u8, Trouble> {
        let next = self.rest()?.first().copied();
        let next = next.ok_or_else(|| self.not_json("it ends too early"))?;
        self.walk(1);
        Ok(next)
    }

    /// The first byte of the next token, which is not walked.
    pub(super) fn token(&mut self) -> Result<u8, Trouble> {
        self.skip_space()?;
        let first = self.rest()?.first().copied();
        first.ok_or_else(|| self.not_json("it ends too early"))
    }

    /// Walks the one token that may come next.
    pub(super) fn take(&mut self, expected: u8) -> Result<(), Trouble> {
        if self.token()? == expected {
            self.walk(1);
            return Ok(());
        }
        Err(self.not_json("something else stands where a mark of JSON should be"))
    }

    /// Nothing but space may follow.
    pub(super) fn finish(&mut self) -> Result<(), Trouble> {
        self.skip_space()?;
        if self.rest()?.is_empty() {
            return Ok(());
        }
        Err(self.not_json("something follows its end"))
    }

    /// Walks a string; where it is, without its quotes.
    pub(super) fn skip_string(&mut self) -> Result<Range<u64>, Trouble> {
        self.take(b'"')?;
        let start = self.offset();
        loop {
            let rest = self.rest()?;
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = rest.iter().position(is_special).unwrap_or(rest.len());
            if plain > 0 {
                self.walk(plain);
                continue;
            }
            match self.next()? {
                b'"' => return Ok(start..self.offset() - 1),
                b'\\' => self.skip_escape()?,
                _ => return Err(self.not_json("a text holds a control character")),
            }
        }
    }

    fn skip_escape(&mut self) -> Result<(), Trouble> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                for _ in 0..4 {
                    if !self.next()?.is_ascii_hexdigit() {
                        return Err(self.not_json("a text holds an escape that is none"));
                    }
                }
                Ok(())
            }
            _ => Err(self.not_json("a text holds an escape that is none")),
        }
    }

    /// The bytes of a part that was walked. Most are still at hand.
    pub(super) fn bytes(&self, part: &Range<u64>) -> Result<Vec<u8>, Trouble> {
        let length = usize::try_from(part.end - part.start).unwrap_or(usize::MAX);
        if let Some(start) = part.start.checked_sub(self.start)
            && let Ok(start) = usize::try_from(start)
            && let Some(bytes) = self.piece.get(start..start.saturating_add(length))
        {
            return Ok(bytes.to_vec());
        }
        Ok(self.body.read_range(part.start, length)?)
    }

    /// That it is not JSON, and where.
    pub(super) fn not_json(&self, what: &'static str) -> Trouble {
        let at = self.offset();
        Trouble::NotJson { what, at }
    }

    fn skip_space(&mut self) -> Result<(), Trouble> {
        loop {
            let rest = self.rest()?;
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let space = rest.iter().take_while(|byte| is_space(byte)).count();
            if space == 0 {
                return Ok(());
            }
            self.walk(space);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_found_wherever_pieces_end() {
        for length in [0, 1, PIECE - 2, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let body = format!("\"{}\\\"\" ", "x".repeat(length)).into_bytes();
            let mut scanner = Scanner::new(&body);
            let found = scanner.skip_string().unwrap();
            assert_eq!(found, 1..(length as u64 + 3));
            assert_eq!(scanner.bytes(&found).unwrap().len(), length + 2);
            scanner.finish().unwrap();
        }
    }

    #[test]
    fn a_string_that_is_none_is_refused() {
        for bad in [
            &b""[..],
            b"\"",
            b"\"a",
            b"x",
            b"\"\x00\"",
            b"\"\n\"",
            b"\"\\x\"",
            b"\"\\u12g4\"",
            b"\"\\",
        ] {
            let body = bad.to_vec();
            let mut scanner = Scanner::new(&body);
            assert!(scanner.skip_string().is_err(), "{}", bad.escape_ascii());
        }
    }
}
