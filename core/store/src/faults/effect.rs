//! What can happen at a fail point.

use std::str::FromStr;
use std::time::Duration;

use cellier_model::Period;

/// What happens at a fail point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The process dies at once, as by `kill -9`: nothing is put away.
    Kill,
    /// It fails. At a point behind the work this is an answer that gets lost.
    Error,
    /// It fails because no space is left.
    Full,
    /// It fails because nothing may be written.
    ReadOnly,
    /// Nothing happens until the plan changes.
    Hang,
    /// It takes longer.
    Delay(Duration),
    /// A byte of what is read is another one.
    Corrupt,
    /// What is read ends too early.
    Short,
}

impl FromStr for Effect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let delay = text
            .strip_prefix("delay(")
            .and_then(|rest| rest.strip_suffix(')'));
        if let Some(period) = delay {
            let period: Result<Period, _> = period.parse();
            return period
                .map(|period| Self::Delay(period.0))
                .map_err(|error| error.to_string());
        }
        Ok(match text {
            "kill" => Self::Kill,
            "error" => Self::Error,
            "full" => Self::Full,
            "read-only" => Self::ReadOnly,
            "hang" => Self::Hang,
            "corrupt" => Self::Corrupt,
            "short" => Self::Short,
            other => return Err(format!("there is no effect {other:?}")),
        })
    }
}
