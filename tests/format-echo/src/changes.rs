//! Changes, one a line.

use cellier_sdk::{Change, Failure, LocalizedText, ReadAt};

use crate::lines::{line_at, quote};

/// Most changes of one request.
const MOST: usize = 100;

pub(crate) fn read(body: &dyn ReadAt) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let mut offset = 0;
    while let Some((line, next)) = line_at(body, offset)? {
        offset = next;
        if changes.len() == MOST {
            return Err(Failure::BadRequest(format!(
                "more than {MOST} changes in one request"
            )));
        }
        changes.push(change(&line)?);
    }
    if offset < body.size() {
        return Err(Failure::BadRequest("a line is too long".to_owned()));
    }
    Ok(changes)
}

fn change(line: &str) -> Result<Change, Failure> {
    let mut words = line.splitn(4, ' ').map(str::to_owned);
    let (verb, name) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let (third, fourth) = (words.next(), words.next());
    let change = match (verb.as_str(), third, fourth) {
        ("tag", Some(tag), Some(version)) => Change::Tag { name, tag, version },
        ("untag", Some(tag), None) => Change::Untag { name, tag },
        ("deprecate", Some(versions), message) => Change::Deprecate {
            name,
            versions: versions.split(',').map(str::to_owned).collect(),
            message,
        },
        ("yank", Some(version), None) => Change::Yank {
            name,
            version,
            yanked: true,
        },
        ("restore", Some(version), None) => Change::Yank {
            name,
            version,
            yanked: false,
        },
        ("unpublish", version, None) => Change::Unpublish { name, version },
        ("title", Some(language), Some(title)) => Change::SetMetadata {
            name,
            title: Some(localized(&language, &title)?),
            description: None,
        },
        ("owners", Some(owners), None) => Change::SetOwners {
            name,
            owners: owners.split(',').map(str::to_owned).collect(),
        },
        ("expect", Some(revision), None) => Change::Expect {
            name,
            revision: revision.parse().unwrap_or_default(),
        },
        ("public", Some(public), None) => Change::SetAccess {
            name,
            public: public == "yes",
        },
        _ => {
            return Err(Failure::BadRequest(format!(
                "the line {} is no change",
                quote(line)
            )));
        }
    };
    Ok(change)
}

fn localized(language: &str, text: &str) -> Result<LocalizedText, Failure> {
    let mut localized = LocalizedText::default();
    let set = language
        .parse()
        .and_then(|language| localized.set(language, text));
    match set {
        Ok(()) => Ok(localized),
        Err(error) => Err(Failure::BadRequest(error.to_string())),
    }
}
