//! Faults on purpose, for the stories of `tests/stories/faults_*.rs`.
//!
//! Everything that the registry does to the world passes a few narrow places: a statement of the database, an operation of
//! the storage, an operation on a file. Each of them is a *fail point* that is passed twice, before and after:
//!
//! ```text
//! db:<what the statement does>:before       db:commit:after
//! blob:<operation>:before                   blob:store:after
//! disk:<operation>:before                   disk:sync a folder:after
//! blob:read:data                            each piece of a blob that is read
//! ```
//!
//! A plan says what happens there, one rule a line. It stands in the file that `CELLIER_FAULTS_FILE` names, which is read
//! again whenever it changes, or in `CELLIER_FAULTS`:
//!
//! ```text
//! db:commit:after#2=error                   the second commit happens, and its answer gets lost
//! *#17=kill                                 at the seventeenth point, whatever it is, the process dies
//! blob:store:*=hang                         nothing is stored until the plan changes
//! clock=-2d                                 the clock shows the day before yesterday
//! ```
//!
//! The points that were passed are written to the file that `CELLIER_FAULTS_LOG` names.
//!
//! None of this is in a released program: without the feature `faults` all of it is nothing, and with it a program must
//! still call `arm` before anything happens.

#[cfg(feature = "faults")]
mod effect;
#[cfg(feature = "faults")]
mod faulty_blobs;
#[cfg(feature = "faults")]
mod faulty_files;
#[cfg(not(feature = "faults"))]
mod none;
#[cfg(feature = "faults")]
mod plan;
#[cfg(feature = "faults")]
mod point;
#[cfg(feature = "faults")]
mod state;

#[cfg(not(feature = "faults"))]
pub use self::none::{blobs, shifted};
#[cfg(not(feature = "faults"))]
pub(crate) use self::none::{files, step};

#[cfg(feature = "faults")]
pub(crate) use self::faulty_files::files;
#[cfg(feature = "faults")]
pub(crate) use self::point::step;
#[cfg(feature = "faults")]
pub use self::{faulty_blobs::blobs, state::arm, state::shifted};
