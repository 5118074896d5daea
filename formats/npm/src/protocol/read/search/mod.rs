//! A search.

mod query;
mod result;

use cellier_sdk::{Failure, Found, Hold, Registry, Request, Response};
use serde_json::{Value, json};

use self::query::Query;
use self::result::Candidate;

/// How many packages are listed where the client does not say.
const SIZE: usize = 20;

/// Most packages that are listed.
const MOST: usize = 250;

/// How many packages are looked at together where not all are listed that are found.
const PAGE: usize = 100;

/// Most packages that are looked at where not all are listed that are found.
const MOST_SIFTED: usize = 500;

/// Answers with packages that fit a text. Their weights are the host's: it counts neither downloads nor stars.
pub(super) fn serve(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let size = number(request, "size")?.unwrap_or(SIZE).min(MOST);
    let from = number(request, "from")?.unwrap_or(0);
    let query = Query::read(request.parameter("text").unwrap_or_default());
    let (objects, total) = if query.sifts() {
        sift(&query, from, size, registry)?
    } else {
        list(&query, from, size, registry)?
    };
    let answer = json!({ "objects": objects, "total": total, "time": newest(&objects) });
    Ok(Response::json(200, &answer).hold(Hold::UntilFormatChanges))
}

/// Those that the host finds, as they are.
fn list(
    query: &Query,
    from: usize,
    size: usize,
    registry: &dyn Registry,
) -> Result<(Vec<Value>, usize), Failure> {
    let found = registry.search(&query.words, from, size)?;
    let mut objects = Vec::new();
    for artefact in found.items {
        let candidate = Candidate::of(artefact, registry)?;
        objects.extend(candidate.map(|candidate| candidate.describe()));
    }
    Ok((objects, found.total))
}

/// Those that fit among what the host finds.
fn sift(
    query: &Query,
    from: usize,
    size: usize,
    registry: &dyn Registry,
) -> Result<(Vec<Value>, usize), Failure> {
    let mut objects = Vec::new();
    let mut total = 0;
    for start in (0..MOST_SIFTED).step_by(PAGE) {
        let Found { items, total: all } = registry.search(&query.words, start, PAGE)?;
        for artefact in items {
            let candidate = Candidate::of(artefact, registry)?;
            let Some(candidate) = candidate.filter(|candidate| query.fits(candidate)) else {
                continue;
            };
            if total >= from && objects.len() < size {
                objects.push(candidate.describe());
            }
            total += 1;
        }
        if start + PAGE >= all {
            break;
        }
    }
    Ok((objects, total))
}

fn number(request: &Request, parameter: &str) -> Result<Option<usize>, Failure> {
    let Some(text) = request.parameter(parameter) else {
        return Ok(None);
    };
    let number = text.parse::<u32>().map_err(|_not_one| {
        Failure::BadRequest(format!(
            "{parameter} is not a whole number that is not negative"
        ))
    })?;
    Ok(usize::try_from(number).ok())
}

/// When anything that is listed last changed. A clock would give another answer to every request.
fn newest(objects: &[Value]) -> Option<&str> {
    let dates = objects.iter();
    dates.filter_map(|object| object["updated"].as_str()).max()
}
