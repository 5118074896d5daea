//! Taking turns in every way that there is.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use cellier_model::{Clock, Timestamp};

/// Something that is done step by step.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A clock that shows a later time whenever somebody looks.
#[derive(Debug)]
pub(crate) struct TickingClock(AtomicI64);

impl Default for TickingClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_767_225_600_000_000))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Does something to its end without anybody in between.
pub(crate) fn run_alone(mut task: Task) {
    while !step(&mut task) {}
}

/// Goes one step; whether that was the last.
fn step(task: &mut Task) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(task.as_mut().poll(&mut context), Poll::Ready(()))
}

/// Which ways of taking turns are tried.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Explorer {
    preemptions: usize,
    kills: bool,
}

/// What can happen next.
#[derive(Clone, Copy)]
enum Move {
    Step(usize),
    Kill(usize),
}

impl Explorer {
    /// All in which somebody who could go on is interrupted at most so many times: most mistakes need one or two.
    pub(crate) fn preemptions(self, most: usize) -> Self {
        Self {
            preemptions: most,
            ..self
        }
    }

    /// Also those in which one of them is killed between two steps.
    pub(crate) fn with_kills(self) -> Self {
        Self {
            kills: true,
            ..self
        }
    }

    /// Runs all of them, depth first, each from a new beginning; says how many there were.
    pub(crate) fn run<World>(
        self,
        begin: impl Fn() -> (World, Vec<Task>),
        after_each_step: impl Fn(&World),
        at_the_end: impl Fn(&World),
    ) -> usize {
        // The move that was chosen at each step of the run before, and how many there were to choose from.
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut runs = 0;
        loop {
            let (world, tasks) = begin();
            let mut turns = Turns::new(self, tasks);
            let mut depth = 0;
            loop {
                let moves = turns.moves();
                if moves.is_empty() {
                    break;
                }
                if depth == path.len() {
                    path.push((0, moves.len()));
                }
                turns.make(moves[path[depth].0]);
                after_each_step(&world);
                depth += 1;
            }
            at_the_end(&world);
            runs += 1;
            while path.last().is_some_and(|(chosen, of)| chosen + 1 == *of) {
                path.pop();
            }
            match path.last_mut() {
                Some((chosen, _)) => *chosen += 1,
                None => return runs,
            }
        }
    }
}

/// One run.
struct Turns {
    explorer: Explorer,
    tasks: Vec<Option<Task>>,
    current: Option<usize>,
    preemptions: usize,
    killed: bool,
}

impl Turns {
    fn new(explorer: Explorer, tasks: Vec<Task>) -> Self {
        Self {
            explorer,
            tasks: tasks.into_iter().map(Some).collect(),
            current: None,
            preemptions: 0,
            killed: false,
        }
    }

    fn moves(&self) -> Vec<Move> {
        let running = (0..self.tasks.len()).filter(|index| self.tasks[*index].is_some());
        let mut moves: Vec<Move> = match self.current {
            Some(current) if self.preemptions >= self.explorer.preemptions => {
                vec![Move::Step(current)]
            }
            _ => running.map(Move::Step).collect(),
        };
        if self.explorer.kills
            && !self.killed
            && let Some(current) = self.current
        {
            moves.push(Move::Kill(current));
        }
        moves
    }

    fn make(&mut self, chosen: Move) {
        let (Move::Step(index) | Move::Kill(index)) = chosen;
        if self.current.is_some_and(|current| current != index) {
            self.preemptions += 1;
        }
        let has_ended = match chosen {
            Move::Step(_) => self.tasks[index].as_mut().is_none_or(step),
            Move::Kill(_) => {
                self.killed = true;
                true
            }
        };
        if has_ended {
            self.tasks[index] = None;
        }
        self.current = (!has_ended).then_some(index);
    }
}
