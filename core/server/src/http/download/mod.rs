//! The bytes of a version: ranges, conditions, names and digests in headers.

pub(crate) mod conditional;
mod described;
mod disposition;
mod handler;
mod range;
mod redirect;

pub(crate) use self::described::Described;
pub(crate) use self::disposition::content_disposition;
pub(crate) use self::handler::{
    __path_handler, __path_newest, Asked, FileResponse, describe_file, file_response, handler,
};
pub(crate) use self::redirect::Redirects;
