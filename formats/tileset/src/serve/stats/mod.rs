//! How many tiles there are of which sizes, as they are stored.

mod spread;
mod summary;

use std::sync::Arc;

use cellier_sdk::{Failure, Hold, Registry, Request, Response};
use serde_json::{Value, json};

use self::summary::{Sizes, Zoom};
use super::Shelf;
use super::published::Published;
use super::refusal::unreadable;
use super::route::Address;
use crate::blob::Blob;
use crate::container::Container;
use crate::stop::Stop;

pub(super) use self::summary::Summary;

/// Answers with sums for each zoom, and with the largest tiles.
///
/// They come from one pass over the index of the file, which takes seconds for millions of tiles, and are remembered.
pub(super) fn serve(
    shelf: &Shelf,
    address: &Address<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let published = Published::find(address, registry)?;
    let blob = Blob::new(registry, published.file.sha256);
    let summary = match summary(shelf, &published, &blob) {
        Ok(summary) => summary,
        Err(stop) => return unreadable(stop),
    };
    let pinned = Address {
        name: address.name,
        selector: Some(&published.revision),
    };
    let url = format!("{}/{pinned}", request.base_url);
    let largest: Vec<_> = summary
        .largest
        .iter()
        .map(|(place, bytes)| {
            let extension = published.kind.extension();
            json!({
                "z": place.zoom, "x": place.x, "y": place.y, "bytes": bytes,
                "url": format!("{url}/{place}.{extension}"),
            })
        })
        .collect();
    let zooms: Vec<Value> = summary.zooms.iter().map(Zoom::to_json).collect();
    let answer = json!({
        "name": address.name,
        "revision": published.revision,
        "count": summary.zooms.iter().map(|zoom| zoom.count).sum::<u64>(),
        "bytes": summary.zooms.iter().map(|zoom| zoom.bytes).sum::<u64>(),
        "zooms": zooms,
        "largest": largest,
    });
    Ok(Response::json(200, &answer).hold(Hold::UntilArtefactChanges))
}

fn summary(shelf: &Shelf, published: &Published, blob: &Blob<'_>) -> Result<Arc<Summary>, Stop> {
    // The host decides about the caller when the file is opened, so what is remembered is not given to anybody else.
    let content = blob.content()?;
    if let Some(known) = shelf.summaries.get(&blob.digest()) {
        return Ok(known);
    }
    let mut sizes = Sizes::default();
    match published.container {
        Container::MbTiles => {
            let mut visit = |place, length| sizes.add(place, length, 1);
            shelf.databases.sizes(blob.digest(), content, &mut visit)?;
        }
        Container::PmTiles => {
            let mut visit = |place, length, count| sizes.add(place, length, count);
            shelf.archives.sizes(blob, &mut visit)?;
        }
    }
    let summary = Arc::new(sizes.into_summary());
    let kept = Arc::clone(&summary);
    shelf.summaries.put(blob.digest(), kept, 1);
    Ok(summary)
}
