//! From a path to the format that speaks there.

use cellier_model::ports::FormatInfo;

/// The format whose mount or root route a path lies below, and the path as the format sees it: without its slash and
/// without the mount. A root route is seen as if the same path stood below the mount.
pub(super) fn find<'a, 'b>(
    formats: &'a [FormatInfo],
    path: &'b str,
) -> Option<(&'a FormatInfo, &'b str)> {
    let path = path.strip_prefix('/')?;
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let mounted = |format: &&FormatInfo| format.descriptor.mount_segment() == Some(first);
    if let Some(format) = formats.iter().find(mounted) {
        return Some((format, rest));
    }
    let insists = |format: &&FormatInfo| {
        let routes = format.descriptor.root_routes();
        routes.iter().any(|route| matches(route, path))
    };
    Some((formats.iter().find(insists)?, path))
}

/// Whether a route is this path, or ends in `/*` and is the start of it.
fn matches(route: &str, path: &str) -> bool {
    let Some(route) = route.strip_prefix('/') else {
        return false;
    };
    match route.strip_suffix("/*") {
        Some(start) => path
            .strip_prefix(start)
            .is_some_and(|rest| rest.starts_with('/')),
        None => route == path,
    }
}

#[cfg(test)]
mod tests {
    use cellier_model::testing::fake_format;
    use cellier_sdk::Descriptor;

    use super::*;

    #[test]
    fn a_path_belongs_to_the_format_of_its_first_segment_or_of_its_root_route() {
        let npm = Descriptor::new("npm", "1")
            .mount("npm")
            .root_route("/-/npm/v1/oidc/*")
            .root_route("/-/ping");
        let plain = Descriptor::new("file", "1");
        let formats = [fake_format(plain), fake_format(npm)];
        let found = |path| {
            let (format, below) = find(&formats, path)?;
            Some(format!("{} {below}", format.id))
        };
        assert_eq!(found("/npm").as_deref(), Some("npm "));
        assert_eq!(found("/npm/").as_deref(), Some("npm "));
        assert_eq!(found("/npm/a/b").as_deref(), Some("npm a/b"));
        assert_eq!(found("/npm//npm/a").as_deref(), Some("npm /npm/a"));
        assert_eq!(found("/-/ping").as_deref(), Some("npm -/ping"));
        let oidc = found("/-/npm/v1/oidc/token/exchange");
        assert_eq!(oidc.as_deref(), Some("npm -/npm/v1/oidc/token/exchange"));
        for nowhere in [
            "/",
            "",
            "/npmx",
            "/file",
            "/-/pingx",
            "/-/ping/x",
            "/-/npm/v1/oidc",
        ] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
    }
}
