//! The file itself, for clients that read ranges of it.

use cellier_sdk::{Failure, Registry, Response};

use super::published::Published;
use super::refusal::absent;
use super::route::Address;

/// Answers with the whole file; the host cuts out the ranges that are asked for.
pub(super) fn serve(
    address: &Address<'_>,
    extension: Option<&str>,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let published = Published::find(address, registry)?;
    let container = published.container;
    if extension.is_some_and(|extension| extension != container.as_str()) {
        let right = container.as_str();
        let detail = format!("the file is {right}: ask for archive or archive.{right}");
        return Ok(absent("wrong_extension", &detail));
    }
    let file_name = format!(
        "{}-{}.{}",
        address.name,
        published.revision,
        container.as_str()
    );
    let disposition = format!("attachment; filename=\"{file_name}\"");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let answer = published
        .blob(None, None)
        .header("content-type", container.media_type());
    // No artefact has another name; a file that is called otherwise is sent without one.
    Ok(if file_name.bytes().all(is_plain) {
        answer.header("content-disposition", &disposition)
    } else {
        answer
    })
}
