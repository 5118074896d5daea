//! Changing what is published: tags, yanks, deprecations, deletions, titles, visibility and owners.

mod accounts;
mod apply;
mod begin;
mod delete;
mod deprecate;
mod edit;
mod owners;
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
pub use self::owners::set_owners;
pub(crate) use self::refresh::{derive, indexed_words, refresh_artefact, show};
pub use self::tag::{remove_tag, set_tag};
pub use self::yank::{restore_version, yank_version};
