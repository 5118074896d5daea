//! How two texts differ, line by line.

/// How many equal lines are shown around those that differ.
const AROUND: usize = 2;

/// Most lines of a difference that are shown.
const MOST_LINES: usize = 60;

/// Most lines of either text that are compared with each other; the rest counts as one block.
const MOST_COMPARED: usize = 1500;

/// Most characters of a line that are shown.
const LONGEST_LINE: usize = 160;

/// The lines that differ, with `-` before those expected and `+` before those found, and a few equal ones around.
pub(in crate::testkit) fn difference(expected: &str, found: &str) -> String {
    let expected: Vec<_> = expected.lines().collect();
    let found: Vec<_> = found.lines().collect();
    let lines = compare(&expected, &found);
    let near = |index: usize| {
        let from = index.saturating_sub(AROUND);
        let to = (index + AROUND + 1).min(lines.len());
        lines[from..to].iter().any(|(mark, _)| *mark != ' ')
    };
    let mut shown = Vec::new();
    let mut skipped = false;
    for (index, (mark, line)) in lines.iter().enumerate() {
        if !near(index) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            shown.push("  …".to_owned());
        }
        let line: String = line.chars().take(LONGEST_LINE).collect();
        shown.push(format!("{mark} {line}"));
    }
    let left_out = shown.len().saturating_sub(MOST_LINES);
    shown.truncate(MOST_LINES);
    if left_out > 0 {
        shown.push(format!("  … and {left_out} more lines"));
    }
    shown.join("\n")
}

/// All lines of both, each marked as expected, found, or in both.
fn compare<'a>(expected: &[&'a str], found: &[&'a str]) -> Vec<(char, &'a str)> {
    let start = expected
        .iter()
        .zip(found)
        .take_while(|(one, other)| one == other)
        .count();
    let (expected_rest, found_rest) = (&expected[start..], &found[start..]);
    let end = expected_rest
        .iter()
        .rev()
        .zip(found_rest.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let expected_middle = &expected_rest[..expected_rest.len() - end];
    let found_middle = &found_rest[..found_rest.len() - end];
    let mut lines: Vec<_> = expected[..start].iter().map(|&line| (' ', line)).collect();
    lines.extend(compare_middle(expected_middle, found_middle));
    lines.extend(
        expected[expected.len() - end..]
            .iter()
            .map(|&line| (' ', line)),
    );
    lines
}

/// Keeps as many lines as possible, in the ordinary way: a table of the longest common rests.
fn compare_middle<'a>(expected: &[&'a str], found: &[&'a str]) -> Vec<(char, &'a str)> {
    let removed = |lines: &[&'a str]| lines.iter().map(|&line| ('-', line)).collect::<Vec<_>>();
    let added = |lines: &[&'a str]| lines.iter().map(|&line| ('+', line)).collect::<Vec<_>>();
    if expected.len() > MOST_COMPARED || found.len() > MOST_COMPARED {
        return [removed(expected), added(found)].concat();
    }
    let width = found.len() + 1;
    let mut common = vec![0_usize; (expected.len() + 1) * width];
    for row in (0..expected.len()).rev() {
        for column in (0..found.len()).rev() {
            common[row * width + column] = if expected[row] == found[column] {
                common[(row + 1) * width + column + 1] + 1
            } else {
                common[(row + 1) * width + column].max(common[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut lines = Vec::new();
    while row < expected.len() && column < found.len() {
        if expected[row] == found[column] {
            lines.push((' ', expected[row]));
            row += 1;
            column += 1;
        } else if common[(row + 1) * width + column] >= common[row * width + column + 1] {
            lines.push(('-', expected[row]));
            row += 1;
        } else {
            lines.push(('+', found[column]));
            column += 1;
        }
    }
    lines.extend(removed(&expected[row..]));
    lines.extend(added(&found[column..]));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_with_a_little_around_it() {
        let expected = "a\nb\nc\nd\ne\nf\ng\nh";
        let found = "a\nb\nc\nd\nE\nf\ng\nh\ni";
        assert_eq!(
            difference(expected, found),
            "  …\n  c\n  d\n- e\n+ E\n  f\n  g\n  h\n+ i"
        );
        assert_eq!(difference("a", "a"), "");
    }

    #[test]
    fn lines_that_moved_are_not_all_that_there_is() {
        assert_eq!(difference("a\nb\nc", "b\nc\nd"), "- a\n  b\n  c\n+ d");
    }

    #[test]
    fn long_texts_and_long_lines_are_cut() {
        let expected = "x\n".repeat(3000);
        let found = format!("{}\n", "y".repeat(1000)).repeat(3000);
        let difference = difference(&expected, &found);
        assert_eq!(difference.lines().count(), MOST_LINES + 1);
        assert!(difference.len() < 10_000);
    }
}
