//! Values of the configuration: what TOML has, and sizes and periods with their units.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use toml::Value;

/// A value that a key may have.
pub(super) trait ConfigValue: Sized {
    /// What is allowed, for a message.
    const ALLOWED: &'static str;

    /// Reads a value; `None` if it is not allowed.
    fn read(value: &Value) -> Option<Self>;
}

impl ConfigValue for bool {
    const ALLOWED: &'static str = "true or false";

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl ConfigValue for u32 {
    const ALLOWED: &'static str = "a whole number from 0 on";

    fn read(value: &Value) -> Option<Self> {
        value.as_integer().and_then(|number| number.try_into().ok())
    }
}

impl ConfigValue for String {
    const ALLOWED: &'static str = "a text";

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl ConfigValue for Vec<String> {
    const ALLOWED: &'static str = "a list of texts";

    fn read(value: &Value) -> Option<Self> {
        let texts = value
            .as_array()?
            .iter()
            .map(|item| item.as_str().map(str::to_owned));
        texts.collect()
    }
}

impl ConfigValue for SocketAddr {
    const ALLOWED: &'static str =
        "an address with a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"";

    fn read(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

/// A size in bytes, written as `512`, `"100MiB"` or `"20GiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSize(pub(crate) u64);

const UNITS: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

impl ConfigValue for ByteSize {
    const ALLOWED: &'static str =
        "a size such as \"100MiB\" or \"20GiB\" (units B, KiB, MiB, GiB, TiB)";

    fn read(value: &Value) -> Option<Self> {
        if let Some(bytes) = value.as_integer() {
            return bytes.try_into().ok().map(Self);
        }
        let text = value.as_str()?.trim();
        let (digits, unit) = UNITS
            .iter()
            .find_map(|(name, unit)| Some((text.strip_suffix(name)?.trim_end(), *unit)))?;
        let number: u64 = digits.parse().ok()?;
        number.checked_mul(unit).map(Self)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, unit): &&(&str, u64)| self.0 >= *unit && self.0.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(fits).unwrap_or(&("B", 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

/// A period of time, written as `"500ms"`, `"30s"`, `"10m"`, `"12h"` or `"90d"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period(pub(crate) Duration);

const PERIODS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

impl Period {
    /// Reads a text; `None` if it is no period.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = PERIODS
            .iter()
            .find_map(|(name, unit)| Some((text.trim().strip_suffix(name)?, *unit)))?;
        let number: u64 = digits.trim_end().parse().ok()?;
        number
            .checked_mul(unit)
            .map(Duration::from_millis)
            .map(Self)
    }
}

impl ConfigValue for Period {
    const ALLOWED: &'static str =
        "a period such as \"500ms\", \"30s\", \"10m\", \"12h\" or \"90d\"";

    fn read(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let fits = |(_, unit): &&(&str, u64)| {
            millis >= u128::from(*unit) && millis.is_multiple_of((*unit).into())
        };
        let (name, unit) = PERIODS.iter().rev().find(fits).unwrap_or(&("ms", 1));
        write!(f, "{}{name}", millis / u128::from(*unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_periods_read_what_they_write() {
        for (text, bytes) in [
            ("20GiB", 20 << 30),
            ("100 MiB", 100 << 20),
            ("7B", 7),
            ("1TiB", 1 << 40),
        ] {
            let size = ByteSize::read(&Value::from(text)).unwrap();
            assert_eq!(size, ByteSize(bytes));
            assert_eq!(size.to_string(), text.replace(' ', ""));
        }
        assert_eq!(
            ByteSize::read(&Value::Integer(4096)).unwrap().to_string(),
            "4KiB"
        );
        for text in ["500ms", "30s", "10m", "12h", "90d"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_has_no_unit_or_does_not_fit_is_refused() {
        for bad in [
            "20",
            "20GB",
            "-1B",
            "1.5GiB",
            "99999999999999999999B",
            "99999999TiB",
            "GiB",
            "",
        ] {
            assert_eq!(ByteSize::read(&Value::from(bad)), None, "{bad}");
        }
        for bad in ["30", "30 sec", "-1s", "s", ""] {
            assert_eq!(Period::parse(bad), None, "{bad}");
        }
        assert_eq!(ByteSize::read(&Value::Integer(-1)), None);
    }
}
