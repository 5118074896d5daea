//! Finding artefacts and versions, as far as the caller may.

mod audit;
mod bounds;
mod find;
mod list;
mod pick;
mod resolve;
mod selector;
mod space;
mod versions;

pub use self::audit::list_audit_events;
pub(crate) use self::find::permitted;
pub use self::find::{ArtefactAddress, FindError, find_artefact, see_artefact};
pub use self::list::{ListArtefacts, list_artefacts};
pub use self::pick::{PickError, PickFile, pick_file};
pub(crate) use self::resolve::versioning_of;
pub use self::resolve::{ResolveError, resolve, resolve_briefly};
pub use self::selector::{InvalidSelector, Selector};
pub use self::space::space;
pub use self::versions::{newest_release, newest_release_briefly, versions_of, whole_versions_of};
