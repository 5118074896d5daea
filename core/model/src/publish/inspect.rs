//! Letting formats look at an upload until one takes it.

use std::sync::Arc;

use cellier_sdk::{Finding, Inspection, Rejection, Upload};

use crate::Context;
use crate::ports::{BlobError, FormatInfo, InspectError};
use crate::publish::recognise::{Candidates, candidates};
use crate::publish::{PublishError, PublishRequest};

/// Asks the candidates one after the other; the first that takes the content, or refuses it as its own, decides.
pub(super) async fn inspect<'a>(
    context: &'a Context,
    request: &PublishRequest,
) -> Result<(&'a FormatInfo, Inspection), PublishError> {
    let Candidates { formats, said } = candidates(context, request)?;
    let mut reasons = Vec::new();
    for format in formats {
        check_format(format, request)?;
        match ask(context, format, request).await? {
            Answer::Taken(inspection) => return Ok((format, *inspection)),
            Answer::NotMine(reason) if said => {
                return Err(PublishError::Refused {
                    format: format.id.clone(),
                    findings: vec![reason],
                });
            }
            Answer::NotMine(reason) => reasons.push(reason),
        }
    }
    Err(PublishError::Unrecognised { findings: reasons })
}

/// A disabled format refuses what it claims: nothing falls through to another.
fn check_format(format: &FormatInfo, request: &PublishRequest) -> Result<(), PublishError> {
    if !format.enabled {
        return Err(PublishError::FormatDisabled {
            format: format.id.clone(),
        });
    }
    let size = request.staged.size();
    if size > format.largest_upload {
        return Err(PublishError::TooLarge {
            size,
            limit: format.largest_upload,
            format: format.id.clone(),
        });
    }
    Ok(())
}

enum Answer {
    Taken(Box<Inspection>),
    NotMine(Finding),
}

async fn ask(
    context: &Context,
    format: &FormatInfo,
    request: &PublishRequest,
) -> Result<Answer, PublishError> {
    let mut upload = Upload::new(&request.name).settings(format.settings.clone());
    upload.claims.clone_from(&request.claims.in_protocol);
    upload.version.clone_from(&request.claims.version);
    upload.category.clone_from(&request.claims.category);
    upload.file_name = request
        .claims
        .file_name
        .as_ref()
        .map(|name| name.as_str().to_owned());
    upload.media_type = request.claims.media_type.as_ref().map(ToString::to_string);

    let staged = Arc::clone(request.staged.content());
    match context.formats.inspect(&format.id, upload, staged).await {
        Ok(inspection) => Ok(Answer::Taken(Box::new(inspection))),
        Err(InspectError::Rejected(Rejection::NotThisFormat(reason))) => {
            Ok(Answer::NotMine(reason))
        }
        Err(InspectError::Rejected(Rejection::Invalid(findings))) => Err(PublishError::Refused {
            format: format.id.clone(),
            findings,
        }),
        Err(InspectError::Rejected(Rejection::Unreadable(error))) => {
            Err(BlobError::from_io("read staged bytes", error).into())
        }
        Err(InspectError::Broken { format, problem }) => {
            Err(PublishError::FormatUnavailable { format, problem })
        }
        Err(InspectError::Busy { format }) => {
            let problem = "all its threads are busy, try again in a moment".to_owned();
            Err(PublishError::FormatUnavailable { format, problem })
        }
    }
}
