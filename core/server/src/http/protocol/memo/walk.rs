//! From a request to a held answer, or to a new one.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response as HttpResponse;
use cellier_model::read::see_artefact;
use cellier_sdk::Hold;

use crate::http::credential::Caller;
use crate::http::download::Asked;
use crate::http::problem::Problem;
use crate::http::protocol::exchange::{Exchange, Worded};
use crate::http::protocol::memo::slot::HeldAnswer;
use crate::http::protocol::memo::trace::AsItWas;
use crate::http::protocol::memo::{Memo, Place, Sight};
use crate::http::protocol::ready::{Ready, Sender};
use crate::http::protocol::refusal::Unworded;
use crate::state::AppState;

/// The answers that are held: what is there, where else it is, and that nothing is there. What went wrong is not.
const HELD: [StatusCode; 8] = [
    StatusCode::OK,
    StatusCode::NO_CONTENT,
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
    StatusCode::NOT_FOUND,
    StatusCode::GONE,
];

/// What is sent, or what the format has yet to word.
type Sent = Result<HttpResponse, Unworded>;

impl Memo {
    /// The held answer to a request, if there is one that this caller may have.
    pub(in crate::http::protocol) async fn answer(
        &self,
        state: &AppState,
        caller: &Caller,
        place: &Place<'_>,
        asked: Asked<'_>,
    ) -> Option<Result<HttpResponse, Problem>> {
        let hash = place.hash();
        let slot = self.shelf.get(place, hash)?;
        let now = as_it_is(state, caller, place, slot.about()).await?;
        let answer = slot.find(asked.headers, now)?;
        let weight = answer.ready.weight();
        let sender = Sender {
            state,
            format: place.format,
            again: true,
        };
        let sent = answer.ready.send(sender, asked).await;
        if answer.ready.weight() != weight {
            self.shelf.weigh(hash);
        }
        self.count(place.format, |counters| &counters.held);
        Some(sent)
    }
}

/// The artefact as it is now. The decision about the caller is made here, each time.
async fn as_it_is(
    state: &AppState,
    caller: &Caller,
    place: &Place<'_>,
    name: &str,
) -> Option<AsItWas> {
    // Whatever stands against it is found again, and worded, where the format is asked.
    let seen = see_artefact(&state.context, caller.actor(), place.format, name).await;
    let artefact = seen.ok()??;
    let sight = Sight::of(&state.context, caller, &artefact);
    Some(AsItWas::of(&artefact, sight))
}

/// What became of an answer that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is held.
    Held,
    /// It is not, and the next one at this place may be.
    NotThisTime,
    /// It is not, and the next one at this place will not be either.
    Never,
}

impl Exchange {
    /// Answers a read: with what another request has left meanwhile, or by asking the format.
    pub(in crate::http::protocol) async fn read(
        &self,
        caller: &Caller,
        place: &Place<'_>,
        asked: Asked<'_>,
    ) -> Result<Sent, Problem> {
        let memo = &self.state.memo;
        let hash = place.hash();
        let boarded = memo.flights.board(hash).await;
        if boarded.has_waited
            && let Some(Ok(sent)) = memo.answer(&self.state, caller, place, asked).await
        {
            return Ok(Ok(sent));
        }
        let ready = match self.make(caller).await {
            Ok(Ok(ready)) => Arc::new(ready),
            Ok(Err(unworded)) => {
                boarded.was_in_vain();
                return Ok(Err(unworded));
            }
            Err(problem) => {
                boarded.was_in_vain();
                return Err(problem);
            }
        };
        match self.hold(place, hash, &ready, asked) {
            Outcome::Held => memo.count(place.format, |counters| &counters.made),
            not_held => {
                boarded.was_in_vain();
                if not_held == Outcome::Never {
                    boarded.is_never_held();
                }
                memo.count(place.format, |counters| &counters.once);
            }
        }
        drop(boarded);
        let sender = Sender {
            state: &self.state,
            format: place.format,
            again: false,
        };
        let weight = ready.weight();
        let sent = ready.send(sender, asked).await;
        if ready.weight() != weight {
            memo.shelf.weigh(hash);
        }
        word_if_refused(sent)
    }

    /// Asks the format.
    async fn make(&self, caller: &Caller) -> Result<Result<Ready, Unworded>, Problem> {
        match self.serve(self.registry(caller)).await? {
            Worded::Response(answer) => {
                word_if_refused(Ready::of(&self.format.id, &self.shown, answer))
            }
            Worded::Not(unworded) => Ok(Err(unworded)),
        }
    }

    /// Holds an answer, if it is one of those that can be: it depends on one artefact and on nothing else, and says that it
    /// holds.
    fn hold(&self, place: &Place<'_>, hash: u64, ready: &Arc<Ready>, asked: Asked<'_>) -> Outcome {
        if matches!(ready.hold(), Hold::No | Hold::UntilFormatChanges) {
            return Outcome::Never;
        }
        let Some(seen) = self.trace.one().filter(|_| HELD.contains(&ready.status())) else {
            return Outcome::NotThisTime;
        };
        let Some(answer) = HeldAnswer::new(Arc::clone(ready), asked.headers, seen.as_it_was) else {
            return Outcome::NotThisTime;
        };
        if self.state.memo.shelf.put(place, hash, &seen, answer) {
            Outcome::Held
        } else {
            Outcome::Never
        }
    }
}

/// What the client has done wrong is for the format to word; what is broken is told in words of ours.
fn word_if_refused<T>(outcome: Result<T, Problem>) -> Result<Result<T, Unworded>, Problem> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(problem) if problem.status().is_client_error() => Ok(Err(problem.into())),
        Err(problem) => Err(problem),
    }
}
