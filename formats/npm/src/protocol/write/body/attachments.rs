//! What is attached to a document: the tarball, and perhaps where it was built.

use std::ops::Range;

use super::Trouble;
use super::base64;
use super::scanner::Scanner;
use super::small::not_a_request;
use crate::text;

/// What the names of the attachments end in that tell where a package was built. They are JSON, not base64.
const BUNDLE: &str = ".sigstore";

/// Most attachments of a document; npm's clients send one or two.
const MOST: usize = 16;

/// Something that is attached to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// Its name, as the client wrote it.
    pub(crate) name: String,
    /// Its media type, if the client says one.
    pub(crate) content_type: Option<String>,
    /// Its bytes; none if they are not in this document.
    pub(crate) data: Option<Data>,
    /// How many bytes it has, if the client says so.
    pub(crate) length: Option<u64>,
}

/// Where the bytes of an attachment are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// In base64.
    Base64 {
        /// The base64 itself, without quotes.
        range: Range<u64>,
        /// How many bytes it decodes to.
        size: u64,
    },
    /// A text in JSON, with its quotes.
    Text(Range<u64>),
}

/// Reads all attachments.
pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Vec<Attachment>, Trouble> {
    let mut attachments = Vec::new();
    scanner.members("_attachments", |scanner, name| {
        if attachments.len() == MOST {
            let message = format!("the body has more than {MOST} attachments");
            return Err(not_a_request(message).into());
        }
        attachments.push(one(scanner, name)?);
        Ok(())
    })?;
    Ok(attachments)
}

fn one(scanner: &mut Scanner<'_>, name: &str) -> Result<Attachment, Trouble> {
    let mut attachment = Attachment {
        name: name.to_owned(),
        content_type: None,
        data: None,
        length: None,
    };
    let what = format!("the attachment {}", text::quote(name));
    scanner.members(&what, |scanner, key| {
        match key {
            "content_type" => attachment.content_type = scanner.word_or_null("content_type")?,
            "length" => attachment.length = Some(length(scanner)?),
            "data" => attachment.data = Some(data(scanner, name)?),
            _ => scanner.skip_value(2)?,
        }
        Ok(())
    })?;
    Ok(attachment)
}

fn data(scanner: &mut Scanner<'_>, name: &str) -> Result<Data, Trouble> {
    if name.ends_with(BUNDLE) && scanner.token()? == b'"' {
        let inner = scanner.skip_string()?;
        return Ok(Data::Text(inner.start - 1..inner.end + 1));
    }
    let (range, size) = base64::measure(scanner, name)?;
    Ok(Data::Base64 { range, size })
}

fn length(scanner: &mut Scanner<'_>) -> Result<u64, Trouble> {
    let length = scanner.value("the length of an attachment")?;
    length.as_u64().ok_or_else(|| {
        let message = "the length of an attachment is not a number of bytes";
        not_a_request(message.to_owned()).into()
    })
}
