//! The URL of a bucket.

use std::fmt;
use std::str::FromStr;

use object_store::path::Path;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::blobs::remote::s3::parameters::{Parameters, S3Checksum};

/// The URL of a bucket of S3, or of a store that speaks its protocol:
/// `s3://BUCKET/PREFIX?endpoint=https://…&region=…`.
///
/// | parameter | meaning |
/// |---|---|
/// | `endpoint` | the URL of the store; without it, Amazon's own |
/// | `region` | the region of the bucket; without it, that of the environment, else `us-east-1` |
/// | `path_style` | whether the bucket is in the path, not in the name of the host; `true` where there is an endpoint |
/// | `conditional_puts` | `false` for a store that cannot refuse to overwrite an object: then it is looked at first |
/// | `checksum` | `sha256` or `crc64nvme`, for a store that should keep one beside the bytes |
///
/// It never holds credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Location {
    pub(super) bucket: String,
    pub(super) prefix: Path,
    pub(super) endpoint: Option<Url>,
    pub(super) region: Option<String>,
    pub(super) path_style: bool,
    pub(super) conditional_puts: bool,
    pub(super) checksum: Option<S3Checksum>,
}

/// A text is not the URL of a bucket. What it says fits after "allowed is".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidS3Location {
    /// It is no `s3://` URL at all.
    #[error("s3://BUCKET/PREFIX?endpoint=…&region=…, with a PREFIX or without")]
    NoUrl,
    /// It holds credentials.
    #[error(
        "a URL without credentials: they belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    Credentials,
    /// The name of the bucket is none.
    #[error(
        "a bucket of 3 to 63 lower-case letters, digits, dots and hyphens (found {found:?} in its place)"
    )]
    Bucket {
        /// What was found.
        found: String,
    },
    /// The prefix would make names that stores and tools read differently.
    #[error(
        "a prefix of letters, digits, dots, hyphens and underscores, in parts that a slash divides (found {found:?})"
    )]
    Prefix {
        /// What was found.
        found: String,
    },
    /// A parameter that nobody knows, or twice the same.
    #[error(
        "each of the parameters checksum, conditional_puts, endpoint, path_style and region once (found {found:?})"
    )]
    Parameter {
        /// The name of the parameter.
        found: String,
    },
    /// The value of a parameter is not allowed.
    #[error("{allowed} for the parameter {name} (found {found:?})")]
    Value {
        /// The name of the parameter.
        name: &'static str,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl FromStr for S3Location {
    type Err = InvalidS3Location;

    fn from_str(text: &str) -> Result<Self, InvalidS3Location> {
        let rest = text
            .strip_prefix("s3://")
            .filter(|rest| !rest.contains('#'))
            .ok_or(InvalidS3Location::NoUrl)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if place.contains('@') {
            return Err(InvalidS3Location::Credentials);
        }
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let parameters = Parameters::read(query)?;
        Ok(Self {
            bucket: check_bucket(bucket)?,
            prefix: check_prefix(prefix.trim_end_matches('/'))?,
            path_style: parameters
                .path_style
                .unwrap_or(parameters.endpoint.is_some()),
            endpoint: parameters.endpoint,
            region: parameters.region,
            conditional_puts: parameters.conditional_puts.unwrap_or(true),
            checksum: parameters.checksum,
        })
    }
}

fn check_bucket(text: &str) -> Result<String, InvalidS3Location> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (3..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| is_plain(byte) || b".-".contains(&byte))
        && text.bytes().next().is_some_and(is_plain)
        && text.bytes().next_back().is_some_and(is_plain)
        && !text.contains("..");
    if fits {
        return Ok(text.to_owned());
    }
    Err(InvalidS3Location::Bucket {
        found: text.to_owned(),
    })
}

fn check_prefix(text: &str) -> Result<Path, InvalidS3Location> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let part_fits =
        |part: &str| !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(is_plain);
    if text.is_empty() || (text.len() <= 512 && text.split('/').all(part_fits)) {
        return Ok(Path::from(text));
    }
    Err(InvalidS3Location::Prefix {
        found: text.to_owned(),
    })
}

impl S3Location {
    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }
}

/// The URL again, with those parameters alone that differ from their default.
impl fmt::Display for S3Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parameters = Serializer::new(String::new());
        if let Some(endpoint) = &self.endpoint {
            parameters.append_pair("endpoint", endpoint.as_str().trim_end_matches('/'));
        }
        if let Some(region) = &self.region {
            parameters.append_pair("region", region);
        }
        if self.path_style != self.endpoint.is_some() {
            parameters.append_pair("path_style", &self.path_style.to_string());
        }
        if !self.conditional_puts {
            parameters.append_pair("conditional_puts", "false");
        }
        if let Some(checksum) = self.checksum {
            parameters.append_pair("checksum", checksum.as_str());
        }
        write!(f, "s3://{}", self.bucket)?;
        if !self.prefix.as_ref().is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        match parameters.finish() {
            query if query.is_empty() => Ok(()),
            query => write!(f, "?{query}"),
        }
    }
}

impl fmt::Debug for S3Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_reads_back_what_it_writes() {
        for text in [
            "s3://artefacts",
            "s3://artefacts/cellier/prod?region=eu-west-3",
            "s3://artefacts?endpoint=http%3A%2F%2F127.0.0.1%3A3900&region=garage&conditional_puts=false",
            "s3://artefacts?endpoint=https%3A%2F%2Fs3.example.com&path_style=false&checksum=sha256",
            "s3://artefacts?path_style=true&checksum=crc64nvme",
        ] {
            let location: S3Location = text.parse().unwrap();
            assert_eq!(location.to_string(), text);
        }
        let plain = "s3://artefacts/?endpoint=http://127.0.0.1:3900/";
        let location: S3Location = plain.parse().unwrap();
        assert!(location.path_style && location.conditional_puts);
        assert_eq!(
            location.to_string(),
            "s3://artefacts?endpoint=http%3A%2F%2F127.0.0.1%3A3900"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("artefacts", "s3://BUCKET/PREFIX"),
            ("s3://artefacts#part", "s3://BUCKET/PREFIX"),
            ("s3://key:secret@artefacts", "AWS_ACCESS_KEY_ID"),
            ("s3://", "found \"\""),
            ("s3://Artefacts", "found \"Artefacts\""),
            ("s3://-ab", "a bucket"),
            ("s3://artefacts/../other", "a prefix"),
            ("s3://artefacts//x", "a prefix"),
            ("s3://artefacts/a%20b", "a prefix"),
            ("s3://artefacts?regoin=x", "found \"regoin\""),
            ("s3://artefacts?region=a&region=b", "found \"region\""),
            ("s3://artefacts?region=", "parameter region"),
            ("s3://artefacts?path_style=yes", "true or false"),
            ("s3://artefacts?checksum=md5", "sha256 or crc64nvme"),
            ("s3://artefacts?endpoint=ftp://x", "parameter endpoint"),
            (
                "s3://artefacts?endpoint=https://u:p@x",
                "parameter endpoint",
            ),
            (
                "s3://artefacts?endpoint=https://x/bucket",
                "parameter endpoint",
            ),
        ] {
            let told = text.parse::<S3Location>().unwrap_err().to_string();
            assert!(
                told.contains(named),
                "{text}: {told:?} does not name {named:?}"
            );
        }
    }
}
