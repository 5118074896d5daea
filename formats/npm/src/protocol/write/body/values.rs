//! Values of JSON: walked, or read where they are small.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scanner::Scanner;
use super::small::{self, not_a_request};
use super::{LARGEST_PART, LONGEST_WORD, MOST_MEMBERS, Trouble};
use crate::{limits, text};

/// Most bytes of a number.
const LONGEST_NUMBER: usize = 64;

impl Scanner<'_> {
    /// Walks a value that nobody asks about.
    pub(super) fn skip_value(&mut self, depth: usize) -> Result<(), Trouble> {
        if depth > limits::JSON_DEPTH {
            return Err(self.not_json("it is nested too deep"));
        }
        match self.token()? {
            b'{' => self.skip_members(b'}', depth),
            b'[' => self.skip_members(b']', depth),
            b'"' => self.skip_string().map(|_where| ()),
            _ => self.skip_word(),
        }
    }

    fn skip_members(&mut self, end: u8, depth: usize) -> Result<(), Trouble> {
        self.walk(1);
        if self.token()? == end {
            self.walk(1);
            return Ok(());
        }
        loop {
            if end == b'}' {
                self.skip_string()?;
                self.take(b':')?;
            }
            self.skip_value(depth + 1)?;
            match self.token()? {
                b',' => self.walk(1),
                _ => return self.take(end),
            }
        }
    }

    /// Walks a number, `true`, `false` or `null`.
    fn skip_word(&mut self) -> Result<(), Trouble> {
        let mut word = Vec::new();
        while let Some(&byte) = self.rest()?.first() {
            let is_part = byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
            if !is_part || word.len() > LONGEST_NUMBER {
                break;
            }
            word.push(byte);
            self.walk(1);
        }
        match serde_json::from_slice::<Value>(&word) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.not_json("something stands where a value should be")),
        }
    }

    /// Reads an object member by member: each is called with its key, in front of its value, and walks that.
    pub(super) fn members(
        &mut self,
        what: &str,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        if self.token()? != b'{' {
            return Err(not_a_request(format!("{what} is not an object")).into());
        }
        self.walk(1);
        if self.token()? == b'}' {
            self.walk(1);
            return Ok(());
        }
        let mut seen = BTreeSet::new();
        loop {
            let key = self.word("a key")?;
            check_key(&key, what, &seen)?;
            self.take(b':')?;
            each(self, &key)?;
            seen.insert(key);
            match self.token()? {
                b',' => self.walk(1),
                _ => return self.take(b'}'),
            }
        }
    }

    /// Reads a text that is the name of something.
    pub(super) fn word(&mut self, what: &str) -> Result<String, Trouble> {
        if self.token()? != b'"' {
            return Err(not_a_request(format!("{what} is not a text")).into());
        }
        let inner = self.skip_string()?;
        if inner.end - inner.start > LONGEST_WORD as u64 {
            let message = format!("{what} has more than {LONGEST_WORD} bytes");
            return Err(not_a_request(message).into());
        }
        let quoted = self.bytes(&(inner.start - 1..inner.end + 1))?;
        serde_json::from_slice(&quoted)
            .map_err(|_not_text| self.not_json("a text is not Unicode in UTF-8"))
    }

    /// Reads a text that is the name of something, or `null`.
    pub(super) fn word_or_null(&mut self, what: &str) -> Result<Option<String>, Trouble> {
        if self.token()? == b'"' {
            return self.word(what).map(Some);
        }
        match self.value(what)? {
            Value::Null => Ok(None),
            _ => Err(not_a_request(format!("{what} is not a text")).into()),
        }
    }

    /// Reads a value that is small.
    pub(super) fn value(&mut self, what: &str) -> Result<Value, Trouble> {
        self.token()?;
        let start = self.offset();
        self.skip_value(1)?;
        let part = start..self.offset();
        if part.end - part.start > LARGEST_PART {
            let message = format!("{what} has more than {LARGEST_PART} bytes");
            return Err(not_a_request(message).into());
        }
        small::parse(&self.bytes(&part)?, what)
    }
}

fn check_key(key: &str, what: &str, seen: &BTreeSet<String>) -> Result<(), Trouble> {
    let message = if seen.contains(key) {
        format!("the key {} stands twice in {what}", text::quote(key))
    } else if key == "__proto__" {
        format!("the key \"__proto__\" stands in {what}")
    } else if seen.len() >= MOST_MEMBERS {
        format!("{what} has more than {MOST_MEMBERS} members")
    } else {
        return Ok(());
    };
    Err(not_a_request(message).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn walks(text: &[u8]) -> bool {
        let text = text.to_vec();
        let mut scanner = Scanner::new(&text);
        scanner.skip_value(0).is_ok() && scanner.finish().is_ok()
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(walks(nested(limits::JSON_DEPTH).as_bytes()));
        assert!(!walks(nested(1_000_000).as_bytes()));
    }

    #[test]
    fn members_are_read_once_each_and_their_keys_are_checked() {
        let keys = |body: &str| {
            let mut keys = Vec::new();
            let body = body.as_bytes().to_vec();
            let mut scanner = Scanner::new(&body);
            scanner
                .members("the body", |scanner, key| {
                    keys.push(key.to_owned());
                    scanner.skip_value(1)
                })
                .map(|()| keys)
        };
        let read = keys(r#" { "a" : [1, {"x": null}], "\u0062":"c" } "#).unwrap();
        assert_eq!(read, ["a", "b"]);
        assert_eq!(keys("{}").unwrap(), [""; 0]);
        for bad in [
            r#"{"a":1,"\u0061":2}"#,
            r#"{"__proto__":{}}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            "[]",
            "null",
            "{a:1}",
            r#"{"a":tru}"#,
            r#"{"a":01}"#,
            r#"{"a":1e999}"#,
            r#"{"\ud800":1}"#,
        ] {
            assert!(keys(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_walked_is_what_an_ordinary_parser_takes(text in "[\\[\\]{}\":, 01ab\\\\tuefnl.-]{0,24}") {
            let taken = serde_json::from_str::<Value>(&text).is_ok();
            prop_assert_eq!(walks(text.as_bytes()), taken, "{}", text);
        }
    }
}
