//! Uploads, as the built-in formats inspect them.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use cellier_format_file as _;
use cellier_format_npm as _;
use cellier_format_tileset as _;
use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion, check_answer};
use cellier_sdk::{
    Change, Format, Method, NewFile, Payload, ReadAt, Request, Translation, Upload,
    built_in_formats, is_safe_file_name,
};
use flate2::Compression;
use flate2::read::GzEncoder;
use tempfile::NamedTempFile;

/// A gzip stream that should hold a tar archive with a `package/package.json`.
pub fn npm_tarball(data: &[u8]) {
    inspect("npm", &Upload::new("widget").file_name("widget.tgz"), data);
}

/// A tar archive, compressed on the way: behind gzip's checksum no mutation would ever reach the walker.
pub fn npm_tar(data: &[u8]) {
    let mut tarball = Vec::new();
    GzEncoder::new(data, Compression::fast())
        .read_to_end(&mut tarball)
        .expect("memory is readable");
    npm_tarball(&tarball);
}

/// What an npm client sends to publish or change a package, by itself and with the revision that it has seen.
pub fn npm_document(data: &[u8]) {
    let version = |text: &str| FakeVersion::new(text).file("a.tgz", "application/gzip", text);
    let widget = FakeArtefact::new("widget").version(version("1.0.0").deprecated("use 2"));
    let registry = FakeRegistry::new().with_artefact(widget.version(version("2.0.0")));
    let body = data.to_vec();
    for path in ["widget", "widget/-rev/2"] {
        let request = Request::new(Method::Put, path.split('/'));
        let translate = || format("npm").translate(&request, &body, &registry);
        let translated = translate();
        let shown = format!("{translated:?}");
        assert_eq!(
            shown,
            format!("{:?}", translate()),
            "the same request means the same"
        );
        let Ok(Translation::Changes(changes)) = translated else {
            continue;
        };
        for change in changes {
            if let Change::Publish { files, .. } = change {
                files.iter().for_each(|file| check_file(file, data));
            }
        }
    }
}

/// A tarball lies in the body, in base64 and nothing else.
fn check_file(file: &NewFile, body: &[u8]) {
    let Payload::Base64(range) = &file.payload else {
        panic!("npm's clients send base64");
    };
    let in_body = |offset: u64| usize::try_from(offset).expect("the body is in memory");
    let text = &body[in_body(range.start)..in_body(range.end)];
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    assert!(text.len().is_multiple_of(4) && text.iter().all(is_base64));
    assert!(is_safe_file_name(&file.name));
}

/// A lockfile, a packument, or a list of keys.
pub fn npm_lockfile(data: &[u8]) {
    let Ok(document) = format("npm").read_document(&Staged::new(data)) else {
        return;
    };
    for statement in &document.statements {
        let about = format!("{}@{}:", statement.name, statement.version);
        assert!(
            statement.text.starts_with(&about),
            "what is signed names what it is about"
        );
    }
}

/// An SQLite database that should be a tileset.
pub fn mbtiles(data: &[u8]) {
    inspect(
        "tileset",
        &Upload::new("terrain").file_name("terrain.mbtiles"),
        data,
    );
}

/// A `PMTiles` archive.
pub fn pmtiles(data: &[u8]) {
    inspect(
        "tileset",
        &Upload::new("terrain").file_name("terrain.pmtiles"),
        data,
    );
}

/// A path below `/tiles`, a line break, and a file that was published although nobody has inspected it.
pub fn tiles(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (path, file) = (String::from_utf8_lossy(&data[..end]), &data[end + 1..]);
    let is_archive = file.starts_with(b"PMTiles");
    let version = FakeVersion::new("1")
        .file("a", "application/octet-stream", file)
        .metadata("kind", if is_archive { "pmtiles" } else { "mbtiles" })
        .metadata("tileType", "mvt")
        .metadata("minzoom", 0)
        .metadata("maxzoom", 30);
    let registry = FakeRegistry::new()
        .that_lends_files()
        .with_artefact(FakeArtefact::new("a").version(version));
    let request = Request::new(Method::Get, path.split('/'));
    let serve = || format!("{:?}", format("tileset").serve(&request, &registry));
    assert_eq!(serve(), serve(), "the same request has the same answer");
}

/// Any file, by itself and as a style.
pub fn file(data: &[u8]) {
    inspect("file", &Upload::new("thing"), data);
    let style = Upload::new("thing")
        .file_name("style.json")
        .category("maplibre-style");
    inspect("file", &style, data);
}

static FORMATS: LazyLock<Vec<Box<dyn Format>>> =
    LazyLock::new(|| built_in_formats().expect("the built-in formats have ids of their own"));

fn format(id: &str) -> &'static dyn Format {
    let format = FORMATS
        .iter()
        .find(|format| format.describe().id() == id)
        .expect("the format is linked");
    format.as_ref()
}

fn inspect(id: &str, upload: &Upload, data: &[u8]) {
    let format = format(id);
    let answer = format.inspect(upload, &Staged::new(data));
    if let Err(problem) = check_answer(&format.describe(), upload, answer) {
        panic!("{problem}");
    }
}

/// An upload as the host stages it: bytes, and a file of them for libraries that open files themselves.
struct Staged<'a> {
    bytes: &'a [u8],
    file: NamedTempFile,
}

impl<'a> Staged<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut file = NamedTempFile::new().expect("a temporary file can be made");
        file.write_all(bytes)
            .expect("the temporary file can be written");
        Self { bytes, file }
    }
}

impl ReadAt for Staged<'_> {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.bytes.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(self.file.path())
    }
}
