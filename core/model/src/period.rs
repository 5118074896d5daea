//! Periods of time as people write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A period of time, written as `500ms`, `30s`, `10m`, `12h` or `90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(pub Duration);

const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let (digits, unit) = UNITS
            .iter()
            .find_map(|(name, unit)| Some((text.trim().strip_suffix(name)?, *unit)))
            .ok_or(InvalidPeriod)?;
        let number: u64 = digits
            .trim_end()
            .parse()
            .map_err(|_not_a_number| InvalidPeriod)?;
        let millis = number.checked_mul(unit).ok_or(InvalidPeriod)?;
        Ok(Self(Duration::from_millis(millis)))
    }
}

impl TryFrom<String> for Period {
    type Error = InvalidPeriod;

    fn try_from(text: String) -> Result<Self, InvalidPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let fits = |(_, unit): &&(&str, u64)| {
            millis >= u128::from(*unit) && millis.is_multiple_of((*unit).into())
        };
        let (name, unit) = UNITS.iter().rev().find(fits).unwrap_or(&("ms", 1));
        write!(f, "{}{name}", millis / u128::from(*unit))
    }
}

/// A text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is a whole number and a unit: 500ms, 30s, 10m, 12h or 90d")]
pub struct InvalidPeriod;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_what_it_writes() {
        for text in ["500ms", "30s", "10m", "12h", "90d"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("48 h".parse::<Period>().unwrap().to_string(), "2d");
    }

    #[test]
    fn what_has_no_unit_or_does_not_fit_is_refused() {
        for bad in ["30", "30 sec", "-1s", "s", "", "99999999999999999999d"] {
            assert_eq!(bad.parse::<Period>(), Err(InvalidPeriod), "{bad}");
        }
    }
}
