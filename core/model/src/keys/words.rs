//! The words of a scope: formats and categories that must be there.

use crate::Context;
use crate::keys::Scope;

/// Refuses a scope that names a format or category that is not there, so that a typing error does not go unnoticed.
pub(crate) fn check_words(context: &Context, scope: &Scope) -> Result<(), UnknownWord> {
    let formats = context.formats.all();
    if let Some(format) = &scope.format
        && context.formats.get(format.as_str()).is_none()
    {
        return Err(UnknownWord::Format {
            found: format.as_str().chars().take(64).collect(),
            known: formats.iter().map(|one| one.id.to_string()).collect(),
        });
    }
    if let Some(category) = &scope.category {
        let categories = formats.iter().flat_map(|format| format.categories.clone());
        let mut known: Vec<_> = categories.collect();
        known.sort();
        known.dedup();
        if !known.contains(category) {
            return Err(UnknownWord::Category {
                found: category.chars().take(64).collect(),
                known,
            });
        }
    }
    Ok(())
}

/// A scope names what is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownWord {
    /// There is no such format.
    #[error("there is no format {found:?}; there are {}", .known.join(", "))]
    Format {
        /// The format named.
        found: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// No format has such a category.
    #[error("there is no category {found:?}; there are {}", .known.join(", "))]
    Category {
        /// The category named.
        found: String,
        /// Those that are there.
        known: Vec<String>,
    },
}
