//! Formats that are compiled into the server register themselves here.

use crate::Format;

/// A compiled-in format, registered by [`export_format!`](crate::export_format).
#[derive(Debug)]
pub struct BuiltIn {
    /// Makes the format.
    pub make: fn() -> Box<dyn Format>,
}

inventory::collect!(BuiltIn);

/// Registers a format with the program it is linked into.
///
/// Takes an expression that makes the format. The program that links the crate must also name it
/// (`use my_format as _;`), or the linker drops it.
#[macro_export]
macro_rules! export_format {
    ($format:expr) => {
        $crate::inventory::submit! {
            $crate::BuiltIn { make: || ::std::boxed::Box::new($format) }
        }
    };
}

/// Two formats of one program have the same id.
#[derive(Debug, thiserror::Error)]
#[error("two built-in formats are called {id:?}: every format needs an id of its own")]
pub struct DuplicateFormat {
    /// The id that is taken twice.
    pub id: String,
}

/// All formats linked into this program, sorted by id so that every start sees the same order.
pub fn built_in_formats() -> Result<Vec<Box<dyn Format>>, DuplicateFormat> {
    let mut formats: Vec<_> = inventory::iter::<BuiltIn>
        .into_iter()
        .map(|entry| (entry.make)())
        .collect();
    formats.sort_by_key(|format| format.describe().id().to_owned());
    for pair in formats.windows(2) {
        let id = pair[0].describe().id().to_owned();
        if id == pair[1].describe().id() {
            return Err(DuplicateFormat { id });
        }
    }
    Ok(formats)
}
