//! SQL taken apart into words, names and symbols.

/// Symbols beside which views of tilesets need none.
const SYMBOLS: &[u8] = b".,()=<>!+-*/%&;";

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name, in lower case.
    Word(String),
    /// A name in quotes, in lower case. Never a keyword.
    Quoted(String),
    /// A number, a text or bytes.
    Literal,
    /// One symbol.
    Symbol(u8),
}

impl Token {
    /// Whether it is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found == word)
    }

    /// The name that it may be.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(name.clone()),
            Self::Literal | Self::Symbol(_) => None,
        }
    }
}

/// Takes SQL apart, or says what is in it that no view of a tileset has: the end of a sentence about the view.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token>, String> {
    Tokens(sql.as_bytes()).collect()
}

/// Whether SQL starts with these words.
pub(super) fn starts_with(sql: &str, words: &[&str]) -> bool {
    let mut tokens = Tokens(sql.as_bytes());
    words
        .iter()
        .all(|word| matches!(tokens.next(), Some(Ok(token)) if token.is_word(word)))
}

/// The tokens of some SQL, one by one.
struct Tokens<'a>(&'a [u8]);

impl Iterator for Tokens<'_> {
    type Item = Result<Token, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.0.is_empty() {
            match token(self.0) {
                Ok((length, token)) => {
                    self.0 = &self.0[length..];
                    if let Some(token) = token {
                        return Some(Ok(token));
                    }
                }
                Err(problem) => {
                    self.0 = &[];
                    return Some(Err(problem));
                }
            }
        }
        None
    }
}

/// The first token and its length; none for white space and comments.
fn token(sql: &[u8]) -> Result<(usize, Option<Token>), String> {
    let Some(&first) = sql.first() else {
        return Ok((0, None));
    };
    Ok(match first {
        _ if first.is_ascii_whitespace() => (1, None),
        b'-' if sql.starts_with(b"--") => (length_until(sql, b"\n"), None),
        b'/' if sql.starts_with(b"/*") => (length_until(sql, b"*/"), None),
        b'\'' => (quoted(sql, b'\'')?.0, Some(Token::Literal)),
        b'"' | b'`' | b'[' => {
            let close = if first == b'[' { b']' } else { first };
            let (length, name) = quoted(sql, close)?;
            (length, Some(Token::Quoted(name)))
        }
        b'|' => return Err("puts texts together".to_owned()),
        b'<' if sql.starts_with(b"<<") => (2, Some(Token::Symbol(first))),
        _ if SYMBOLS.contains(&first) => (1, Some(Token::Symbol(first))),
        _ if first.is_ascii_digit() => (word_length(sql), Some(Token::Literal)),
        _ if is_of_word(first) => {
            let length = word_length(sql);
            let word = String::from_utf8_lossy(&sql[..length]).to_ascii_lowercase();
            (length, Some(Token::Word(word)))
        }
        _ => return Err(format!("uses \"{}\"", first.escape_ascii())),
    })
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn word_length(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| is_of_word(byte)).count()
}

/// How long a comment is, its end included; one that is never closed goes on to the end of all.
fn length_until(text: &[u8], end: &[u8]) -> usize {
    let mut windows = text.windows(end.len()).skip(2);
    let found = windows.position(|window| window == end);
    found.map_or(text.len(), |start| 2 + start + end.len())
}

/// How long something in quotes is, and what it says; a doubled quote stands for itself.
fn quoted(text: &[u8], close: u8) -> Result<(usize, String), String> {
    let mut said = Vec::new();
    let mut at = 1;
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some(&byte), Some(&next)) if byte == close && next == close && close != b']' => {
                said.push(byte);
                at += 2;
            }
            (Some(&byte), _) if byte == close => {
                let name = String::from_utf8_lossy(&said).to_ascii_lowercase();
                return Ok((at + 1, name));
            }
            (Some(&byte), _) => {
                said.push(byte);
                at += 1;
            }
            (None, _) => return Err("does not close its quotes".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sql: &str) -> Vec<String> {
        tokens(sql)
            .unwrap()
            .iter()
            .filter_map(Token::name)
            .collect()
    }

    #[test]
    fn words_and_names_are_told_from_everything_else() {
        assert_eq!(
            words("SELECT a.B, 'c', 12e5, x'00' -- d\n/* e */"),
            ["select", "a", "b", "x"]
        );
        assert_eq!(words("\"a b\" `c``d` [e]"), ["a b", "c`d", "e"]);
        assert_eq!(words("/* never closed"), Vec::<String>::new());
        assert_eq!(words("é$1 -- at the end"), ["é$1"]);
    }

    #[test]
    fn the_first_words_are_found_behind_comments() {
        assert!(starts_with(
            "CREATE/* a */ virtual -- b\nTABLE x",
            &["create", "virtual"]
        ));
        assert!(!starts_with(
            "CREATE TABLE virtual (x)",
            &["create", "virtual"]
        ));
        assert!(!starts_with("create", &["create", "virtual"]));
    }

    #[test]
    fn a_name_in_quotes_is_no_keyword() {
        assert!(!tokens("\"order\"").unwrap()[0].is_word("order"));
        assert!(tokens("ORDER").unwrap()[0].is_word("order"));
    }

    #[test]
    fn what_no_view_of_a_tileset_has_is_told() {
        assert_eq!(tokens("a || b").unwrap_err(), "puts texts together");
        assert_eq!(tokens("'a").unwrap_err(), "does not close its quotes");
        assert_eq!(tokens("?1").unwrap_err(), "uses \"?\"");
    }
}
