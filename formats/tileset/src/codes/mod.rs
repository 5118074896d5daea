//! Everything that may be found in a tileset. The codes are stable: programs may match on them.
//!
//! A code weighs one thing when the setting `strict` is on and may weigh another when it is off. Where one code stands for
//! a grave and for a lesser case of the same thing, each case has a line of its own.
//!
//! The codes `MB…` come from [`mbtiles`], the codes `PM…` from [`pmtiles`]. What lies inside the tiles and what the metadata
//! says in words is the same in both containers and has the same codes: `MB013`, `MB014`, `MB015` (compressed twice),
//! `MB042`, `MB043`, `MB053`, `MB054`, `MB055`, `MB070` and `MB072` are also found in PMTiles archives.
//!
//! | code | strict | lenient | what was found |
//! |---|---|---|---|
//! | `TS01` | info | info | there are more findings than are listed |
//! | `TS02` | info | info | what describes the layers is too large to be kept whole |

pub mod mbtiles;
pub mod pmtiles;

use cellier_sdk::{Finding, Severity};

/// A kind of finding: its stable code, what it weighs, and what the publisher can do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub id: &'static str,
    /// What it weighs when the setting `strict` is on.
    pub strict: Severity,
    /// What it weighs when the setting `strict` is off.
    pub lenient: Severity,
    /// What the publisher can do about it.
    pub fix: &'static str,
}

impl Code {
    const fn new(id: &'static str, strict: Severity, lenient: Severity, fix: &'static str) -> Self {
        Self {
            id,
            strict,
            lenient,
            fix,
        }
    }

    /// A finding of this kind, weighed for one of the two modes.
    pub(crate) fn finding(&self, strict: bool, message: impl Into<String>) -> Finding {
        let severity = if strict { self.strict } else { self.lenient };
        Finding::new(severity, self.id, message).fix(self.fix)
    }

    /// A finding of this kind that ends the inspection, whatever the mode.
    pub(crate) fn error(&self, message: impl Into<String>) -> Finding {
        Finding::error(self.id, message).fix(self.fix)
    }
}

/// There are more findings than are listed.
pub const MORE_FINDINGS: Code = Code::new(
    "TS01",
    Severity::Info,
    Severity::Info,
    "mend what is listed and try again",
);
/// What describes the layers is too large to be kept whole.
pub const LAYERS_CUT: Code = Code::new(
    "TS02",
    Severity::Info,
    Severity::Info,
    "describe fewer fields in vector_layers",
);

/// Every code, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Code> {
    mbtiles::ALL
        .iter()
        .chain(pmtiles::ALL)
        .chain([&MORE_FINDINGS, &LAYERS_CUT])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and weights of every line of a table in module documentation.
    fn table(source: &str) -> Vec<[String; 3]> {
        let cells = |line: &str| {
            let mut cells = line
                .split('|')
                .skip(1)
                .map(|cell| cell.trim().trim_matches('`').to_owned());
            [(); 3].map(|()| cells.next().unwrap_or_default())
        };
        let lines = source.lines().filter_map(|line| line.strip_prefix("//! "));
        lines
            .filter(|line| line.starts_with("| `"))
            .map(cells)
            .collect()
    }

    fn weight(severity: Severity) -> String {
        format!("{severity:?}").to_lowercase()
    }

    #[test]
    fn the_tables_list_every_code_in_order_and_with_its_weights() {
        let documented: Vec<_> = [
            include_str!("mbtiles.rs"),
            include_str!("pmtiles.rs"),
            include_str!("mod.rs"),
        ]
        .into_iter()
        .flat_map(table)
        .collect();
        let defined: Vec<_> = all()
            .map(|code| {
                [
                    code.id.to_owned(),
                    weight(code.strict),
                    weight(code.lenient),
                ]
            })
            .collect();
        assert_eq!(documented, defined);
    }

    #[test]
    fn no_code_is_defined_without_being_listed() {
        let sources = [include_str!("mbtiles.rs"), include_str!("pmtiles.rs")];
        let defined: usize = sources
            .iter()
            .map(|source| source.matches("Code::new(").count())
            .sum();
        assert_eq!(defined + 2, all().count());
    }

    #[test]
    fn nothing_weighs_less_when_strict_and_everything_can_be_mended() {
        for code in all() {
            assert!(code.strict >= code.lenient, "{}", code.id);
            assert!(!code.fix.is_empty(), "{}", code.id);
        }
    }
}
