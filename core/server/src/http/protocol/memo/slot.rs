//! The answers of one place.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::http::protocol::memo::place::{KeptPlace, Place};
use crate::http::protocol::memo::trace::{AsItWas, Seen};
use crate::http::protocol::ready::Ready;

/// Most answers of one place: clients that negotiate oddly must not push out those of all others.
const MOST: usize = 16;

/// Most bytes of the headers that an answer depends on. Nobody negotiates at such length who wants an answer.
const LONGEST: usize = 1024;

/// The answers of one place: one for each kind of client and of caller, all about the same artefact.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    place: KeptPlace,
    /// The name of the artefact.
    about: Arc<str>,
    answers: Vec<Arc<HeldAnswer>>,
}

/// An answer, and to whom it may be given.
#[derive(Debug)]
pub(super) struct HeldAnswer {
    as_it_was: AsItWas,
    /// The headers of the request that it depends on.
    negotiated: Vec<(HeaderName, Vec<HeaderValue>)>,
    pub(super) ready: Arc<Ready>,
}

impl HeldAnswer {
    /// An answer to a request with these headers; none if it says that it depends on what cannot be told, or on too much.
    pub(super) fn new(ready: Arc<Ready>, asked: &HeaderMap, as_it_was: AsItWas) -> Option<Self> {
        let vary = ready.header(&header::VARY);
        let vary = vary.map_or(Ok(""), HeaderValue::to_str).ok()?;
        let mut negotiated = Vec::new();
        for name in vary.split(',').map(str::trim) {
            let name: HeaderName = match name {
                "" => continue,
                "*" => return None,
                name => name.parse().ok()?,
            };
            // In which coding an answer is sent is decided each time.
            if name != header::ACCEPT_ENCODING {
                let values = asked.get_all(&name).iter().cloned().collect();
                negotiated.push((name, values));
            }
        }
        let answer = Self {
            as_it_was,
            negotiated,
            ready,
        };
        (answer.length() <= LONGEST).then_some(answer)
    }

    /// How many bytes the headers have that it depends on.
    fn length(&self) -> usize {
        let values = self.negotiated.iter().flat_map(|(_, values)| values);
        values.map(HeaderValue::len).sum()
    }

    fn suits(&self, asked: &HeaderMap) -> bool {
        let same =
            |(name, values): &(HeaderName, Vec<HeaderValue>)| asked.get_all(name).iter().eq(values);
        self.negotiated.iter().all(same)
    }
}

impl Slot {
    /// The first answer of a place.
    pub(super) fn new(place: &Place<'_>, about: &str, answer: HeldAnswer) -> Self {
        Self {
            place: place.keep(),
            about: about.into(),
            answers: vec![Arc::new(answer)],
        }
    }

    /// Whether it is the one of this place.
    pub(super) fn is_of(&self, place: &Place<'_>) -> bool {
        self.place.is(place)
    }

    /// The name of the artefact that its answers are about.
    pub(super) fn about(&self) -> &str {
        &self.about
    }

    /// The answer to a request with these headers, as long as the artefact and the caller's sight are as they were.
    pub(super) fn find(&self, asked: &HeaderMap, now: AsItWas) -> Option<Arc<HeldAnswer>> {
        let mut answers = self.answers.iter();
        answers
            .find(|answer| answer.as_it_was == now && answer.suits(asked))
            .map(Arc::clone)
    }

    /// The same with one more answer, without those that will never be given again.
    pub(super) fn with(&self, seen: &Seen, answer: HeldAnswer) -> Self {
        let mut slot = self.clone();
        let new = answer.as_it_was;
        slot.answers.retain(|old| {
            let is_current = old.as_it_was.id == new.id && old.as_it_was.revision == new.revision;
            let is_replaced =
                old.as_it_was.sight == new.sight && old.negotiated == answer.negotiated;
            is_current && !is_replaced
        });
        if slot.answers.len() >= MOST {
            slot.answers.remove(0);
        }
        slot.answers.push(Arc::new(answer));
        slot.about = seen.name.as_str().into();
        slot
    }

    /// How many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let answers = self.answers.iter();
        let answers = answers.map(|answer| answer.ready.weight() + answer.length());
        self.place.weight() + self.about.len() + answers.sum::<usize>()
    }
}
