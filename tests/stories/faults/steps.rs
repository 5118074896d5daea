//! Every step of everything that changes something goes wrong: the process dies there, or the step fails, finds no space,
//! or does not come to an end.
//!
//! Each story does the same thing again and again. In the first round the first fail point goes wrong, in the second the
//! second, and so on until it gets through. After each of them it is asked what became of it.

use cellier_tests::Setup;

use super::operation::Operation;
use super::trial::{Effect, Steps, Trial};

fn sqlite() -> (Setup, &'static str) {
    (Setup::new(), "SQLite")
}

fn postgres() -> (Setup, &'static str) {
    (Setup::new().on_postgres(), "PostgreSQL")
}

fn s3() -> (Setup, &'static str) {
    (Setup::new().on_s3(), "SQLite and S3")
}

/// A module with a story for each operation.
macro_rules! stories {
    ($module:ident: $effect:ident, $steps:expr, on $place:ident $(, #[$ignored:meta])?) => {
        mod $module {
            use super::{Effect, Operation, Steps, Trial};

            stories!(@each $effect, $steps, $place, ($(#[$ignored])?),
                publishing_something_new = PublishNew,
                publishing_bytes_that_are_there = PublishBytesThatAreThere,
                publishing_a_second_version = PublishSecondVersion,
                publishing_the_same_again = PublishTheSameAgain,
                publishing_while_the_version_before_is_deleted = PublishWhileTheVersionBeforeIsDeleted,
                deleting_a_version = DeleteVersion,
                deleting_an_artefact = DeleteArtefact,
                setting_a_tag = SetTag,
                freeing_space = FreeSpace,
            );
        }
    };
    (@each $effect:ident, $steps:expr, $place:ident, $ignored:tt, $($name:ident = $operation:ident,)+) => {
        $(stories!(@one $effect, $steps, $place, $ignored, $name = $operation);)+
    };
    (@one $effect:ident, $steps:expr, $place:ident, ($($ignored:tt)*), $name:ident = $operation:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        $($ignored)*
        async fn $name() {
            let (setup, on) = super::$place();
            let trial = Trial { effect: Effect::$effect, steps: $steps };
            trial.run(Operation::$operation, setup, on).await;
        }
    };
}

// In every run: the process dies at each step on SQLite; other places and other faults are drawn.
stories!(killed_on_sqlite: Kill, Steps::Each, on sqlite);
stories!(killed_on_postgres: Kill, Steps::Some(2), on postgres);
stories!(killed_on_s3: Kill, Steps::Some(2), on s3);
stories!(failing_on_sqlite: Error, Steps::Some(6), on sqlite);
stories!(full_on_sqlite: Full, Steps::Some(3), on sqlite);
stories!(hanging_on_sqlite: Hang, Steps::Some(1), on sqlite);

// In `make test-all`: each step everywhere, before it and after it. Those that do not end take seconds, so they are drawn.
stories!(all_killed_on_sqlite: Kill, Steps::All, on sqlite, #[ignore = "takes minutes: make test-all"]);
stories!(all_killed_on_postgres: Kill, Steps::All, on postgres, #[ignore = "takes minutes: make test-all"]);
stories!(all_killed_on_s3: Kill, Steps::All, on s3, #[ignore = "takes minutes: make test-all"]);
stories!(all_failing_on_sqlite: Error, Steps::All, on sqlite, #[ignore = "takes minutes: make test-all"]);
stories!(all_failing_on_postgres: Error, Steps::All, on postgres, #[ignore = "takes minutes: make test-all"]);
stories!(all_failing_on_s3: Error, Steps::All, on s3, #[ignore = "takes minutes: make test-all"]);
stories!(all_full_on_sqlite: Full, Steps::All, on sqlite, #[ignore = "takes minutes: make test-all"]);
stories!(all_read_only_on_sqlite: ReadOnly, Steps::All, on sqlite, #[ignore = "takes minutes: make test-all"]);
stories!(many_hanging_on_sqlite: Hang, Steps::Some(10), on sqlite, #[ignore = "takes minutes: make test-all"]);
stories!(many_hanging_on_postgres: Hang, Steps::Some(10), on postgres, #[ignore = "takes minutes: make test-all"]);
stories!(many_hanging_on_s3: Hang, Steps::Some(10), on s3, #[ignore = "takes minutes: make test-all"]);

async fn backing_up(effect: Effect, steps: Steps, (setup, on): (Setup, &str)) {
    let trial = Trial { effect, steps };
    trial.run(Operation::BackUp, setup, on).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_leaves_the_one_before_it() {
    backing_up(Effect::Kill, Steps::Some(4), sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_fails_leaves_the_one_before_it() {
    backing_up(Effect::Error, Steps::Some(4), sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: make test-all"]
async fn a_backup_is_killed_at_each_of_its_steps() {
    for place in [sqlite, postgres, s3] {
        backing_up(Effect::Kill, Steps::All, place()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: make test-all"]
async fn a_backup_fails_at_each_of_its_steps() {
    for place in [sqlite, postgres, s3] {
        backing_up(Effect::Error, Steps::All, place()).await;
    }
}
