//! The command line as a client of a registry: what `publish`, `pull`, `cache` and `verify` are made of.
//!
//! Nothing here knows a configuration file, a database or a blob store: these verbs run on machines that have none. The
//! walks are [`publish`], [`pull`] and [`verify`]; beside them stand the parts that both need, and the [`cache`].

pub(crate) mod cache;
pub(crate) mod publish;
pub(crate) mod pull;
pub(crate) mod verify;

mod connection;
mod disk;
mod error;
mod key;
mod patience;
mod progress;
mod redirect;
mod refusal;
mod server_url;
mod word;
pub(crate) mod words;

pub(crate) use self::connection::{Connection, Sent, header_value};
pub(crate) use self::disk::on_disk;
pub(crate) use self::error::ClientError;
pub(crate) use self::key::{Key, KeyError, VARIABLE as KEY_VARIABLE};
pub(crate) use self::patience::Patience;
pub(crate) use self::progress::{Progress, Travel};
pub(crate) use self::refusal::{FindingText, Refusal};
pub(crate) use self::server_url::ServerUrl;
pub(crate) use self::word::{Reference, Word};
