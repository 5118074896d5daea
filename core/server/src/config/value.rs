//! Values of the configuration: what TOML has, and sizes and periods with their units.

use std::fmt;
use std::net::SocketAddr;

use cellier_model::Period;
use cellier_model::retention::RetentionPolicy;
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

impl ConfigValue for Period {
    const ALLOWED: &'static str =
        "a period such as \"500ms\", \"30s\", \"10m\", \"12h\" or \"90d\"";

    fn read(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl ConfigValue for RetentionPolicy {
    const ALLOWED: &'static str = "\"everything\", or a table of newest = COUNT, patches_per_minor = COUNT and younger_than = \"PERIOD\"";

    fn read(value: &Value) -> Option<Self> {
        if value.as_str() == Some("everything") {
            return Some(Self::everything());
        }
        let table = value.as_table()?;
        let mut policy = Self::everything();
        for (key, value) in table {
            match key.as_str() {
                "newest" => policy.newest = Some(u32::read(value)?),
                "patches_per_minor" => policy.patches_per_minor = Some(u32::read(value)?),
                "younger_than" => policy.younger_than = Some(Period::read(value)?),
                _ => return None,
            }
        }
        let is_sound = !policy.keeps_everything() && policy.check().is_ok();
        is_sound.then_some(policy)
    }
}

/// A policy as the configuration has it.
pub(super) fn write_retention(policy: &RetentionPolicy) -> Value {
    let mut table = toml::Table::new();
    let counts = [
        ("newest", policy.newest),
        ("patches_per_minor", policy.patches_per_minor),
    ];
    for (key, count) in counts {
        if let Some(count) = count {
            table.insert(key.to_owned(), i64::from(count).into());
        }
    }
    if let Some(period) = policy.younger_than {
        table.insert("younger_than".to_owned(), period.to_string().into());
    }
    if table.is_empty() {
        "everything".into()
    } else {
        table.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_what_they_write() {
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
    }

    #[test]
    fn a_retention_policy_reads_what_it_writes() {
        let table: toml::Table = "a = { newest = 5, younger_than = '30d' }\nb = 'everything'"
            .parse()
            .unwrap();
        for value in table.values() {
            let policy = RetentionPolicy::read(value).unwrap();
            assert_eq!(write_retention(&policy), *value);
        }
        let bad: toml::Table = "a = {}\nb = 5\nc = { newest = 0 }\nd = { newst = 3 }\ne = 'some'"
            .parse()
            .unwrap();
        for value in bad.values() {
            assert_eq!(RetentionPolicy::read(value), None, "{value}");
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
        assert_eq!(ByteSize::read(&Value::Integer(-1)), None);
    }
}
