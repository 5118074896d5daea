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

    /// Counts a run in which something went wrong, and what was found after it.
    pub fn count(&mut self, found: Checked) {
        self.runs += 1;
        self.checked.acknowledged += found.acknowledged;
        self.checked.whole += found.whole;
        self.checked.absent += found.absent;
        self.checked.lost += found.lost;
        self.checked.half += found.half;
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Prints the figures, and adds them to the table of the document that `CELLIER_RELIABILITY` names.
    ///
    /// # Panics
    ///
    /// If anything was lost, or half there: after the figures say so.
    #[track_caller]
    pub fn tell(&self) {
        let Checked {
            acknowledged,
            whole,
            absent,
            lost,
            half,
        } = self.checked;
        let figures = [self.runs, acknowledged, whole, absent, lost, half];
        eprintln!("{}", row(&self.what, figures));
        if let Some(document) = std::env::var_os("CELLIER_RELIABILITY") {
            add_to_document(Path::new(&document), &self.what, figures);
        }
        self.checked.assert_sound();
    }
}

/// Runs; versions acknowledged; unanswered ones that were whole, and absent; lost; half.
type Figures = [u64; 6];

fn row(what: &str, figures: Figures) -> String {
    let figures: Vec<_> = figures.iter().map(u64::to_string).collect();
    format!("| {what} | {} |", figures.join(" | "))
}

/// Adds figures to a document. Stories run at the same time in one process.
fn add_to_document(document: &Path, what: &str, figures: Figures) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(document).expect("the document with the table");
    let text = add(&text, what, figures).expect("a table between its two marks");
    fs::write(document, text).expect("the document is written");
}

/// Adds figures to the row of the table that tells of the same, or makes it.
fn add(text: &str, what: &str, figures: Figures) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    let same = format!("| {what} |");
    let mut lines: Vec<String> = table.trim().lines().map(str::to_owned).collect();
    let row = match lines.iter().position(|line| line.starts_with(&same)) {
        Some(at) => row(what, sum(figures, &lines.remove(at)[same.len()..])?),
        None => row(what, figures),
    };
    lines.push(row);
    // The first two are the head of the table.
    lines.get_mut(2..)?.sort_unstable();
    let table = lines.join("\n");
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

fn sum(mut figures: Figures, row: &str) -> Option<Figures> {
    let mut cells = row.split('|');
    for figure in &mut figures {
        *figure += cells.next()?.trim().parse::<u64>().ok()?;
    }
    Some(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_added_to_the_row_of_the_same_and_the_rest_stays() {
        let head = "| what | runs |\n|---|---|";
        let text =
            format!("before\n{BEGIN}\n{head}\n| b | 1 | 2 | 3 | 4 | 0 | 0 |\n{END}\nafter\n");
        let text = add(&text, "a", [1; 6]).unwrap();
        let text = add(&text, "b", [10, 10, 10, 10, 0, 0]).unwrap();
        let rows = "| a | 1 | 1 | 1 | 1 | 1 | 1 |\n| b | 11 | 12 | 13 | 14 | 0 | 0 |";
        assert_eq!(
            text,
            format!("before\n{BEGIN}\n{head}\n{rows}\n{END}\nafter\n")
        );
        assert_eq!(add("no marks", "a", [0; 6]), None);
    }

    #[test]
    #[should_panic(expected = "lost and half versions")]
    fn what_was_lost_is_counted_and_fails_the_story() {
        let mut tally = Tally::new("something");
        tally.count(Checked {
            lost: 1,
            ..Checked::default()
        });
        assert_eq!(tally.checked.lost, 1);
        tally.tell();
    }
}
