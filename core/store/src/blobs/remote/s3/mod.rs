//! S3, and the stores that speak its protocol.

mod http;
mod location;
mod parameters;

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum, S3ConditionalPut};
use object_store::{BackoffConfig, ClientOptions, HeaderValue, RetryConfig};

use self::http::PatientConnector;
pub use self::location::{InvalidS3Location, S3Location};
use self::parameters::S3Checksum;
use crate::blobs::remote::patience::Patience;
use crate::blobs::remote::store::RemoteStore;

/// The variables of the environment that credentials come from; nothing else of a store is taken from there, so that its
/// URL says all.
const CREDENTIALS: [(&str, AmazonS3ConfigKey); 11] = [
    ("AWS_ACCESS_KEY_ID", AmazonS3ConfigKey::AccessKeyId),
    ("AWS_SECRET_ACCESS_KEY", AmazonS3ConfigKey::SecretAccessKey),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        AmazonS3ConfigKey::WebIdentityTokenFile,
    ),
    ("AWS_ROLE_ARN", AmazonS3ConfigKey::RoleArn),
    ("AWS_ROLE_SESSION_NAME", AmazonS3ConfigKey::RoleSessionName),
    ("AWS_ENDPOINT_URL_STS", AmazonS3ConfigKey::StsEndpoint),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        AmazonS3ConfigKey::ContainerCredentialsFullUri,
    ),
    (
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        AmazonS3ConfigKey::ContainerAuthorizationTokenFile,
    ),
    ("AWS_METADATA_ENDPOINT", AmazonS3ConfigKey::MetadataEndpoint),
];

/// The variables that a region comes from, in this order, where the URL says none.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

impl RemoteStore {
    /// A bucket of S3. Credentials come from the variables of the environment that Amazon's own tools use, handed in as
    /// `variable`, or from what a machine in its cloud is told by the machine itself. Nothing is sent yet.
    pub fn s3(
        location: &S3Location,
        variable: impl Fn(&str) -> Option<String>,
        patience: Patience,
    ) -> Result<Self, InvalidCredentials> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&location.bucket)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_disable_bulk_delete(true)
            .with_virtual_hosted_style_request(!location.path_style)
            .with_retry(retries(patience))
            .with_client_options(client_options(location, patience))
            .with_http_connector(PatientConnector(patience));
        for (name, key) in CREDENTIALS {
            if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
                builder = builder.with_config(key, value);
            }
        }
        let region = location.region.clone();
        if let Some(region) = region.or_else(|| REGIONS.iter().find_map(|name| variable(name))) {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = endpoint(location) {
            builder = builder.with_endpoint(endpoint);
        }
        builder = match location.checksum {
            Some(S3Checksum::Sha256) => builder.with_checksum_algorithm(Checksum::SHA256),
            Some(S3Checksum::Crc64Nvme) => builder.with_checksum_algorithm(Checksum::CRC64NVME),
            None => builder,
        };
        let store = Arc::new(builder.build().map_err(InvalidCredentials)?);
        Ok(Self::of(Arc::<object_store::aws::AmazonS3>::clone(&store))
            .below(location.prefix.clone())
            .with_signer(store)
            .with_conditional_puts(location.conditional_puts))
    }
}

/// The credentials in the environment do not fit together.
#[derive(Debug, thiserror::Error)]
#[error(
    "the credentials in the environment do not fit together; set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither"
)]
pub struct InvalidCredentials(#[source] object_store::Error);

fn retries(patience: Patience) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: patience.backoff,
            max_backoff: Patience::LONGEST_BACKOFF,
            base: 2.0,
        },
        max_retries: patience.retries as usize,
        retry_timeout: Patience::WHOLE,
    }
}

/// The time limits of [`PatientConnector`] replace those of the client, which count a whole transfer: no such limit fits
/// both a byte and a terabyte.
fn client_options(location: &S3Location, patience: Patience) -> ClientOptions {
    let is_plain_http = |url: &url::Url| url.scheme() == "http";
    ClientOptions::new()
        .with_user_agent(HeaderValue::from_static(concat!(
            "cellier/",
            env!("CARGO_PKG_VERSION")
        )))
        .with_allow_http(location.endpoint.as_ref().is_some_and(is_plain_http))
        .with_timeout_disabled()
        .with_connect_timeout(patience.connect)
        .with_pool_idle_timeout(Duration::from_secs(20))
}

/// The URL that requests go to. Where the bucket is in the name of the host, it has to be there already.
fn endpoint(location: &S3Location) -> Option<String> {
    let mut endpoint = location.endpoint.clone()?;
    if !location.path_style {
        let host = endpoint.host_str()?.to_owned();
        endpoint
            .set_host(Some(&format!("{}.{host}", location.bucket)))
            .ok()?;
    }
    Some(endpoint.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_in_the_path_or_in_the_name_of_the_host() {
        let of = |url: &str| endpoint(&url.parse().unwrap());
        assert_eq!(of("s3://artefacts?region=eu-west-3"), None);
        assert_eq!(
            of("s3://artefacts?endpoint=https://s3.example.com:9000").unwrap(),
            "https://s3.example.com:9000"
        );
        assert_eq!(
            of("s3://artefacts?endpoint=https://s3.example.com&path_style=false").unwrap(),
            "https://artefacts.s3.example.com"
        );
    }

    #[test]
    fn half_a_pair_of_credentials_is_refused() {
        let location = "s3://artefacts".parse().unwrap();
        let half = |name: &str| (name == "AWS_ACCESS_KEY_ID").then(|| "key".to_owned());
        let refused = RemoteStore::s3(&location, half, Patience::default()).unwrap_err();
        assert!(refused.to_string().contains("AWS_SECRET_ACCESS_KEY"));
    }
}
