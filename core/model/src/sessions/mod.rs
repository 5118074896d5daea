//! Signing in: from a name and a password to a session of a browser, or to a token of a client.

mod authenticate;
mod end;
mod issue_token;
mod list;
mod open;
mod session;
mod sign_in;
mod throttle;
mod token;
mod tokens;

pub use self::end::{end_own_session, end_session};
pub(crate) use self::issue_token::draft as draft_token;
pub use self::issue_token::{IssueTokenError, NewToken, issue_token};
pub use self::list::list_sessions;
pub(crate) use self::open::still_holds;
pub use self::open::{OpenedSession, open_session};
pub use self::session::{Session, SessionPolicy, Visitor};
pub use self::sign_in::{SignIn, SignInError};
pub use self::throttle::Throttle;
pub(crate) use self::throttle::network;
pub use self::token::{SessionToken, TokenHash};
pub use self::tokens::{list_tokens, revoke_token};
