//! Changing what is published: tags, yanks, deprecations, deletions, titles and visibility.

mod apply;
mod begin;
mod delete;
mod deprecate;
mod edit;
mod refresh;
mod tag;
mod yank;

pub(crate) use self::apply::apply;
pub use self::apply::{Change, Verb};
pub use self::begin::ChangeError;
pub(crate) use self::begin::object;
pub use self::delete::{delete_artefact, delete_version};
pub use self::deprecate::deprecate_version;
pub use self::edit::{EditArtefact, edit_artefact};
pub(crate) use self::refresh::refresh_artefact;
pub use self::tag::{remove_tag, set_tag};
pub use self::yank::{restore_version, yank_version};
