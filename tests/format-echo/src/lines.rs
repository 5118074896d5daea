//! Lines of text, on their way in and out.

use std::io;

use cellier_sdk::{ReadAt, ReadAtExt as _};

/// Most bytes of a line that is read.
const LONGEST: usize = 4096;

/// A stranger's text, on one line and not too long.
pub(crate) fn quote(text: &str) -> String {
    let start: String = text.chars().take(80).collect();
    format!("{start:?}")
}

/// A stranger's text as it stands in an answer: on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

/// The line at an offset, without its end, and where the next one starts; `None` behind the last, or if it is too long.
pub(crate) fn line_at(content: &dyn ReadAt, offset: u64) -> io::Result<Option<(String, u64)>> {
    let piece = content.read_range(offset, LONGEST)?;
    if piece.is_empty() {
        return Ok(None);
    }
    let end = piece.iter().position(|&byte| byte == b'\n');
    let length = match end {
        Some(end) => end,
        None if piece.len() < LONGEST => piece.len(),
        None => return Ok(None),
    };
    let line = String::from_utf8_lossy(&piece[..length]).into_owned();
    let next = offset + length as u64 + u64::from(end.is_some());
    Ok(Some((line, next)))
}
