//! Which formats are to be asked about an upload, and in which order.

use cellier_sdk::{Claim, ReadAtExt as _};

use crate::Context;
use crate::ports::{BlobError, FormatInfo};
use crate::publish::begin::known_format;
use crate::publish::{Door, PublishError, PublishRequest};

/// How much of the content is looked at for magic bytes.
const HEAD: usize = 4096;

/// The formats to ask about an upload.
pub(super) struct Candidates<'a> {
    /// In the order in which they are asked.
    pub(super) formats: Vec<&'a FormatInfo>,
    /// Whether the publisher named the format or claimed it by category: then its refusal is the answer.
    pub(super) said: bool,
}

/// Chooses the formats to ask.
pub(super) fn candidates<'a>(
    context: &'a Context,
    request: &PublishRequest,
) -> Result<Candidates<'a>, PublishError> {
    let said = match &request.door {
        Door::Format(id) => Some(id),
        Door::Package | Door::File => request.claims.format.as_ref(),
    };
    if let Some(id) = said {
        return Ok(Candidates {
            formats: vec![known_format(context, id.as_str())?],
            said: true,
        });
    }
    if request.door == Door::File
        && let Some(format) = format_of_category(context, request)?
    {
        return Ok(Candidates {
            formats: vec![format],
            said: true,
        });
    }
    let mut formats = recognised(context, request)?;
    if request.door == Door::File {
        formats.extend(
            context
                .formats
                .all()
                .iter()
                .filter(|format| takes_anything(format)),
        );
    }
    Ok(Candidates {
        formats,
        said: false,
    })
}

/// The one format that has the claimed category; where several have it, the one that takes anything.
fn format_of_category<'a>(
    context: &'a Context,
    request: &PublishRequest,
) -> Result<Option<&'a FormatInfo>, PublishError> {
    let Some(category) = &request.claims.category else {
        return Ok(None);
    };
    let all = context.formats.all();
    let having: Vec<_> = all
        .iter()
        .filter(|format| format.categories.contains(category))
        .collect();
    match having.as_slice() {
        [] => {
            let mut allowed: Vec<_> = all
                .iter()
                .flat_map(|format| format.categories.clone())
                .collect();
            allowed.sort();
            allowed.dedup();
            Err(PublishError::UnknownCategory {
                found: category.clone(),
                allowed,
            })
        }
        [format] => Ok(Some(format)),
        several => Ok(several
            .iter()
            .find(|format| takes_anything(format))
            .copied()),
    }
}

/// The formats whose claims fit: first those whose magic bytes are there, then those that know the file's extension,
/// then those that know its media type.
fn recognised<'a>(
    context: &'a Context,
    request: &PublishRequest,
) -> Result<Vec<&'a FormatInfo>, PublishError> {
    let head = request
        .staged
        .content()
        .read_head(HEAD)
        .map_err(|error| BlobError::from_io("read staged bytes", error))?;
    let mut ranked: Vec<(usize, &FormatInfo)> = Vec::new();
    for format in context.formats.all() {
        let fits = |claim: &Claim| fits(claim, request, &head);
        if let Some(rank) = format.descriptor.claims().iter().filter_map(fits).min() {
            ranked.push((rank, format));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    Ok(ranked.into_iter().map(|(_, format)| format).collect())
}

/// How well a claim fits; less is better.
fn fits(claim: &Claim, request: &PublishRequest, head: &[u8]) -> Option<usize> {
    match claim {
        Claim::Magic { .. } => has_magic(claim, head).then_some(0),
        Claim::Extension(extension) => {
            let name = request
                .claims
                .file_name
                .as_ref()?
                .as_str()
                .to_ascii_lowercase();
            name.strip_suffix(extension.as_str())?
                .ends_with('.')
                .then_some(1)
        }
        Claim::MediaType(media_type) => {
            let said = request
                .claims
                .media_type
                .as_ref()?
                .essence()
                .to_ascii_lowercase();
            (said == *media_type).then_some(2)
        }
        Claim::Anything => None,
    }
}

pub(super) fn has_magic(claim: &Claim, head: &[u8]) -> bool {
    let Claim::Magic { offset, bytes } = claim else {
        return false;
    };
    let tail = usize::try_from(*offset)
        .ok()
        .and_then(|offset| head.get(offset..));
    tail.is_some_and(|tail| tail.starts_with(bytes))
}

pub(super) fn takes_anything(format: &FormatInfo) -> bool {
    format.descriptor.claims().contains(&Claim::Anything)
}
