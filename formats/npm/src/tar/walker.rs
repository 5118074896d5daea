//! The walk itself.

use super::Kind;
use super::header::{BLOCK, Block, Header, HeaderError};
use super::pax::Pax;
use crate::findings::Findings;
use crate::gzip::Inflate;
use crate::limits::{self, Limits};
use crate::stop::Stop;
use crate::{codes, text};

/// How many bytes that nobody wants are inflated at a time. After each time the inflater keeps the last 32 KiB, to which what
/// follows may refer, so that many at a time are cheaper.
const SKIP: usize = 256 * 1024;

/// Something in the archive.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its number, counted from 1; extension headers do not count.
    pub(crate) number: u64,
    /// Its whole path, as it is written.
    pub(crate) path: Vec<u8>,
    /// What it is.
    pub(crate) kind: Kind,
    /// The size of its body.
    pub(crate) size: u64,
    /// Its mode bits.
    pub(crate) mode: u64,
}

/// Walks an archive from entry to entry.
pub(crate) struct Walker<'a> {
    input: Inflate<'a>,
    limits: Limits,
    entries: u64,
    /// Bytes of the current body that were not read yet.
    body: u64,
    /// Bytes that pad the current body to a whole number of blocks.
    padding: u64,
    /// Room for what nobody wants.
    skipped: Box<[u8]>,
}

/// What came before a header to add to it.
#[derive(Default)]
struct Extension {
    long_name: Option<Vec<u8>>,
    pax: Option<Pax>,
}

impl<'a> Walker<'a> {
    /// Starts before the first entry.
    pub(crate) fn new(input: Inflate<'a>, limits: Limits) -> Self {
        Self {
            input,
            limits,
            entries: 0,
            body: 0,
            padding: 0,
            skipped: vec![0; SKIP].into(),
        }
    }

    /// The next entry, or `None` behind the last, once all that follows was seen to be nothing.
    pub(crate) fn next_entry(&mut self, findings: &mut Findings) -> Result<Option<Entry>, Stop> {
        let mut extension = Extension::default();
        loop {
            self.skip_body()?;
            let block = self.read_block()?;
            if block == [0; BLOCK] {
                self.end(&extension, findings)?;
                return Ok(None);
            }
            let header = Header::parse(&block).map_err(|error| self.odd_header(error))?;
            self.begin_body(&header)?;
            match header.kind {
                Kind::PaxGlobal => self.global(findings)?,
                Kind::Pax if extension.pax.is_none() => {
                    extension.pax = Some(self.pax(findings)?);
                }
                Kind::LongName if extension.long_name.is_none() => {
                    extension.long_name = Some(self.long_name()?);
                }
                Kind::Pax | Kind::LongName => {
                    return Err(self.ambiguous("has two extension headers of the same kind"));
                }
                _ => return self.entry(header, extension, findings).map(Some),
            }
        }
    }

    /// Reads up to so many bytes of the current body.
    pub(crate) fn read_body(&mut self, most: usize) -> Result<Vec<u8>, Stop> {
        let length = usize::try_from(self.body).map_or(most, |body| body.min(most));
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        self.body -= length as u64;
        Ok(bytes)
    }

    fn entry(
        &mut self,
        header: Header,
        extension: Extension,
        findings: &mut Findings,
    ) -> Result<Entry, Stop> {
        let number = self.number();
        if number > self.limits.entries {
            let message = format!(
                "the archive has more than the {} entries that are allowed",
                self.limits.entries
            );
            return Err(Stop::Refused(codes::TOO_MANY_ENTRIES.error(message)));
        }
        let pax = extension.pax.unwrap_or_default();
        if pax.size.is_some_and(|size| size != header.size) {
            return Err(self.ambiguous("has one size in its header and another in its PAX header"));
        }
        if pax.path.is_some() && extension.long_name.is_some() {
            let message = format!("entry {number} has both a GNU and a PAX path");
            findings.push(codes::AMBIGUOUS_ARCHIVE.error(message));
        }
        self.entries = number;
        Ok(Entry {
            number,
            path: pax.path.or(extension.long_name).unwrap_or(header.path),
            kind: header.kind,
            size: header.size,
            mode: header.mode,
        })
    }

    fn begin_body(&mut self, header: &Header) -> Result<(), Stop> {
        if !header.kind.can_be_skipped(header.size) {
            let problem = format!(
                "is {} of {} bytes, which programs skip differently",
                header.kind, header.size
            );
            return Err(self.ambiguous(&problem));
        }
        self.input.check_size(header.size)?;
        self.body = header.size;
        self.padding = header.size.next_multiple_of(BLOCK as u64) - header.size;
        Ok(())
    }

    fn pax(&mut self, findings: &mut Findings) -> Result<Pax, Stop> {
        let bytes = self.extension_body()?;
        let pax = match Pax::parse(&bytes) {
            Ok(pax) => pax,
            Err(error) => return Err(self.ambiguous(&format!("has a PAX header that {error}"))),
        };
        for key in &pax.strange {
            let message = format!(
                "the PAX header of entry {} has the key {}, which may change what is unpacked",
                self.number(),
                text::quote_bytes(key)
            );
            findings.push(codes::UNSUPPORTED_ENTRY.error(message));
        }
        Ok(pax)
    }

    fn global(&mut self, findings: &mut Findings) -> Result<(), Stop> {
        if !Pax::is_only_comment(&self.extension_body()?) {
            let message = format!(
                "the global PAX header before entry {} holds more than a comment",
                self.number()
            );
            findings.push(codes::UNSUPPORTED_ENTRY.error(message));
        }
        Ok(())
    }

    fn long_name(&mut self) -> Result<Vec<u8>, Stop> {
        let bytes = self.extension_body()?;
        match bytes.strip_suffix(&[0]) {
            Some(name) if !name.is_empty() && !name.contains(&0) => Ok(name.to_vec()),
            _ => Err(self.ambiguous("has a GNU long name that does not end in its only NUL")),
        }
    }

    fn extension_body(&mut self) -> Result<Vec<u8>, Stop> {
        if self.body > limits::EXTENSION_HEADER as u64 {
            let problem = format!(
                "has an extension header of {} bytes, at most {} are allowed",
                self.body,
                limits::EXTENSION_HEADER
            );
            return Err(self.ambiguous(&problem));
        }
        self.read_body(limits::EXTENSION_HEADER)
    }

    /// Behind the first of the two blocks of zeros that end an archive: only zeros may follow, then only nothing.
    fn end(&mut self, extension: &Extension, findings: &mut Findings) -> Result<(), Stop> {
        if extension.pax.is_some() || extension.long_name.is_some() {
            let message = "the archive ends with an extension header that belongs to no entry";
            findings.push(codes::AMBIGUOUS_ARCHIVE.error(message));
        }
        let mut only_zeros = self.read_block()? == [0; BLOCK];
        loop {
            let count = self.input.read(&mut self.skipped)?;
            if count == 0 {
                break;
            }
            only_zeros &= self.skipped[..count].iter().all(|&byte| byte == 0);
        }
        if !only_zeros {
            let message = format!(
                "the archive ends after {} entries, yet more than zeros follow",
                self.entries
            );
            findings.push(codes::TRAILING_DATA.error(message));
        }
        if let Some(finding) = self.input.trailing()? {
            findings.push(finding);
        }
        Ok(())
    }

    fn skip_body(&mut self) -> Result<(), Stop> {
        let mut skipped = std::mem::take(&mut self.skipped);
        let mut left = self.body + self.padding;
        while left > 0 {
            let length = usize::try_from(left).map_or(SKIP, |left| left.min(SKIP));
            self.fill(&mut skipped[..length])?;
            left -= length as u64;
        }
        self.skipped = skipped;
        self.body = 0;
        self.padding = 0;
        Ok(())
    }

    fn read_block(&mut self) -> Result<Block, Stop> {
        let mut block = [0; BLOCK];
        self.fill(&mut block)?;
        Ok(block)
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Stop> {
        if self.input.fill(buffer)? == buffer.len() {
            return Ok(());
        }
        let message = format!(
            "the tar archive breaks off at byte {}, after {} entries",
            self.input.inflated(),
            self.entries
        );
        if self.input.inflated() < BLOCK as u64 {
            return Err(Stop::NotATarball(codes::NOT_A_TARBALL.error(message)));
        }
        Err(Stop::Refused(codes::DAMAGED.error(message)))
    }

    /// The number of the entry whose headers are being read.
    fn number(&self) -> u64 {
        self.entries + 1
    }

    fn odd_header(&self, error: HeaderError) -> Stop {
        if !error.is_alien() {
            return self.ambiguous(&format!("has a header that {error}"));
        }
        if self.input.inflated() == BLOCK as u64 {
            let message = format!("the gzip data is not a tar archive: its first block {error}");
            return Stop::NotATarball(codes::NOT_A_TARBALL.error(message));
        }
        let message = format!(
            "the archive is damaged: the header of entry {} {error}",
            self.number()
        );
        Stop::Refused(codes::DAMAGED.error(message))
    }

    fn ambiguous(&self, problem: &str) -> Stop {
        let message = format!("entry {} {problem}", self.number());
        Stop::Refused(codes::AMBIGUOUS_ARCHIVE.error(message))
    }
}
