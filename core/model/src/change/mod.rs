//! Changing what is published: tags, yanks, deletions, titles, visibility and owners.

mod accounts;
mod begin;
mod delete;
mod edit;
mod owners;
mod refresh;
mod tag;
mod yank;

pub use self::begin::ChangeError;
pub use self::delete::{delete_artefact, delete_version};
pub use self::edit::{EditArtefact, edit_artefact};
pub use self::owners::set_owners;
pub(crate) use self::refresh::refresh_artefact;
pub use self::tag::{remove_tag, set_tag};
pub use self::yank::{restore_version, yank_version};
