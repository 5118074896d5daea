//! A registry in which tilesets are published, and what the format answers about them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use cellier_format_tileset::Tileset;
use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion};
use cellier_sdk::{Body, Failure, Format as _, Method, Registry, Request, Response};
use flate2::read::{GzDecoder, MultiGzDecoder};
use serde_json::Value;

use crate::support::{inspect, upload};

/// Where the tilesets are that the stories share.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tilesets")
}

/// The paths of all of them.
pub(crate) fn fixtures() -> Vec<String> {
    let mut paths = Vec::new();
    for makers in std::fs::read_dir(folder()).unwrap() {
        let makers = makers.unwrap();
        if !makers.file_type().unwrap().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(makers.path()).unwrap() {
            let [maker, file] = [makers.file_name(), file.unwrap().file_name()];
            paths.push(format!("{}/{}", maker.display(), file.display()));
        }
    }
    paths.sort();
    paths
}

/// The bytes of one of them.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(folder().join(path)).unwrap()
}

/// A revision as the host keeps it once the format has taken it.
pub(crate) fn revision(number: &str, bytes: &[u8]) -> FakeVersion {
    let inspection = inspect(&upload("terrain", false), bytes).unwrap();
    let media_type = inspection.media_type.unwrap();
    let version = FakeVersion::new(number).file("terrain", &media_type, bytes);
    inspection
        .metadata
        .into_iter()
        .fold(version, |version, (key, value)| {
            version.metadata(&key, value)
        })
}

/// A format that has answered nothing yet, and the registry that it is asked about.
pub(crate) struct Map {
    format: Tileset,
    pub(crate) registry: FakeRegistry,
}

impl Map {
    /// With these artefacts.
    pub(crate) fn of(artefacts: impl IntoIterator<Item = FakeArtefact>) -> Self {
        Self::with(FakeRegistry::new().that_lends_files(), artefacts)
    }

    /// The same on a host that has no file of them.
    pub(crate) fn in_memory(artefacts: impl IntoIterator<Item = FakeArtefact>) -> Self {
        Self::with(FakeRegistry::new(), artefacts)
    }

    fn with(registry: FakeRegistry, artefacts: impl IntoIterator<Item = FakeArtefact>) -> Self {
        Self {
            format: Tileset::default(),
            registry: artefacts
                .into_iter()
                .fold(registry, FakeRegistry::with_artefact),
        }
    }

    /// With one tileset of one revision, called `terrain`.
    pub(crate) fn terrain(bytes: &[u8]) -> Self {
        Self::of([FakeArtefact::new("terrain").version(revision("1", bytes))])
    }

    /// Asks for a path below the mount.
    pub(crate) fn get(&self, path: &str) -> Result<Response, Failure> {
        self.ask(&request(path))
    }

    /// Asks the same format in the name of somebody else.
    pub(crate) fn get_from(
        &self,
        registry: &FakeRegistry,
        path: &str,
    ) -> Result<Response, Failure> {
        self.format.serve(&request(path), registry)
    }

    pub(crate) fn ask(&self, request: &Request) -> Result<Response, Failure> {
        self.format.serve(request, &self.registry)
    }

    /// An answer of 200 in JSON.
    #[track_caller]
    pub(crate) fn json(&self, path: &str) -> Value {
        self.json_of(&request(path))
    }

    #[track_caller]
    pub(crate) fn json_of(&self, request: &Request) -> Value {
        let response = self.ask(request).unwrap();
        assert_eq!(response.status, 200, "{response:?}");
        body_json(&response)
    }

    /// The bytes of a tile as a client sees them once it has unpacked them; none if there is no tile.
    #[track_caller]
    pub(crate) fn tile(&self, path: &str) -> Option<Vec<u8>> {
        let response = self.get(path).unwrap();
        match response.status {
            200 => Some(self.received(&response)),
            204 | 404 => None,
            _ => panic!("{response:?}"),
        }
    }

    /// What arrives of an answer.
    pub(crate) fn received(&self, response: &Response) -> Vec<u8> {
        match &response.body {
            Body::Empty => Vec::new(),
            Body::Bytes(bytes) => bytes.clone(),
            Body::Encoded { bytes, encoding } => unpacked(bytes, Some(encoding)),
            Body::Blob {
                digest,
                range,
                encoding,
            } => {
                let content = self.registry.open(*digest).unwrap();
                let range = range.clone().unwrap_or(0..content.size());
                let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap()];
                let count = content.read_at(range.start, &mut bytes).unwrap();
                assert_eq!(count, bytes.len());
                unpacked(&bytes, encoding.as_deref())
            }
        }
    }
}

/// A request below the mount.
pub(crate) fn request(path: &str) -> Request {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut request = Request::new(Method::Get, segments);
    request.query = query
        .split_terminator('&')
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.to_owned(), value.to_owned())
        })
        .collect();
    request.base_url = "https://registry.example.com/tiles".to_owned();
    request
}

/// The same with a header.
pub(crate) fn with_header(path: &str, name: &str, value: &str) -> Request {
    let mut request = request(path);
    request.headers.push((name.to_owned(), value.to_owned()));
    request
}

/// The JSON of an answer.
pub(crate) fn body_json(response: &Response) -> Value {
    match &response.body {
        Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A header of an answer.
pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let mut headers = response.headers.iter();
    headers
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn unpacked(bytes: &[u8], encoding: Option<&str>) -> Vec<u8> {
    let mut unpacked = Vec::new();
    match encoding {
        None => return bytes.to_vec(),
        Some("gzip") => GzDecoder::new(bytes).read_to_end(&mut unpacked).unwrap(),
        Some(other) => panic!("packed with {other}"),
    };
    unpacked
}

/// A tile without the gzip around it, if there is any: what other readers give is packed as it is stored.
pub(crate) fn without_gzip(tile: &[u8]) -> Vec<u8> {
    if !tile.starts_with(b"\x1f\x8b") {
        return tile.to_vec();
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(tile)
        .read_to_end(&mut unpacked)
        .unwrap();
    unpacked
}
