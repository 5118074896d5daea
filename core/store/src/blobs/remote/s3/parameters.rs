//! What stands behind the question mark in the URL of a bucket.

use url::Url;
use url::form_urlencoded::parse;

use crate::blobs::remote::s3::InvalidS3Location;

/// The parameters that were given.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) endpoint: Option<Url>,
    pub(super) region: Option<String>,
    pub(super) path_style: Option<bool>,
    pub(super) conditional_puts: Option<bool>,
    pub(super) checksum: Option<S3Checksum>,
}

impl Parameters {
    pub(super) fn read(query: &str) -> Result<Self, InvalidS3Location> {
        let mut read = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            let taken = match &*name {
                "endpoint" => read.endpoint.replace(check_endpoint(&value)?).is_some(),
                "region" => read.region.replace(check_region(&value)?).is_some(),
                "path_style" => {
                    let value = check_bool("path_style", &value)?;
                    read.path_style.replace(value).is_some()
                }
                "conditional_puts" => {
                    let value = check_bool("conditional_puts", &value)?;
                    read.conditional_puts.replace(value).is_some()
                }
                "checksum" => read.checksum.replace(check_checksum(&value)?).is_some(),
                _ => true,
            };
            if taken {
                return Err(InvalidS3Location::Parameter {
                    found: name.into_owned(),
                });
            }
        }
        Ok(read)
    }
}

fn check_endpoint(text: &str) -> Result<Url, InvalidS3Location> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    text.parse()
        .ok()
        .filter(is_plain)
        .ok_or_else(|| InvalidS3Location::Value {
            name: "endpoint",
            // Whatever stands before an @ may be a password.
            found: text.rsplit('@').next().unwrap_or_default().to_owned(),
            allowed: "a URL with http or https, a host and nothing behind it",
        })
}

fn check_region(text: &str) -> Result<String, InvalidS3Location> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err(InvalidS3Location::Value {
        name: "region",
        found: text.to_owned(),
        allowed: "letters, digits, hyphens and underscores",
    })
}

fn check_bool(name: &'static str, text: &str) -> Result<bool, InvalidS3Location> {
    text.parse().map_err(|_neither| InvalidS3Location::Value {
        name,
        found: text.to_owned(),
        allowed: "true or false",
    })
}

fn check_checksum(text: &str) -> Result<S3Checksum, InvalidS3Location> {
    [S3Checksum::Sha256, S3Checksum::Crc64Nvme]
        .into_iter()
        .find(|checksum| checksum.as_str() == text)
        .ok_or_else(|| InvalidS3Location::Value {
            name: "checksum",
            found: text.to_owned(),
            allowed: "sha256 or crc64nvme",
        })
}

/// A checksum that the store keeps beside the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum S3Checksum {
    Sha256,
    Crc64Nvme,
}

impl S3Checksum {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Crc64Nvme => "crc64nvme",
        }
    }
}
