//! Links to the store itself.

use cellier_model::ports::{Link, LinkTo};
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer};

/// Signs a URL for one object. What the answer says of its type and name is part of what is signed: a blob is shared by
/// files of different names, so that the object itself cannot know them.
pub(super) async fn link(
    signer: &dyn Signer,
    path: &Path,
    to: &LinkTo,
) -> object_store::Result<Link> {
    let answer = SignedUrlOptions::default().with_query([
        ("response-content-type", to.media_type.as_str()),
        ("response-content-disposition", to.disposition.as_str()),
    ]);
    let url = signer.signed_url_opts(Method::GET, path, to.lifetime, &answer);
    Ok(Link::new(url.await?.into()))
}
