//! What is stored about a sign-in that a program has begun.

use std::net::IpAddr;

use crate::Timestamp;
use crate::accounts::AccountName;
use crate::sessions::{TokenHash, network};

/// A sign-in that a program has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingWebLogin {
    /// The hash of the secret by which the program asks for it.
    pub id: TokenHash,
    /// The hash of the secret in the address of the page.
    pub page: TokenHash,
    /// What the token is for, in the words of the program.
    pub label: String,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Until when it must be through.
    pub expires_at: Timestamp,
    /// From which address it was begun.
    pub address: Option<IpAddr>,
    /// Who has signed in, if somebody has.
    pub user: Option<AccountName>,
}

impl PendingWebLogin {
    /// Whether somebody may still sign in.
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.user.is_none() && now < self.expires_at
    }

    /// The network that it was begun from, as it counts for [`MostWebLogins`].
    pub fn network(&self) -> String {
        self.address
            .map(|address| network(address).to_string())
            .unwrap_or_default()
    }
}

/// How many sign-ins may be pending, so that nobody fills the database who has not even signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MostWebLogins {
    /// From one network: an address, or the /64 network of an IPv6 one.
    pub of_network: u32,
    /// In all.
    pub in_all: u32,
}
