//! What the documentation promises is what the code does.

use cellier_format_tileset::codes::{self, Code};

/// The page for publishers and operators.
const PAGE: &str = include_str!("../../../../docs/tileset.md");

/// The cells of every line of the tables of codes.
fn lines() -> Vec<Vec<String>> {
    let lines = PAGE.lines().filter(|line| {
        ["| `MB", "| `PM", "| `TS"]
            .iter()
            .any(|start| line.starts_with(start))
    });
    lines
        .map(|line| {
            let line = line.trim_matches('|').replace("\\|", "|");
            line.split(" | ")
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

fn weight(severity: cellier_sdk::Severity) -> String {
    format!("{severity:?}").to_lowercase()
}

#[test]
fn the_page_lists_every_code_with_its_weights_and_its_remedy() {
    let documented: Vec<_> = lines()
        .into_iter()
        .map(|cells| {
            let [code, strict, lenient, _found, _example, fix] = cells.as_slice() else {
                panic!("not six cells: {cells:?}");
            };
            [code, strict, lenient, fix].map(|cell| cell.trim_matches('`').to_owned())
        })
        .collect();
    let defined = |code: &Code| {
        [
            code.id.to_owned(),
            weight(code.strict),
            weight(code.lenient),
            code.fix.to_owned(),
        ]
    };
    let defined: Vec<_> = codes::all().map(defined).collect();
    for (documented, defined) in documented.iter().zip(&defined) {
        assert_eq!(documented, defined);
    }
    assert_eq!(documented.len(), defined.len());
}

#[test]
fn the_page_lists_every_key_of_the_metadata() {
    let source = include_str!("../../src/learnt.rs");
    let keys = |text: &'static str, start: &'static str| -> Vec<&str> {
        let lines = text
            .lines()
            .filter_map(move |line| line.strip_prefix(start));
        lines
            .filter(|line| line.starts_with('`') && line.matches('|').count() == 2)
            .flat_map(|line| {
                let cell = line.split('|').next().unwrap_or_default();
                cell.split(',').map(|key| key.trim().trim_matches('`'))
            })
            .collect()
    };
    let documented = keys(PAGE, "| ");
    let defined = keys(source, "//! | ");
    assert!(defined.len() > 15, "{defined:?}");
    for key in defined {
        assert!(documented.contains(&key), "{key} is not on the page");
    }
}
