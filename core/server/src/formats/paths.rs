//! Which paths of the server the formats speak at.

use cellier_sdk::Descriptor;

/// The first segments of paths that are the server's own.
const OURS: [&str; 4] = ["api", "healthz", "readyz", "metrics"];

/// A format wants to speak at a path that is taken.
#[derive(Debug, thiserror::Error)]
#[error("the format {format} cannot speak at /{path}: it belongs to {owner}")]
pub(crate) struct PathTaken {
    /// The format.
    format: String,
    /// The path, without its slash.
    path: String,
    /// Whose it is.
    owner: String,
}

/// Checks that every mount and every root route belongs to one format alone, and none to the server itself.
pub(super) fn check(descriptors: &[Descriptor]) -> Result<(), PathTaken> {
    let mut taken: Vec<(&str, String)> = OURS
        .iter()
        .map(|&ours| (ours, "the server itself".to_owned()))
        .collect();
    for descriptor in descriptors {
        for path in paths_of(descriptor) {
            if let Some((_, owner)) = taken.iter().find(|(other, _)| meet(other, path)) {
                return Err(PathTaken {
                    format: descriptor.id().to_owned(),
                    path: path.to_owned(),
                    owner: owner.clone(),
                });
            }
        }
        let owner = format!("the format {}", descriptor.id());
        taken.extend(paths_of(descriptor).map(|path| (path, owner.clone())));
    }
    Ok(())
}

fn paths_of(descriptor: &Descriptor) -> impl Iterator<Item = &str> {
    let routes = descriptor.root_routes().iter();
    let routes = routes.map(|route| route.trim_start_matches('/').trim_end_matches("/*"));
    descriptor.mount_segment().into_iter().chain(routes)
}

/// Whether one path is the other, or lies below it.
fn meet(one: &str, other: &str) -> bool {
    let below = |path: &str, above: &str| {
        path.strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(one, other) || below(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_belongs_to_two() {
        let npm = || {
            Descriptor::new("npm", "1")
                .mount("npm")
                .root_route("/-/npm/v1/oidc/*")
        };
        let other = |mount: &str| Descriptor::new("other", "1").mount(mount);
        assert!(check(&[npm(), other("other"), Descriptor::new("file", "1")]).is_ok());
        assert!(check(&[npm(), other("npm2").root_route("/-/npm2")]).is_ok());
        for bad in [
            other("npm"),
            other("api"),
            other("other").root_route("/npm/x"),
            other("other").root_route("/-/npm/*"),
            other("other").root_route("/metrics/*"),
        ] {
            let refused = check(&[npm(), bad]).unwrap_err();
            assert!(
                refused
                    .to_string()
                    .starts_with("the format other cannot speak at /")
            );
        }
    }
}
