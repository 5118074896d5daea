//! Publishing the ten thousandth version of one artefact.

use std::time::Instant;

use crate::Bench;
use crate::cellier::Cellier;
use crate::report::{Finding, Judged, Limit};
use crate::samples::Samples;

/// How many publishes around a number are looked at.
const AROUND: u32 = 200;

pub(crate) fn measure(bench: &Bench) -> Result<Finding, String> {
    let cellier = Cellier::start(bench, "growth-cellier")?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let (early, late) = runtime.block_on(publish_many(&cellier))?;
    Ok(Finding {
        title: "Growth of one artefact",
        method: "10,000 publishes of 1 KiB as new revisions of one artefact, one after the other on one connection; \
                 the median of publishes 10 to 210 beside that of the last 200.",
        judged: vec![Judged {
            what: "publish p50, 10,000th : 10th".to_owned(),
            figure: late.median() / early.median(),
            limit: Limit::AtMost(1.2),
        }],
        told: vec![
            format!(
                "p50 {:.2} ms and p99 {:.2} ms around the 10th",
                early.median(),
                early.quantile(0.99)
            ),
            format!(
                "p50 {:.2} ms and p99 {:.2} ms around the 10,000th",
                late.median(),
                late.quantile(0.99)
            ),
            format!("around the 10th, ms: {}", early.raw()),
            format!("around the 10,000th, ms: {}", late.raw()),
        ],
    })
}

async fn publish_many(cellier: &Cellier) -> Result<(Samples, Samples), String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tcp_nodelay(true)
        .build()
        .map_err(|error| error.to_string())?;
    let (mut early, mut late) = (Samples::default(), Samples::default());
    for number in 1..=10_000_u32 {
        let body = format!("{number:>1024}").into_bytes();
        let form =
            reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::bytes(body));
        let started = Instant::now();
        let answer = client
            .post(cellier.upload_url("growing"))
            .header("x-api-key", &cellier.key)
            .multipart(form)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        if answer.status() != 201 {
            return Err(format!("publish {number} answered {}", answer.status()));
        }
        let _ = answer.bytes().await;
        let millis = started.elapsed().as_secs_f64() * 1e3;
        if (10..10 + AROUND).contains(&number) {
            early.push(millis);
        } else if number > 10_000 - AROUND {
            late.push(millis);
        }
    }
    Ok((early, late))
}
