//! A tile.

use cellier_sdk::{Failure, ReadAtExt as _, Registry, Request, Response};

use super::Shelf;
use super::coding::{self, body};
use super::published::Published;
use super::refusal::{absent, unreadable};
use super::route::{Address, Asked};
use crate::blob::Blob;
use crate::container::Container;
use crate::limits;
use crate::place::{Place, range_in_words};
use crate::stop::Stop;
use crate::tile::Compression;

/// Answers with a tile, or says why there is none.
pub(super) fn serve(
    shelf: &Shelf,
    address: &Address<'_>,
    asked: &Asked<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let published = Published::find(address, registry)?;
    let place = match place(asked, &published) {
        Ok(place) => place,
        Err(Nowhere(code, detail)) => return Ok(absent(code, &detail)),
    };
    let etag = etag(&published, place);
    if request.has_etag(&etag) {
        // Only an answer with this tile ever had the tag, so the tile need not be looked for.
        return Ok(Response::new(304).etag(etag).hold(published.hold()));
    }
    let blob = Blob::new(registry, published.file.sha256);
    let found = match published.container {
        Container::MbTiles => from_database(shelf, &published, &blob, place),
        Container::PmTiles => from_archive(shelf, &published, &blob, place),
    };
    Ok(match found {
        Ok(Some(tile)) => tile
            .header("content-type", published.kind.media_type())
            .hold(published.hold())
            .etag(etag),
        Ok(None) => missing(&published, place),
        Err(stop) => return unreadable(stop),
    })
}

/// Why no tile can be where one is asked for: a code, and a sentence.
struct Nowhere(&'static str, String);

/// The place that is asked for, if the tileset could have a tile there and the extension is right.
fn place(asked: &Asked<'_>, published: &Published) -> Result<Place, Nowhere> {
    let extensions = published.kind.extensions();
    if let Some(wrong) = asked.extension.filter(|it| !extensions.contains(it)) {
        let detail = format!(
            "the tiles are {}: leave the extension out, or write .{} instead of .{wrong}",
            published.kind,
            extensions.join(" or .")
        );
        return Err(Nowhere("wrong_extension", detail));
    }
    let (first, last) = published.zooms;
    let zoom = u8::try_from(asked.zoom).unwrap_or(u8::MAX);
    if !(first..=last).contains(&zoom) {
        let zooms = range_in_words(published.zooms);
        let detail = format!("there is no zoom {}, the tileset has {zooms}", asked.zoom);
        return Err(Nowhere("zoom_out_of_range", detail));
    }
    let side = Place::side(zoom);
    if u64::from(asked.x.max(asked.y)) >= side {
        let detail = format!("x and y are 0 to {} at zoom {zoom}", side - 1);
        return Err(Nowhere("outside_grid", detail));
    }
    Ok(Place {
        zoom,
        x: asked.x,
        y: asked.y,
    })
}

/// What tells the tile from all others: no version of any tileset has another tile by this tag.
fn etag(published: &Published, place: Place) -> String {
    let Place { zoom, x, y } = place;
    format!("{}-{zoom}-{x}-{y}", published.file.sha256.to_hex())
}

fn from_database(
    shelf: &Shelf,
    published: &Published,
    blob: &Blob<'_>,
    place: Place,
) -> Result<Option<Response>, Stop> {
    let tile = shelf
        .databases
        .tile(blob.digest(), blob.content()?, place)?;
    Ok(tile.map(|tile| Response::new(200).body(body(tile, published.kind, published.compression))))
}

/// A tile that is packed, or an image, is sent straight from the file. Others are looked at first.
fn from_archive(
    shelf: &Shelf,
    published: &Published,
    blob: &Blob<'_>,
    place: Place,
) -> Result<Option<Response>, Stop> {
    let Some(range) = shelf.archives.find(blob, place)? else {
        // The host decides about the caller when the file is opened, so nobody else learns where there is no tile.
        blob.content()?;
        return Ok(None);
    };
    let coding = published.compression.and_then(coding::name);
    let is_image = published.compression == Some(Compression::None) && !published.kind.is_vector();
    if coding.is_some() || is_image {
        return Ok(Some(published.blob(Some(range), coding)));
    }
    let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let tile = blob
        .content()?
        .read_range(range.start, length.min(limits::TILE))?;
    let body = body(tile, published.kind, published.compression);
    Ok(Some(Response::new(200).body(body)))
}

/// What stands for a tile that is not there. Clients draw the tile above instead of an image that is a 404, and nothing
/// instead of a vector tile that is a 204.
fn missing(published: &Published, place: Place) -> Response {
    if published.kind.is_vector() {
        return Response::new(204).hold(published.hold());
    }
    absent("no_tile", &format!("there is no tile {place}"))
}
