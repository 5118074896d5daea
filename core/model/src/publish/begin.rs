//! What is decided before a byte of the body is read.

use cellier_sdk::{Claim, DigestAlgorithm, InvalidName};

use crate::Context;
use crate::access::{Action, Actor, Decision, Target, decide};
use crate::ports::FormatInfo;
use crate::publish::recognise::{has_magic, takes_anything};
use crate::publish::{Door, PublishError};

/// Decides as much as can be decided from the path and the credential alone.
pub fn may_begin(
    context: &Context,
    actor: &Actor,
    door: &Door,
    name: &str,
) -> Result<(), PublishError> {
    let format = match door {
        Door::Format(id) => Some(known_format(context, id.as_str())?),
        Door::Package | Door::File => None,
    };
    let target = Target {
        name: Some(name),
        format: format.map(|format| &format.id),
        ..Target::default()
    };
    allowed(decide(context.access, actor, Action::Publish, target))?;
    match format {
        Some(format) if !format.enabled => Err(PublishError::FormatDisabled {
            format: format.id.clone(),
        }),
        Some(format) => Ok(parse_name(format, name)?),
        None => could_be_a_name(context, door, name),
    }
}

/// Refuses a name that breaks the rules of every format there is; which of them the content has is not known yet.
fn could_be_a_name(context: &Context, door: &Door, name: &str) -> Result<(), PublishError> {
    let mut refused = Ok(());
    for format in context.formats.all() {
        match parse_name(format, name) {
            Ok(()) => return Ok(()),
            // Through the door for files it would most likely have become one that takes anything.
            Err(error) if refused.is_ok() || (*door == Door::File && takes_anything(format)) => {
                refused = Err(error.into());
            }
            Err(_) => {}
        }
    }
    refused
}

fn parse_name(format: &FormatInfo, name: &str) -> Result<(), InvalidName> {
    format.descriptor.names().parse(name).map(drop)
}

pub(super) fn allowed(decision: Decision) -> Result<(), PublishError> {
    match decision {
        Decision::Allowed => Ok(()),
        Decision::Denied(denial) => Err(PublishError::Denied(denial)),
        Decision::CredentialNeeded | Decision::Invisible => Err(PublishError::CredentialNeeded),
    }
}

pub(super) fn known_format<'a>(
    context: &'a Context,
    id: &str,
) -> Result<&'a FormatInfo, PublishError> {
    context
        .formats
        .get(id)
        .ok_or_else(|| PublishError::UnknownFormat {
            found: id.to_owned(),
            known: context
                .formats
                .all()
                .iter()
                .map(|format| format.id.to_string())
                .collect(),
        })
}

/// The most bytes that an upload through this door may have, whatever its format turns out to be.
pub fn largest_upload(context: &Context, door: &Door) -> u64 {
    let limit_of = |format: &FormatInfo| format.largest_upload;
    match door {
        Door::Format(id) => context.formats.get(id.as_str()).map_or(0, limit_of),
        Door::Package | Door::File => context
            .formats
            .all()
            .iter()
            .map(limit_of)
            .max()
            .unwrap_or(0),
    }
}

/// The digests that an upload will probably need, from its first bytes: what is guessed right is computed while the
/// bytes stream by, what is not is computed from the staged bytes afterwards.
pub fn likely_digests(context: &Context, door: &Door, head: &[u8]) -> Vec<DigestAlgorithm> {
    let may_be = |format: &&FormatInfo| match door {
        Door::Format(id) => format.id == *id,
        Door::Package | Door::File => format
            .descriptor
            .claims()
            .iter()
            .any(|claim| matches!(claim, Claim::Magic { .. }) && has_magic(claim, head)),
    };
    let mut digests: Vec<_> = context
        .formats
        .all()
        .iter()
        .filter(may_be)
        .flat_map(|format| format.descriptor.digests().iter().copied())
        .collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}
