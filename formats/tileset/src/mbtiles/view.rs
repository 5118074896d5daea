//! The SQL of a view, read as far as it takes to know that it only joins.
//!
//! What views of tilesets do is select columns, rename them, join two or three tables by equal columns, and sometimes turn
//! rows round. Whatever sorts, groups, recurs, nests, or puts texts together is no such view: it could keep SQLite busy, or
//! fill its memory, in ways that no count of steps sees. This is not a parser of SQL; it refuses what it does not know.

use super::guard::FUNCTIONS;
use super::sql::{Token, tokens};
use crate::text::quote;

/// Words that only a view of another kind has.
const FOREIGN: [&str; 22] = [
    "with",
    "recursive",
    "order",
    "group",
    "having",
    "distinct",
    "limit",
    "offset",
    "intersect",
    "except",
    "in",
    "exists",
    "over",
    "window",
    "filter",
    "like",
    "glob",
    "match",
    "regexp",
    "values",
    "collate",
    "materialized",
];

/// Words that a parenthesis may follow without being called.
const NOT_CALLED: [&str; 17] = [
    "as", "on", "and", "or", "not", "where", "from", "join", "using", "select", "cast", "when",
    "then", "else", "is", "between", "case",
];

/// What is to be known of a view.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    /// Every name in it, in lower case.
    names: Vec<String>,
    /// Whether it reads several tables.
    pub(super) joins: bool,
}

impl View {
    /// Reads the `CREATE VIEW` of a view, or says what is foreign about it: the end of a sentence about the view.
    pub(super) fn read(sql: &str) -> Result<Self, String> {
        let tokens = tokens(sql)?;
        let body = tokens
            .iter()
            .position(|token| token.is_word("as"))
            .map_or(&[][..], |start| &tokens[start + 1..]);
        check(body)?;
        Ok(Self {
            names: body.iter().filter_map(Token::name).collect(),
            joins: joins(body),
        })
    }

    /// Whether this name stands in it.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.names.contains(&name.to_ascii_lowercase())
    }
}

fn check(body: &[Token]) -> Result<(), String> {
    for (index, token) in body.iter().enumerate() {
        let next = body.get(index + 1);
        let is_called = next == Some(&Token::Symbol(b'('));
        match token {
            Token::Word(word) if FOREIGN.contains(&word.as_str()) => {
                return Err(format!("uses {}", word.to_ascii_uppercase()));
            }
            Token::Word(word)
                if word == "union" && !next.is_some_and(|next| next.is_word("all")) =>
            {
                return Err("uses UNION without ALL".to_owned());
            }
            Token::Word(name) | Token::Quoted(name) if is_called => {
                let is_keyword =
                    matches!(token, Token::Word(_)) && NOT_CALLED.contains(&name.as_str());
                if !is_keyword && !FUNCTIONS.contains(&name.as_str()) {
                    return Err(format!(
                        "calls {}(), which a tileset need not",
                        quote(name).trim_matches('"')
                    ));
                }
            }
            Token::Symbol(b'(') if next.is_some_and(|next| next.is_word("select")) => {
                return Err("nests one SELECT in another".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a body reads several tables at once: by the word, or by a comma among its sources.
fn joins(body: &[Token]) -> bool {
    let mut among_sources = false;
    for token in body {
        match token {
            Token::Word(word) => match word.as_str() {
                "join" => return true,
                "from" => among_sources = true,
                "where" | "union" | "select" | "on" | "using" => among_sources = false,
                _ => {}
            },
            Token::Symbol(b',') if among_sources => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(body: &str) -> String {
        let read = View::read(&format!("CREATE VIEW tiles AS {body}"));
        read.err().unwrap_or_default()
    }

    #[test]
    fn the_views_of_known_programs_only_join() {
        for body in [
            "SELECT map.zoom_level AS zoom_level, images.tile_data AS tile_data FROM map JOIN images ON images.tile_id = map.tile_id and images.zoom_level = map.zoom_level",
            "SELECT zoom_level, tile_column, tile_row, tile_data FROM map, images WHERE map.tile_id = images.tile_id",
            "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles_with_hash",
            "select z as zoom_level, (1 << z) - 1 - y as tile_row, cast(d as blob) as tile_data from \"my tiles\" -- flipped\n where d is not null",
            "SELECT * FROM a UNION ALL SELECT * FROM [b]",
            "SELECT coalesce(a.tile_data, b.tile_data) FROM a LEFT JOIN b USING (id) /* both */;",
        ] {
            assert_eq!(problem(body), "", "{body}");
        }
    }

    #[test]
    fn joins_are_seen_by_word_and_by_comma() {
        let joins = |body: &str| {
            View::read(&format!("create view v as {body}"))
                .unwrap()
                .joins
        };
        assert!(joins("select 1 from a join b on a.x = b.x"));
        assert!(joins("select 1 from a, b"));
        assert!(!joins("select x, y from a where x = 1"));
        assert!(!joins("select x, y from a union all select z, w from b"));
    }

    #[test]
    fn names_are_found_however_they_are_quoted() {
        let view =
            View::read("CREATE VIEW v AS SELECT x FROM \"My\"\"Map\" JOIN [images]").unwrap();
        assert!(view.mentions("my\"map") && view.mentions("IMAGES"));
        assert!(!view.mentions("v"));
    }

    #[test]
    fn whatever_does_more_is_refused() {
        for (body, expected) in [
            (
                "with recursive c(n) as (select 0) select n from c",
                "uses WITH",
            ),
            (
                "select load_ext_fn(1)",
                "calls load_ext_fn(), which a tileset need not",
            ),
            (
                "select \"printf\"('x')",
                "calls printf(), which a tileset need not",
            ),
            (
                "select zeroblob /* big */ (9)",
                "calls zeroblob(), which a tileset need not",
            ),
            ("select a || b from t", "puts texts together"),
            ("select 1 from (select 2)", "nests one SELECT in another"),
            ("select 1 from a order by 1", "uses ORDER"),
            ("select distinct 1 from a", "uses DISTINCT"),
            ("select 1 union select 2", "uses UNION without ALL"),
            ("select ?1", "uses \"?\""),
            ("select 'open", "does not close its quotes"),
        ] {
            assert_eq!(problem(body), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(sql in "[ -~\n]{0,80}") {
            let _ = View::read(&sql);
            let _ = View::read(&format!("create view v as {sql}"));
        }
    }
}
