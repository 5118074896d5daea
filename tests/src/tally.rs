//! The figures of `docs/reliability.md`, counted by the stories that it tells of.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::Checked;

/// Where the table begins and ends in the document.
const BEGIN: &str = "<!-- counts: written by make reliability -->";
const END: &str = "<!-- end of counts -->";

/// What was counted of one kind of fault.
#[derive(Clone, Debug)]
pub struct Tally {
    what: String,
    runs: u64,
    checked: Checked,
}

impl Tally {
    /// Nothing yet, of something that goes wrong.
    pub fn new(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            runs: 0,
            checked: Checked::default(),
        }
    }

    /// Counts a run in which something went wrong, and what was found after it. A check that finds a broken promise fails
    /// the story, so nothing that was lost or half there is ever counted beside it.
    pub fn count(&mut self, found: Checked) {
        self.runs += 1;
        self.checked.acknowledged += found.acknowledged;
        self.checked.whole += found.whole;
        self.checked.absent += found.absent;
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Prints the figures, and writes them into the table of the document that `CELLIER_RELIABILITY` names.
    pub fn tell(&self) {
        let row = self.row();
        eprintln!("{row}");
        if let Some(document) = std::env::var_os("CELLIER_RELIABILITY") {
            write_row(Path::new(&document), &self.what, &row);
        }
    }

    fn row(&self) -> String {
        let Checked {
            acknowledged,
            whole,
            absent,
        } = self.checked;
        format!(
            "| {} | {} | {acknowledged} | {whole} | {absent} | 0 | 0 |",
            self.what, self.runs
        )
    }
}

/// Puts a row into the table, in the place of the one that tells of the same. Stories run at the same time in one process.
fn write_row(document: &Path, what: &str, row: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(document).expect("the document with the table");
    let text = with_row(&text, what, row).expect("a table between its two marks");
    fs::write(document, text).expect("the document is written");
}

fn with_row(text: &str, what: &str, row: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    let same = format!("| {what} |");
    let mut lines: Vec<&str> = table.trim().lines().collect();
    // The first two are the head of the table.
    let head = lines.len().min(2);
    lines.retain(|line| !line.starts_with(&same));
    lines.push(row);
    lines[head..].sort_unstable();
    Some(format!(
        "{before}{BEGIN}\n{}\n{END}{after}",
        lines.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_the_place_of_the_one_before_and_the_rest_stays() {
        let text =
            format!("before\n{BEGIN}\n| what | runs |\n|---|---|\n| b | 1 |\n{END}\nafter\n");
        let text = with_row(&text, "a", "| a | 1 |").unwrap();
        let text = with_row(&text, "b", "| b | 2 |").unwrap();
        let table = "| what | runs |\n|---|---|\n| a | 1 |\n| b | 2 |";
        assert_eq!(text, format!("before\n{BEGIN}\n{table}\n{END}\nafter\n"));
        assert_eq!(with_row("no marks", "a", "| a |"), None);
    }
}
