//! Strangers' texts: made safe to show, and quoted in our own messages.
//!
//! Whatever leaves a tileset's metadata passes here. Names and descriptions become [`plain()`] text, attributions keep
//! their links ([`attribution()`]), and what names a path of the machine that made the tileset is withheld.

mod attribution;
mod html;
mod paths;
mod plain;
mod quote;

pub(crate) use self::attribution::attribution;
pub(crate) use self::paths::has_paths;
pub(crate) use self::plain::{has_markup, is_active, plain, word};
pub(crate) use self::quote::{cut, grouped, quote};
