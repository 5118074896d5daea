//! The workflows of `examples/ci`, so that stories can run what they say.

use crate::repository_file;

/// A workflow of `examples/ci`.
#[derive(Clone, Debug)]
pub struct Workflow(String);

impl Workflow {
    /// The workflow in this file.
    pub fn example(file: &str) -> Self {
        Self(repository_file(&format!("examples/ci/{file}")))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Its shell scripts, in the order in which they stand there: the values of `run`, and the items of `script`.
    ///
    /// This reads the YAML that the examples are written in, not all that there is.
    pub fn scripts(&self) -> Vec<String> {
        let lines: Vec<&str> = self.0.lines().collect();
        let mut scripts = Vec::new();
        let mut list = None;
        for (number, line) in lines.iter().enumerate() {
            let (depth, text) = (depth(line), line.trim());
            if text == "script:" {
                list = Some(depth);
            } else if list.is_some_and(|list| !text.is_empty() && depth <= list) {
                list = None;
            }
            let item = text.strip_prefix("- ").unwrap_or(text);
            let script = match list {
                Some(_) => text.strip_prefix("- "),
                None => item.strip_prefix("run: "),
            };
            match script {
                Some("|") => scripts.push(block(&lines[number + 1..], depth)),
                Some(script) => scripts.push(script.to_owned()),
                None => {}
            }
        }
        scripts
    }
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines that stand deeper than the one before them, without what all of them are indented by.
fn block(lines: &[&str], above: usize) -> String {
    let belongs = |line: &&&str| line.trim().is_empty() || depth(line) > above;
    let lines: Vec<_> = lines.iter().take_while(belongs).collect();
    let margin = lines.first().map_or(0, |line| depth(line));
    lines
        .iter()
        .map(|line| line.get(margin..).unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_as_both_systems_write_them() {
        let github = "steps:\n  - run: one\n  - name: two\n    run: |\n      two\n        and a half\n  - uses: x\n";
        let gitlab = "job:\n  script:\n    # why\n    - one\n    - |\n      two\n        and a half\n  rules:\n    - if: x\n";
        for text in [github, gitlab] {
            let scripts = Workflow(text.to_owned()).scripts();
            assert_eq!(scripts, ["one", "two\n  and a half"], "{text}");
        }
    }
}
