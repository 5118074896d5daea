//! Fetching bytes: what breaks off goes on where it stopped, in this run of the program or in a later one.

use axum::http::{HeaderMap, StatusCode, header};
use reqwest::Response;
use url::Url;

use crate::client::cache::{Cache, Found, Partial, Resolution};
use crate::client::pull::resolve::download_url;
use crate::client::{ClientError, Connection, Patience, Progress, header_value, words};

/// An attempt that brought so much was no failure: the next one gets all the patience again.
const WORTH_PATIENCE: u64 = 1 << 20;

/// Fetches the bytes of an answer into the cache and verifies them there. Whoever asks holds the lease alone.
pub(super) async fn fetch(
    connection: &Connection,
    cache: &Cache,
    wanted: &Resolution,
    mut patience: Patience,
    progress: &Progress,
) -> Result<(), ClientError> {
    loop {
        let mut partial = Partial::open(cache, wanted.blob()).await?;
        let left_before = partial.length();
        if left_before > 0 {
            let size = words::size(left_before);
            progress.note(&format!(
                "an earlier run has fetched {size} of it: going on from there"
            ));
        }
        let fetched = fill(connection, wanted, &mut partial, &mut patience, progress).await;
        let is_worthless = fetched.is_err() && partial.length() == 0;
        partial.close().await?;
        if is_worthless {
            cache.discard_partial(wanted.sha256)?;
        }
        fetched?;
        match cache.keep(wanted.blob(), progress).await? {
            Found::Sound => return Ok(()),
            Found::Damaged(problem) if left_before > 0 => progress.note(&format!(
                "what the earlier run has fetched was damaged ({problem}): fetching all of it again"
            )),
            Found::Damaged(problem) => return Err(wrong_bytes(wanted, &problem)),
            Found::Missing => return Err(wrong_bytes(wanted, "they are gone")),
        }
    }
}

fn wrong_bytes(wanted: &Resolution, problem: &str) -> ClientError {
    ClientError::Unsound(format!(
        "the bytes that came for {} {} are not those that the registry describes: {problem}; nothing was kept. Either \
         something between here and the registry changes them, or its storage is damaged: its operator should know",
        wanted.question.name,
        words::printable(&wanted.version)
    ))
}

/// Fetches until all bytes are there. If an earlier run has seen to that, it is still asked whether they may be had.
async fn fill(
    connection: &Connection,
    wanted: &Resolution,
    partial: &mut Partial,
    patience: &mut Patience,
    progress: &Progress,
) -> Result<(), ClientError> {
    if partial.is_whole() {
        return patience
            .try_hard(progress, async || ask_leave(connection, wanted).await)
            .await;
    }
    let url = download_url(connection, wanted);
    while !partial.is_whole() {
        let before = partial.length();
        match attempt(connection, &url, partial, progress).await {
            Ok(()) => {}
            Err(error) => {
                if partial.length() > before.saturating_add(WORTH_PATIENCE) {
                    patience.renew();
                }
                patience.wait_after(error, progress).await?;
            }
        }
    }
    Ok(())
}

async fn attempt(
    connection: &Connection,
    url: &Url,
    partial: &mut Partial,
    progress: &Progress,
) -> Result<(), ClientError> {
    let mut answer = match ask(connection, url, partial).await {
        Err(ClientError::Refused(refusal)) if refusal.status == 416 => {
            partial.restart(None).await?;
            ask(connection, url, partial).await?
        }
        asked => asked?,
    };
    if answer.status() == StatusCode::PARTIAL_CONTENT {
        if first_byte(answer.headers()) != Some(partial.length()) {
            partial.restart(None).await?;
            return Err(ClientError::Unsound(
                "another range of bytes came than was asked for".to_owned(),
            ));
        }
    } else {
        let etag = answer
            .headers()
            .get(header::ETAG)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        partial.restart(etag.as_deref()).await?;
    }
    let travel = progress.start("fetching", partial.length(), partial.size());
    while let Some(piece) = connection.piece(&mut answer).await? {
        partial.write(&piece).await?;
        travel.advance(piece.len() as u64);
    }
    if partial.is_whole() {
        return Ok(());
    }
    Err(ClientError::Unreachable {
        server: format!("the server {}", connection.server()),
        problem: format!(
            "the answer ended after {} of {} bytes",
            partial.length(),
            partial.size()
        ),
    })
}

/// Asks for the bytes, or for those that are missing if what is there is certainly the beginning of the same.
async fn ask(
    connection: &Connection,
    url: &Url,
    partial: &Partial,
) -> Result<Response, ClientError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_ENCODING, header_value("identity")?);
    if let (length @ 1.., Some(etag)) = (partial.length(), partial.etag()) {
        headers.insert(header::RANGE, header_value(&format!("bytes={length}-"))?);
        headers.insert(header::IF_RANGE, header_value(etag)?);
    }
    connection.get(url, &headers).await
}

/// Asks whether the bytes may be had, without getting more than the first of them.
///
/// Whoever may see a version may not always have its bytes, and the cache may have them from better days. The entity tag of
/// a registry is the digest, so it answers 304; where it leads on to a store, that one knows other tags and sends a byte.
pub(super) async fn ask_leave(
    connection: &Connection,
    wanted: &Resolution,
) -> Result<(), ClientError> {
    let mut headers = HeaderMap::new();
    let etag = format!("\"{}\"", wanted.sha256);
    headers.insert(header::IF_NONE_MATCH, header_value(&etag)?);
    headers.insert(header::RANGE, header_value("bytes=0-0")?);
    match connection
        .get(&download_url(connection, wanted), &headers)
        .await
    {
        Ok(_) => Ok(()),
        // There is no first byte of nothing.
        Err(ClientError::Refused(refusal)) if refusal.status == 416 => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where a range begins, as `Content-Range: bytes 4-9/10` says.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let range = text.trim().strip_prefix("bytes ")?;
    range.split_once('-')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_of_a_range_is_read_from_its_header() {
        let first = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_RANGE, text.parse().unwrap());
            first_byte(&headers)
        };
        assert_eq!(first("bytes 4-9/10"), Some(4));
        assert_eq!(first("bytes 0-9/*"), Some(0));
        for odd in ["bytes */10", "lines 4-9/10", "bytes -9/10", "4-9"] {
            assert_eq!(first(odd), None, "{odd}");
        }
        assert_eq!(first_byte(&HeaderMap::new()), None);
    }
}
