//! Signing in with a browser on behalf of a program that has none, as `npm login` does.
//!
//! The program begins it and gets two secrets: the address of a page, which it opens, and an identifier, by which it asks
//! what came of it. On the page somebody types a password and reads what the program gets for it. The next time that the
//! program asks it gets a token, this once. Neither secret is stored, nor is the token ever: it is made when it is fetched.

mod begin;
mod complete;
mod error;
mod pending;
mod take;

pub use self::begin::{BegunWebLogin, begin_web_login};
pub use self::complete::{complete_web_login, waiting_web_login};
pub use self::error::WebLoginError;
pub use self::pending::{MostWebLogins, PendingWebLogin};
pub use self::take::{WebLoginState, take_web_login};
