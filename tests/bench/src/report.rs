//! What was measured, what was hoped for, and the page that says so.

use std::fmt::Write as _;
use std::path::Path;

use crate::{command, process};

/// The outcome of one scenario.
pub(crate) struct Finding {
    /// What was measured.
    pub(crate) title: &'static str,
    /// How, in a sentence or two.
    pub(crate) method: &'static str,
    /// The figures that are judged.
    pub(crate) judged: Vec<Judged>,
    /// Other figures worth telling, and the raw data.
    pub(crate) told: Vec<String>,
}

/// What stands before the title of each section of the page.
const SECTION: &str = "\n## ";

/// What is said of a scenario that broke off; it goes from the page the next time.
const NOT_MEASURED: &str = "Not measured: it did not come to its end.";

impl Finding {
    fn section(&self, load: &str) -> String {
        let mut section = format!(
            "{}\n\n{} Load before the run: {load}.\n\n",
            self.title, self.method
        );
        section.push_str("| figure | measured | limit | |\n| --- | --- | --- | --- |\n");
        for judged in &self.judged {
            let _ = writeln!(section, "{}", judged.row());
        }
        section.push('\n');
        for told in &self.told {
            let _ = writeln!(section, "- {told}");
        }
        section
    }

    /// A scenario that did not come to its end, which is a miss.
    pub(crate) fn not_measured(scenario: &'static str, problem: String) -> Self {
        Self {
            title: scenario,
            method: NOT_MEASURED,
            judged: vec![Judged {
                what: "came to its end".to_owned(),
                figure: 0.0,
                limit: Limit::AtLeast(1.0),
            }],
            told: vec![problem],
        }
    }
}

/// A figure and the limit that it is held against.
pub(crate) struct Judged {
    pub(crate) what: String,
    pub(crate) figure: f64,
    pub(crate) limit: Limit,
}

/// A limit of a figure.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Judged {
    fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtLeast(limit) => self.figure >= limit,
            Limit::AtMost(limit) => self.figure <= limit,
        }
    }

    fn row(&self) -> String {
        let limit = match self.limit {
            Limit::AtLeast(limit) => format!("at least {limit}"),
            Limit::AtMost(limit) => format!("at most {limit}"),
        };
        let met = if self.is_met() { "met" } else { "**missed**" };
        format!("| {} | {:.2} | {limit} | {met} |", self.what, self.figure)
    }
}

/// All findings of a run.
pub(crate) struct Report {
    machine: String,
    load_before: String,
    findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn begin() -> Result<Self, String> {
        let (kernel, _) = command::run("uname", &["-sr"])?;
        let (wrk, _) = command::run("sh", &["-c", "wrk -v 2>&1 | head -1"])?;
        let (nginx, _) = command::run("sh", &["-c", "nginx -v 2>&1"])?;
        let (rustc, _) = command::run("rustc", &["--version"])?;
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let tools = [kernel, rustc, nginx, wrk]
            .map(|text| text.trim().to_owned())
            .join("; ");
        Ok(Self {
            machine: format!("{cores} cores; {tools}"),
            load_before: process::load(),
            findings: Vec::new(),
        })
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        for judged in &finding.judged {
            eprintln!("  {}", judged.row());
        }
        for told in &finding.told {
            eprintln!("  {told}");
        }
        self.findings.push(finding);
    }

    pub(crate) fn all_met(&self) -> bool {
        self.findings
            .iter()
            .flat_map(|finding| &finding.judged)
            .all(Judged::is_met)
    }

    pub(crate) fn verdicts(&self) -> String {
        let missed: Vec<_> = self
            .findings
            .iter()
            .flat_map(|finding| &finding.judged)
            .filter(|j| !j.is_met())
            .collect();
        let mut text = format!("{} figures missed their limit", missed.len());
        for judged in missed {
            let _ = write!(text, "\n{}", judged.row());
        }
        text
    }

    /// Writes the page. The sections of what was not measured this time stay as they are: each tells of one comparison.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        let written = std::fs::read_to_string(path).unwrap_or_default();
        let mut sections: Vec<String> = written.split(SECTION).skip(1).map(str::to_owned).collect();
        sections.retain(|old| !old.contains(NOT_MEASURED));
        for finding in &self.findings {
            let title = format!("{}\n", finding.title);
            let section = finding.section(&self.load_before);
            match sections.iter_mut().find(|old| old.starts_with(&title)) {
                Some(old) => *old = section,
                None => sections.push(section),
            }
        }
        let mut page = format!(
            "# Benchmarks\n\nWritten by `make bench`. Ratios of things that were measured in the same run, in turns, on \
             one machine that runs load and server alike; absolute figures belong to that machine. A section may be from \
             a later run than another, and each says what the machine had to do before it.\n\nMachine: {}.\n",
            self.machine,
        );
        for section in sections {
            page.push_str(SECTION);
            page.push_str(&section);
        }
        std::fs::write(path, page).map_err(|error| format!("{}: {error}", path.display()))
    }
}
