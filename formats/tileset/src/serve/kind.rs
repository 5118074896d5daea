//! What clients call the kinds of tiles.

use crate::tile::Kind;

impl Kind {
    /// The media type of a tile.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Mvt => "application/vnd.mapbox-vector-tile",
            Self::Mlt => "application/vnd.maplibre-vector-tile",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }

    /// The extensions that a tile may have; the first is the one in our own URLs.
    pub(super) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Mvt => &["pbf", "mvt"],
            Self::Mlt => &["mlt"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Avif => &["avif"],
        }
    }

    /// The extension in our own URLs, and the word for it in TileJSON.
    pub(super) fn extension(self) -> &'static str {
        self.extensions().first().copied().unwrap_or_default()
    }
}
