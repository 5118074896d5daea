//! Which state of a package a client has seen.

use cellier_sdk::Change;

use super::super::route::Package;

/// The revision that a client has seen: the number in front of the first `-`. What is no revision is one that no package
/// ever has, so that whoever sends it is told to look again.
pub(super) fn read(text: &str) -> u64 {
    let number = text.split_once('-').map_or(text, |(number, _)| number);
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| is_plain).unwrap_or(u64::MAX)
}

/// Lets everything fail if the package has changed since.
pub(super) fn expect(package: &Package<'_>, revision: u64) -> Change {
    Change::Expect {
        name: package.name().to_owned(),
        revision,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_a_number_and_anything_behind_it() {
        assert_eq!(read("7"), 7);
        assert_eq!(read("7-0a1b"), 7);
        for nothing in [
            "",
            "-",
            "undefined",
            "+7",
            "-7",
            "7a",
            "99999999999999999999",
        ] {
            assert_eq!(read(nothing), u64::MAX, "{nothing:?}");
        }
    }
}
