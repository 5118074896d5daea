//! What goes to standard output: results alone, so that a shell can use them. Everything else goes to standard error.

use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use serde::Serialize;

use crate::cli::CliError;

/// Writes one line.
pub(crate) fn line(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    end_quietly(writeln!(stdout, "{text}").and_then(|()| stdout.flush()))
}

/// Writes a path as it is, of whatever bytes.
pub(crate) fn path(path: &Path) -> Result<(), CliError> {
    let line = [path.as_os_str().as_bytes(), b"\n"].concat();
    let mut stdout = io::stdout().lock();
    end_quietly(stdout.write_all(&line).and_then(|()| stdout.flush()))
}

/// Writes a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| CliError::failed("write the answer as JSON", error))?;
    line(&text)
}

/// Writes rows under a heading, each column as wide as its widest cell.
pub(crate) fn table<const COLUMNS: usize>(
    heading: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> Result<(), CliError> {
    let mut widths = heading.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let render = |cells: &[&str]| {
        let padded: Vec<_> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    line(&render(&heading))?;
    for row in rows {
        line(&render(&row.each_ref().map(String::as_str)))?;
    }
    Ok(())
}

/// A reader that went away (`cellier key list | head`) is no failure.
fn end_quietly(result: io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::failed("write to standard output", error))
        }
        _ => Ok(()),
    }
}
