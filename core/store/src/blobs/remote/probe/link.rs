//! Clients that are sent to the store.

use std::time::Duration;

use cellier_model::ports::LinkTo;

use crate::blobs::remote::link::link;
use crate::blobs::remote::probe::{Probe, ProbeError};

impl Probe<'_> {
    pub(super) async fn follow_link(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "sending clients to the store (storage.redirect)";
        const FIX: &str =
            "set storage.redirect = \"never\": then the server sends the bytes itself";
        let Some(signer) = &self.store.signer else {
            let found = "this kind of store signs no URLs";
            return Err(ProbeError::wrong(ABILITY, found, FIX));
        };
        let to = LinkTo {
            media_type: "text/x-probe".to_owned(),
            disposition: "attachment; filename=\"probe (1).txt\"".to_owned(),
            lifetime: Duration::from_mins(1),
        };
        let link = link(signer.as_ref(), &self.object("small"), &to).await;
        let link = link.map_err(|error| ProbeError::broken(ABILITY, error))?;
        let wrong = |found: String| ProbeError::wrong(ABILITY, found, FIX);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30));
        let client = client.build().map_err(|error| wrong(error.to_string()))?;
        let answer = client.get(link.as_str()).send().await;
        // An error of the client would show the URL, which is as good as a key.
        let answer = answer.map_err(|error| wrong(error.without_url().to_string()))?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(wrong(format!(
                "a signed URL is answered with {}",
                answer.status()
            )));
        }
        for (name, expected) in [
            (reqwest::header::CONTENT_TYPE, &to.media_type),
            (reqwest::header::CONTENT_DISPOSITION, &to.disposition),
        ] {
            let found = answer
                .headers()
                .get(&name)
                .map(reqwest::header::HeaderValue::as_bytes);
            if found != Some(expected.as_bytes()) {
                return Err(wrong(format!(
                    "the answer has not the {name} that was asked for"
                )));
            }
        }
        Ok(())
    }
}
