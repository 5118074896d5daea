//! Numbers and foreign texts, for people to read.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
];

/// A size, with one digit behind the point: `1.5 GiB`.
pub(crate) fn size(bytes: u64) -> String {
    match UNITS.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => {
            let tenths = u128::from(bytes) * 10 / u128::from(*unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}

/// A span of time, in its largest unit: `3 h`.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A text of somebody else's, without what could move a terminal's cursor or colour it.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_are_told_in_their_largest_unit() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size((20 << 30) - 1), "19.9 GiB");
        assert_eq!(size(u64::MAX), "16777215.9 TiB");
        assert_eq!(span(Duration::from_secs(59)), "59 s");
        assert_eq!(span(Duration::from_mins(59)), "59 min");
        assert_eq!(span(Duration::from_hours(47)), "47 h");
        assert_eq!(span(Duration::from_hours(48)), "2 days");
    }

    #[test]
    fn a_foreign_text_cannot_move_the_cursor() {
        assert_eq!(
            printable("fine\n\u{1b}[2Jgone\r\u{9b}31m"),
            "fine\n [2Jgone  31m"
        );
    }
}
