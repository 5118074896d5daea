//! The page about security lists the attempts that are made here, and nothing else.

use std::collections::BTreeSet;

use cellier_tests::repository_file;

/// The rooms of the list.
const ROOMS: [&str; 5] = ["scopes", "paths", "headers", "sessions", "enumeration"];

/// Fewer would be a sign that the source is no longer read as it is written.
const FEWEST: usize = 60;

/// The sentences of all attempts in a source, each with the test that makes it: that in which it stands, or the next one.
fn attempts_of(room: &str) -> Vec<(String, String)> {
    let source = repository_file(&format!("tests/stories/attacks/{room}.rs"));
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    let mut test = None;
    let mut is_test = false;
    for line in source.lines() {
        if line == "#[tokio::test]" {
            is_test = true;
        } else if let Some(head) = line.strip_prefix("async fn ") {
            let name = head.split('(').next().unwrap_or_default();
            test = is_test.then(|| format!("attacks::{room}::{name}"));
            is_test = false;
            if let Some(test) = &test {
                found.extend(waiting.drain(..).map(|sentence| (sentence, test.clone())));
            }
        } else if line == "}" {
            test = None;
        }
        for sentence in sentences(line) {
            match &test {
                Some(test) => found.push((sentence, test.clone())),
                None => waiting.push(sentence),
            }
        }
    }
    assert_eq!(
        waiting,
        Vec::<String>::new(),
        "no test of {room} makes these"
    );
    found
}

/// The formatter leaves each on a line of its own, or at the end of one.
fn sentences(line: &str) -> Vec<String> {
    let text = |part: &str| part.split('"').next().map(str::to_owned);
    line.split("attempt(\"").skip(1).filter_map(text).collect()
}

/// The rows of the page below a heading: two columns, the second in backquotes.
fn rows_below(heading: &str) -> Vec<(String, String)> {
    let page = repository_file("docs/security.md");
    let (_, below) = page
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("the page has no heading {heading}"));
    let section = below.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| {
        let (sentence, test) = line.strip_prefix("| ")?.split_once(" | `")?;
        Some((sentence.to_owned(), test.strip_suffix("` |")?.to_owned()))
    });
    rows.collect()
}

#[test]
fn the_page_lists_every_attempt_with_the_test_that_makes_it() {
    let made: Vec<_> = ROOMS.into_iter().flat_map(attempts_of).collect();
    let listed = rows_below("## The attempts");
    let rows = |pairs: &[(String, String)]| -> String {
        let row = |(sentence, test): &(String, String)| format!("| {sentence} | `{test}` |\n");
        pairs.iter().map(row).collect()
    };
    assert!(made.len() >= FEWEST, "{} attempts", made.len());
    assert!(
        made == listed,
        "docs/security.md lists other attempts than are made; these are made:\n{}",
        rows(&made)
    );
    let sentences: BTreeSet<_> = made.iter().map(|(sentence, _)| sentence).collect();
    assert_eq!(sentences.len(), made.len(), "each sentence stands once");
}

#[test]
fn the_page_names_other_stories_that_are_there() {
    let listed = rows_below("## Shown elsewhere");
    assert!(!listed.is_empty());
    for (_, story) in listed {
        let (room, test) = story.rsplit_once("::").unwrap_or_default();
        let source = repository_file(&format!("tests/stories/{}.rs", room.replace("::", "/")));
        let is_there = source.contains(&format!("async fn {test}("));
        assert!(is_there, "there is no story {story}");
    }
}
