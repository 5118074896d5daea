//! Publishing, deleting, sweeping and checking at the same time, in every order with so many interruptions.
//!
//! The use cases themselves run, against fakes that let others go first at every call. What a scheduler could do is
//! tried out: each way of taking turns is one run, and in some a process is also killed between two steps. After every
//! step no file may be without its bytes; at the end nothing may be left over.
#![expect(clippy::unwrap_used, reason = "a run that cannot go on has failed")]

mod interleaving;

use std::sync::Arc;
use std::time::Duration;

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::change::delete_version;
use cellier_model::check::{Checking, Finding, Watcher, check};
use cellier_model::ports::SpaceUsage;
use cellier_model::publish::{Claims, Door, PublishRequest, publish};
use cellier_model::read::ArtefactAddress;
use cellier_model::retention::{Sweep, sweep};
use cellier_model::testing::{FakeFormats, MemoryBlobs, MemoryCatalog, context, fake_format};
use cellier_model::{Context, FormatId};
use cellier_sdk::{Claim, Descriptor, Inspection};

use interleaving::{Explorer, Task, TickingClock, run_alone};

/// A registry in memory whose clock never stands still.
#[derive(Clone)]
struct World {
    context: Context,
    catalog: Arc<MemoryCatalog>,
    blobs: Arc<MemoryBlobs>,
}

impl World {
    fn new() -> Self {
        let file = Descriptor::new("file", "1")
            .category("other")
            .claim(Claim::anything());
        let formats = FakeFormats::default().with(fake_format(file), |_, _| Ok(Inspection::new()));
        let (catalog, blobs) = (
            Arc::<MemoryCatalog>::default(),
            Arc::<MemoryBlobs>::default(),
        );
        let context = Context {
            catalog: Arc::<MemoryCatalog>::clone(&catalog),
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            clock: Arc::new(TickingClock::default()),
            ..context(formats)
        };
        Self {
            context,
            catalog,
            blobs,
        }
    }

    /// Publishes the same bytes whatever the name.
    fn publish(&self, name: &'static str) -> Task {
        let world = self.clone();
        Box::pin(async move {
            let request = PublishRequest {
                origin: nobody_in_particular(),
                door: Door::File,
                name: name.to_owned(),
                claims: Claims::default(),
                staged: MemoryBlobs::staged(b"the same bytes"),
            };
            publish(&world.context, &request).await.unwrap();
        })
    }

    /// Deletes the first version, whoever gets in between.
    fn delete(&self, name: &'static str) -> Task {
        let world = self.clone();
        Box::pin(async move {
            let address = ArtefactAddress::Exact {
                format: FormatId::new("file"),
                name: name.to_owned(),
            };
            let origin = nobody_in_particular();
            while delete_version(&world.context, &origin, &address, "1")
                .await
                .is_err()
            {}
        })
    }

    /// A sweep without any grace, so that nothing but its own care protects a publish.
    fn sweep(&self) -> Task {
        let world = self.clone();
        Box::pin(async move {
            let wanted = Sweep {
                grace: Duration::ZERO,
                orphans: true,
                dry_run: false,
            };
            sweep(&world.context, wanted).await.unwrap();
        })
    }

    /// A check that finds anything is wrong itself: nothing is. Orphans there may be: a sweep without any grace may take a
    /// key that a publish has noted and whose bytes it stores only then, in vain.
    fn check(&self) -> Task {
        let world = self.clone();
        Box::pin(async move {
            let wanted = Checking::default();
            let origin = nobody_in_particular();
            check(&world.context, &origin, &wanted, &NothingToFind)
                .await
                .unwrap();
        })
    }

    fn check_that_every_file_has_its_bytes(&self) {
        let stored = self.blobs.keys();
        for used in self.catalog.used_blobs() {
            assert!(stored.contains(&used), "a file has lost its bytes");
        }
    }

    /// After everybody has ended, or was killed: a publish works, and one more sweep leaves exactly what is used.
    fn check_that_it_recovers(&self) {
        run_alone(self.publish("afterwards"));
        run_alone(self.sweep());
        self.check_that_every_file_has_its_bytes();
        let mut used = self.catalog.used_blobs();
        used.sort();
        used.dedup();
        for left in [self.blobs.keys(), self.catalog.noted_blobs()] {
            let mut left = left;
            left.sort();
            assert_eq!(left, used, "something is left over, or has gone");
        }
    }
}

struct NothingToFind;

impl Watcher for NothingToFind {
    fn begins(&self, _usage: &SpaceUsage) {}

    fn checked(&self, _bytes: u64) {}

    fn found(&self, finding: &Finding) {
        panic!("a false finding: {finding:?}");
    }
}

fn nobody_in_particular() -> Origin {
    Origin {
        actor: Actor::CommandLine,
        address: None,
    }
}

/// Tries every order of the tasks that `begin` makes, and says how many there were.
fn explore(explorer: Explorer, begin: impl Fn(&World) -> Vec<Task>) -> usize {
    explorer.run(
        || {
            let world = World::new();
            let tasks = begin(&world);
            (world, tasks)
        },
        World::check_that_every_file_has_its_bytes,
        World::check_that_it_recovers,
    )
}

#[test]
fn a_publish_that_shares_bytes_which_a_sweep_is_about_to_free() {
    let runs = explore(Explorer::default().preemptions(5), |world| {
        run_alone(world.publish("first"));
        run_alone(world.delete("first"));
        vec![world.publish("second"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn the_same_with_a_process_that_is_killed_anywhere() {
    let runs = explore(Explorer::default().with_kills().preemptions(3), |world| {
        run_alone(world.publish("first"));
        run_alone(world.delete("first"));
        vec![world.publish("second"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_publish_whose_bytes_lie_stored_and_unknown_while_a_sweep_looks_for_orphans() {
    let runs = explore(Explorer::default().with_kills().preemptions(3), |world| {
        vec![world.publish("first"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_publish_a_deletion_and_a_sweep_at_once() {
    let runs = explore(Explorer::default().preemptions(3), |world| {
        run_alone(world.publish("first"));
        vec![
            world.publish("second"),
            world.delete("first"),
            world.sweep(),
        ]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn two_publishes_and_two_sweeps_at_once() {
    let runs = explore(Explorer::default().preemptions(2), |world| {
        run_alone(world.publish("first"));
        run_alone(world.delete("first"));
        vec![
            world.publish("second"),
            world.publish("third"),
            world.sweep(),
            world.sweep(),
        ]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

/// Until somebody has brought the bytes back, files are without them; in the end none is.
fn explore_what_is_lost(explorer: Explorer, tasks: impl Fn(&World) -> Vec<Task>) -> usize {
    explorer.run(
        || {
            let world = World::new();
            run_alone(world.publish("first"));
            world.blobs.lose_everything();
            let tasks = tasks(&world);
            (world, tasks)
        },
        |_world| {},
        World::check_that_it_recovers,
    )
}

#[test]
fn two_publishes_that_bring_lost_bytes_back_and_a_sweep() {
    let runs = explore_what_is_lost(Explorer::default().preemptions(2), |world| {
        vec![
            world.publish("first"),
            world.publish("second"),
            world.sweep(),
        ]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_publish_that_brings_lost_bytes_back_while_the_file_that_lost_them_is_deleted() {
    let runs = explore_what_is_lost(Explorer::default().preemptions(2), |world| {
        vec![
            world.publish("second"),
            world.delete("first"),
            world.sweep(),
        ]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_publish_that_brings_lost_bytes_back_a_sweep_and_somebody_who_is_killed() {
    let explorer = Explorer::default().with_kills().preemptions(3);
    let runs = explore_what_is_lost(explorer, |world| {
        vec![world.publish("first"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_check_while_a_publish_shares_bytes_that_a_sweep_is_about_to_free() {
    let runs = explore(Explorer::default().preemptions(2), |world| {
        run_alone(world.publish("first"));
        run_alone(world.delete("first"));
        vec![world.check(), world.publish("second"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}

#[test]
fn a_check_while_a_version_is_deleted_and_swept() {
    let runs = explore(Explorer::default().preemptions(3), |world| {
        run_alone(world.publish("first"));
        vec![world.check(), world.delete("first"), world.sweep()]
    });
    assert!(runs > 1000, "only {runs} orders were tried");
}
