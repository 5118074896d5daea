//! Content codings (RFC 9110, section 8.4): how bytes are packed on their way to a client.

mod accept;
mod pack;
mod unpack;

pub(super) use self::accept::Accepted;
pub(super) use self::pack::{is_worth_packing, pack};
pub(super) use self::unpack::{Unpacked, unpack};

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// The smallest for text.
    Brotli,
    /// Nearly as small, and faster to unpack.
    Zstd,
    /// What every client knows.
    Gzip,
}

impl Coding {
    /// All of them; of those that a client likes equally well the first is sent.
    pub(super) const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The coding of a name.
    pub(super) fn of(name: &str) -> Option<Self> {
        // RFC 9110, section 8.4.1.3, on the second name of gzip.
        if name.eq_ignore_ascii_case("x-gzip") {
            return Some(Self::Gzip);
        }
        let mut all = Self::ALL.into_iter();
        all.find(|coding| name.eq_ignore_ascii_case(coding.name()))
    }

    /// The name that HTTP has for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}
