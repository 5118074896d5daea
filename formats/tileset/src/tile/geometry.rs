//! The geometry of a feature: commands and their parameters (Vector Tile Specification 2.1, section 4.3).

use super::proto::{Malformed, Message};

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

/// Checks that every command exists and has its parameters. Whether rings wind as they should is for a renderer to mind.
pub(crate) fn check(mut geometry: Message<'_>) -> Result<(), Malformed> {
    let mut is_first = true;
    while !geometry.is_empty() {
        let before = geometry;
        let command = geometry.varint()?;
        let (id, count) = (command & 7, command >> 3);
        let parameters = match id {
            MOVE_TO | LINE_TO if count == 0 => {
                return Err(before.malformed("a geometry command that moves nowhere"));
            }
            LINE_TO if is_first => {
                return Err(before.malformed("a geometry that starts with a line"));
            }
            MOVE_TO | LINE_TO => 2 * count,
            CLOSE_PATH if is_first => {
                return Err(before.malformed("a geometry that starts with its end"));
            }
            CLOSE_PATH if count == 1 => 0,
            CLOSE_PATH => return Err(before.malformed("a ring that is closed more than once")),
            _ => return Err(before.malformed("a geometry command that does not exist")),
        };
        // Each parameter takes a byte at least: a count that the rest cannot hold ends with the rest.
        for _ in 0..parameters {
            geometry.varint()?;
        }
        is_first = false;
    }
    if is_first {
        return Err(geometry.malformed("a feature without geometry"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(geometry: &[u8]) -> &'static str {
        match check(Message::new(geometry)) {
            Ok(()) => "none",
            Err(malformed) => malformed.what,
        }
    }

    #[test]
    fn points_lines_and_polygons_are_well_formed() {
        assert_eq!(problem(&[9, 50, 34]), "none");
        assert_eq!(problem(&[17, 10, 14, 3, 9]), "none");
        assert_eq!(problem(&[9, 4, 4, 18, 0, 16, 16, 0]), "none");
        assert_eq!(problem(&[9, 6, 12, 18, 10, 12, 24, 44, 15]), "none");
    }

    #[test]
    fn commands_without_their_parameters_are_not() {
        assert_eq!(problem(&[]), "a feature without geometry");
        assert_eq!(problem(&[9, 50]), "a value that goes on past the end");
        assert_eq!(problem(&[1]), "a geometry command that moves nowhere");
        assert_eq!(problem(&[18, 1, 1]), "a geometry that starts with a line");
        assert_eq!(problem(&[15]), "a geometry that starts with its end");
        assert_eq!(
            problem(&[9, 0, 0, 23]),
            "a ring that is closed more than once"
        );
        assert_eq!(problem(&[12]), "a geometry command that does not exist");
        // Half a billion moves, and nothing to move by.
        assert_eq!(
            problem(&[0xf9, 0xff, 0xff, 0xff, 0x0f]),
            "a value that goes on past the end"
        );
    }
}
