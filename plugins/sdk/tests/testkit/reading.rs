//! Formats that read in a way that no host could bear.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cellier_sdk::testkit::{Conformance, ReadBudget, Sample};
use cellier_sdk::{Finding, Inspection, ReadAtExt as _, Rejection};
use flate2::read::GzDecoder;

use crate::toy::{Toy, assert_fails, inspect_soundly, local_path, not_a_toy, toy_file};

#[test]
fn a_format_that_panics_on_a_broken_off_upload_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let head = content.read_head(4)?;
        assert_ne!(head[..4], *b"    ");
        inspect_soundly(content)
    });
    assert_fails(&toy.report(), "broken off", "it panics: range end index 4");
}

#[test]
fn a_format_that_never_answers_fails_and_the_exam_ends_all_the_same() {
    let toy = Toy::new().inspect(|_, content| {
        let head = content.read_head(10)?;
        while head.len() < 10 {
            std::thread::sleep(Duration::from_millis(50));
        }
        inspect_soundly(content)
    });
    let report = toy.exam().deadline(Duration::from_millis(100)).run();
    assert_fails(&report, "broken off", "it has not answered after 100ms");
    assert_fails(&report, "broken off", "the exam was broken off");
}

#[test]
fn a_format_that_answers_differently_every_time_fails() {
    let calls = AtomicU32::new(0);
    let toy = Toy::new().inspect(move |_, content| {
        let inspection = inspect_soundly(content)?;
        Ok(inspection.metadata("calls", calls.fetch_add(1, Ordering::Relaxed)))
    });
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "differently to the same upload",
    );
}

#[test]
fn a_format_that_reads_everything_again_and_again_fails() {
    let toy = Toy::new().inspect(|_, content| {
        for _ in 0..2000 {
            std::io::copy(&mut content.reader(), &mut std::io::sink())?;
        }
        inspect_soundly(content)
    });
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "more than the",
    );
}

#[test]
fn a_format_that_reads_byte_by_byte_fails_unless_its_budget_allows_that() {
    let toy = || {
        Toy::new().inspect(|_, content| {
            for offset in 0..20_000 {
                content.read_at(offset, &mut [0])?;
            }
            inspect_soundly(content)
        })
    };
    assert_fails(
        &toy().report(),
        "the answer is the expected one",
        "put a buffer between",
    );
    let budget = ReadBudget::default().reads(30_000);
    toy().exam().read_budget(budget).check();
}

#[test]
fn a_format_that_reads_a_huge_upload_to_its_end_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let inspection = inspect_soundly(content)?;
        std::io::copy(&mut content.reader(), &mut std::io::sink())?;
        Ok(inspection)
    });
    assert_fails(
        &toy.report(),
        "good: a huge upload",
        "that its budget allows",
    );
}

#[test]
fn a_format_that_unpacks_a_bomb_to_its_end_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let mut unpacked = GzDecoder::new(std::io::BufReader::new(content.reader()));
        // However little is kept of it, there is no end to it.
        match std::io::copy(&mut unpacked, &mut std::io::sink()) {
            Ok(_) => Ok(Inspection::new()),
            Err(_) => Err(not_a_toy()),
        }
    });
    let report = Conformance::of(toy).mutations(1).run();
    assert_fails(
        &report,
        "a bomb is given up early",
        "that its budget allows",
    );
}

#[test]
fn a_format_that_blames_the_publisher_for_a_read_error_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let head = content.read_head(1000).map_err(|_error| not_a_toy())?;
        inspect_soundly(&head)
    });
    assert_fails(
        &toy.report(),
        "a read error is reported",
        "nor with Rejection::Unreadable",
    );
}

#[test]
fn a_format_that_learns_less_when_a_read_fails_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let inspection = inspect_soundly(content)?;
        Ok(match content.read_range(20_000, 4) {
            Ok(tail) => inspection.metadata("tail", tail),
            Err(_) => inspection,
        })
    });
    assert_fails(
        &toy.report(),
        "a read error is reported",
        "nor with Rejection::Unreadable",
    );
}

#[test]
fn a_format_that_says_it_cannot_read_what_can_be_read_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let mut head = [0; 100];
        content.read_exact_at(0, &mut head)?;
        inspect_soundly(content)
    });
    assert_fails(&toy.report(), "broken off", "every read has worked");
}

#[test]
fn a_format_that_takes_one_read_for_all_that_there_is_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let mut head = vec![0; 1000];
        let count = content.read_at(0, &mut head)?;
        inspect_soundly(&head[..count].to_vec())
    });
    assert_fails(&toy.report(), "however few bytes", "once");
}

#[test]
fn a_format_that_takes_an_interrupted_read_for_the_end_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let mut head = vec![0; 4];
        match content.read_at(0, &mut head) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(not_a_toy()),
            _ => inspect_soundly(content),
        }
    });
    let report = toy.report();
    assert_fails(
        &report,
        "an interrupted read",
        "nor with Rejection::Unreadable",
    );
}

#[test]
fn a_format_that_waits_for_bytes_that_never_come_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let mut head = vec![0; 100.min(content.size().try_into().unwrap_or(0))];
        let mut filled = 0;
        while filled < head.len() {
            filled += content.read_at(filled as u64, &mut head[filled..])?;
        }
        inspect_soundly(&head)
    });
    let report = toy.exam().deadline(Duration::from_millis(200)).run();
    assert_fails(
        &report,
        "ends before its size says so",
        "it has not answered",
    );
}

#[test]
fn a_format_that_cannot_be_asked_by_two_at_once_fails() {
    let busy = Mutex::new(());
    let toy = Toy::new().inspect(move |_, content| {
        let Ok(_alone) = busy.try_lock() else {
            return Err(Rejection::invalid([Finding::error(
                "TOY9",
                "busy, come back later",
            )]));
        };
        std::thread::sleep(Duration::from_millis(2));
        inspect_soundly(content)
    });
    assert_fails(
        &toy.report(),
        "4 threads",
        "several threads get other answers than one",
    );
}

#[test]
fn a_format_that_needs_a_file_fails_where_none_is_given() {
    let toy = Toy::new().inspect(|_, content| {
        let path = local_path(content)?;
        inspect_soundly(&std::fs::read(path)?)
    });
    let report = toy.exam().without_local_files().run();
    assert_fails(
        &report,
        "the answer is the expected one",
        "it says that the content cannot be read",
    );
}

#[test]
fn a_format_that_a_local_file_makes_no_wiser_but_different_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let inspection = inspect_soundly(content)?;
        Ok(inspection.metadata("local", content.local_path().is_some()))
    });
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "with a local file beside it",
    );
}

#[test]
fn a_format_that_is_given_nothing_good_fails() {
    let report = Conformance::of(Toy::new()).mutations(1).run();
    assert_fails(
        &report,
        "there is an upload that the format takes",
        "give at least one",
    );
    let only_bad = Sample::new("bad", "bad").of_another_format("TOY1");
    let report = Conformance::of(Toy::new())
        .sample(only_bad)
        .mutations(1)
        .run();
    assert_fails(
        &report,
        "there is an upload that the format takes",
        "give at least one",
    );
}

#[test]
fn the_size_of_an_upload_is_not_what_may_be_read_of_a_small_one() {
    let budget = ReadBudget::default().times(1).plus(0);
    let toy = || {
        Toy::new().inspect(|_, content| {
            content.read_head(toy_file().len())?;
            content.read_head(toy_file().len())?;
            inspect_soundly(content)
        })
    };
    let report = toy().exam().read_budget(budget).run();
    assert_fails(
        &report,
        "the answer is the expected one",
        "that its budget allows",
    );
    toy()
        .exam()
        .read_budget(budget.times(3).plus(100_000))
        .check();
}
