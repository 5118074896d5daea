//! From the token of a session to the person.

use crate::Context;
use crate::access::{Acting, Actor, Through};
use crate::keys::{Authenticate, Unauthenticated};
use crate::sessions::SessionToken;

impl Authenticate {
    /// Finds out whose session this is.
    ///
    /// Session and rights are read anew every time, so that an ended session, a disabled user, a membership or a grant
    /// that was taken away is dead at once on every replica.
    pub async fn authenticate_session(
        &self,
        context: &Context,
        token: &str,
    ) -> Result<Actor, Unauthenticated> {
        let token = SessionToken::parse(token).ok_or(Unauthenticated::Refused)?;
        let now = context.clock.now();
        let session = context.catalog.session(&token.hash()).await?;
        let session = session
            .filter(|session| session.is_alive(context.sessions, now))
            .ok_or(Unauthenticated::Refused)?;
        let person = context.catalog.person(session.user.as_str()).await?;
        let person = person.ok_or(Unauthenticated::Refused)?;
        self.note_session_use(context, &session, now);
        let acting = Acting::person(person, Through::Session(session.id));
        Ok(Actor::Account(Box::new(acting)))
    }
}
