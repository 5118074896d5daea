//! The `Range` header (RFC 9110, section 14).

use std::ops::Range;

/// Which bytes of a file a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of them: there is no range, or one that a server may ignore (other units, several ranges, nonsense).
    Whole,
    /// These.
    Part(Range<u64>),
    /// A range that lies outside the file.
    Outside,
}

/// Reads a `Range` header for a file of so many bytes.
///
/// Several ranges in one header are answered with the whole file, as the section allows: no client of a registry asks
/// for them, and they are a way to make a server work hard.
pub(crate) fn parse(header: &str, size: u64) -> Wanted {
    let Some(set) = header.trim().strip_prefix("bytes=") else {
        return Wanted::Whole;
    };
    if set.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else {
        return Wanted::Whole;
    };
    match (
        number(first),
        number(last),
        first.is_empty(),
        last.is_empty(),
    ) {
        (Some(first), Some(last), ..) if first <= last => {
            part(first, last.saturating_add(1).min(size), size)
        }
        (Some(first), None, _, true) => part(first, size, size),
        (None, Some(0), true, _) => Wanted::Outside,
        (None, Some(suffix), true, _) => part(size.saturating_sub(suffix), size, size),
        _ => Wanted::Whole,
    }
}

fn part(start: u64, end: u64, size: u64) -> Wanted {
    if start < end && start < size {
        Wanted::Part(start..end)
    } else {
        Wanted::Outside
    }
}

/// Digits alone; more than fit are as good as the greatest number.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_has_them() {
        assert_eq!(parse("bytes=0-0", 10), Wanted::Part(0..1));
        assert_eq!(parse("bytes=2-", 10), Wanted::Part(2..10));
        assert_eq!(parse("bytes=-3", 10), Wanted::Part(7..10));
        assert_eq!(parse("bytes=-30", 10), Wanted::Part(0..10));
        assert_eq!(
            parse("bytes=5-99999999999999999999999", 10),
            Wanted::Part(5..10)
        );
        for outside in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(parse(outside, 10), Wanted::Outside, "{outside}");
        }
        assert_eq!(parse("bytes=-1", 0), Wanted::Outside);
        for ignored in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=3-2",
            "lines=1-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes=+1-2",
        ] {
            assert_eq!(parse(ignored, 10), Wanted::Whole, "{ignored}");
        }
    }

    proptest! {
        #[test]
        fn a_part_always_lies_within_the_file(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in 0..u64::MAX) {
            if let Wanted::Part(range) = parse(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
