//! From a path to what lies there.
//!
//! A path is a noun; what is done to it is the method's matter, and [`Route::methods`] says which of them make sense.
//! `package` reads names in every way that clients write them, `api` reads what is below `/-/`.

mod api;
mod package;

use cellier_sdk::{Failure, Method, Request};

pub(crate) use self::package::Package;

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// `/`
    Root,
    /// `/{package}`
    Packument(Package<'a>),
    /// `/{package}/-rev/{revision}`: the same, as a client has seen it.
    PackumentAt(Package<'a>, &'a str),
    /// `/{package}/{version or tag}`
    Version(Package<'a>, &'a str),
    /// `/{package}/-/{file}`
    Tarball(Package<'a>, &'a str),
    /// `/{package}/-/{file}/-rev/{revision}`
    TarballAt(Package<'a>, &'a str, &'a str),
    /// `/-/package/{package}/dist-tags`
    DistTags(Package<'a>),
    /// `/-/package/{package}/dist-tags/{tag}`
    DistTag(Package<'a>, &'a str),
    /// `/-/package/{package}/visibility`
    Visibility(Package<'a>),
    /// `/-/package/{package}/access`
    Access(Package<'a>),
    /// `/-/package/{package}/collaborators`
    Collaborators(Package<'a>),
    /// `/-/npm/v1/attestations/{package}@{version}`
    Attestations(Package<'a>, &'a str),
    /// `/-/npm/v1/keys`: the public keys of the registry's signatures.
    Keys,
    /// `/-/npm/v1/security/advisories/bulk`
    Advisories,
    /// `/-/npm/v1/security/audits` and `…/audits/quick`, which old clients ask.
    Audits,
    /// `/-/ping`
    Ping,
    /// `/-/whoami`
    Whoami,
    /// `/-/v1/search`
    Search,
    /// `/-/v1/login`: begins a sign-in in a browser.
    WebLogin,
    /// `/-/v1/done`: what came of one. Which one is in the query.
    WebLoginDone,
    /// `/-/user/org.couchdb.user:{account}`
    User(&'a str),
    /// `/-/user/org.couchdb.user:{account}/-rev/{revision}`
    UserAt(&'a str, &'a str),
    /// `/-/user/token/{token}`: the token itself is in the path, which must not be logged.
    Session(&'a str),
    /// `/-/npm/v1/tokens`
    Tokens,
    /// `/-/npm/v1/tokens/token/{key}`
    Token(&'a str),
    /// `/-/npm/v1/user`: what somebody says of themselves.
    Profile,
    /// `/-/_view/starredByUser`
    Stars,
    /// What npm has and a registry like this one has not.
    Foreign(Foreign),
}

/// What npm has and a registry like this one has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Organizations and their teams: rights are the operator's matter.
    Teams,
    /// Publishing that waits for somebody to approve it.
    Staging,
    /// Exchanging the identity of a CI job for a token.
    TrustedPublishing,
    /// Calls to other servers when a package changes.
    Hooks,
}

impl<'a> Route<'a> {
    /// Reads the segments of a path, each of which was decoded once; none if nothing is ever there.
    pub(crate) fn of(segments: &[&'a str]) -> Option<Self> {
        match segments {
            [] | [""] => Some(Self::Root),
            ["-", api @ ..] => api::read(api),
            _ => {
                let (package, rest) = Package::take(segments)?;
                of_package(package, rest)
            }
        }
    }

    /// What a request is about, if its method makes sense there.
    pub(crate) fn of_request(request: &'a Request) -> Result<Self, Failure> {
        let route = Self::of(&request.segments()).ok_or(Failure::NotFound)?;
        let methods = route.methods();
        if methods.contains(&request.method) {
            return Ok(route);
        }
        let names: Vec<_> = methods.iter().copied().map(name_of).collect();
        Err(Failure::MethodNotAllowed(names.join(", ")))
    }

    /// The methods that make sense there.
    pub(crate) fn methods(&self) -> &'static [Method] {
        use Method::{Delete, Get, Patch, Post, Put};
        match self {
            Self::Root
            | Self::Version(..)
            | Self::Tarball(..)
            | Self::DistTags(_)
            | Self::Visibility(_)
            | Self::Collaborators(_)
            | Self::Attestations(..)
            | Self::Keys
            | Self::Ping
            | Self::Whoami
            | Self::Search
            | Self::WebLoginDone
            | Self::Stars => &[Get],
            Self::Packument(_) | Self::User(_) => &[Get, Put],
            Self::PackumentAt(..) | Self::DistTag(..) => &[Put, Delete],
            Self::TarballAt(..) | Self::Session(_) | Self::Token(_) => &[Delete],
            Self::UserAt(..) => &[Put],
            Self::Tokens | Self::Profile => &[Get, Post],
            Self::Access(_) | Self::Advisories | Self::Audits | Self::WebLogin => &[Post],
            Self::Foreign(_) => &[Get, Put, Post, Patch, Delete],
        }
    }
}

fn name_of(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// What lies below a package.
fn of_package<'a>(package: Package<'a>, rest: &[&'a str]) -> Option<Route<'a>> {
    let is_written = |text: &&str| !text.is_empty();
    Some(match *rest {
        [] => Route::Packument(package),
        ["-rev", revision] => Route::PackumentAt(package, Some(revision).filter(is_written)?),
        ["-", ref file @ .., "-rev", revision] => {
            let file = package.file(file)?;
            Route::TarballAt(package, file, Some(revision).filter(is_written)?)
        }
        ["-", ref file @ ..] => {
            let file = package.file(file)?;
            Route::Tarball(package, file)
        }
        [selector] => Route::Version(package, Some(selector).filter(is_written)?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A path as the host hands it over: each segment decoded once.
    fn route(segments: &[&'static str]) -> Option<Route<'static>> {
        Route::of(segments)
    }

    fn package(name: &'static str) -> Package<'static> {
        Package::take(&[name]).unwrap().0
    }

    #[test]
    fn a_scope_may_be_written_in_any_way_before_anything() {
        let scoped = package("@acme/tool");
        for name in [&["@acme/tool"][..], &["@acme", "tool"]] {
            let with = |rest: &[&'static str]| route(&[name, rest].concat());
            assert_eq!(with(&[]), Some(Route::Packument(scoped.clone())));
            let tarball = Route::Tarball(scoped.clone(), "tool-1.0.0.tgz");
            assert_eq!(with(&["-", "tool-1.0.0.tgz"]), Some(tarball.clone()));
            assert_eq!(
                with(&["-", "@acme", "tool-1.0.0.tgz"]),
                Some(tarball.clone())
            );
            assert_eq!(with(&["-", "@acme/tool-1.0.0.tgz"]), Some(tarball));
            let version = Route::Version(scoped.clone(), "1.0.0");
            assert_eq!(with(&["1.0.0"]), Some(version));
            let seen = Route::PackumentAt(scoped.clone(), "7-a");
            assert_eq!(with(&["-rev", "7-a"]), Some(seen));
            let tarball = Route::TarballAt(scoped.clone(), "tool-1.0.0.tgz", "7-a");
            assert_eq!(with(&["-", "tool-1.0.0.tgz", "-rev", "7-a"]), Some(tarball));
        }
    }

    #[test]
    fn a_package_without_scope_has_the_same_paths() {
        let plain = package("tool");
        assert_eq!(route(&["tool"]), Some(Route::Packument(plain.clone())));
        let latest = Route::Version(plain.clone(), "latest");
        assert_eq!(route(&["tool", "latest"]), Some(latest));
        let tarball = Route::Tarball(plain, "tool-1.0.0.tgz");
        assert_eq!(route(&["tool", "-", "tool-1.0.0.tgz"]), Some(tarball));
    }

    #[test]
    fn whatever_else_is_nothing() {
        for segments in [
            &["@acme"][..],
            &["@acme/"],
            &["@/tool"],
            &["@acme", ""],
            &["@acme", "-"],
            &["@acme/tool/x"],
            &["@acme", "tool/x"],
            &["acme/tool"],
            &["tool", ""],
            &["tool", "-"],
            &["tool", "-", ""],
            &["tool", "-", "a/b"],
            &["tool", "-", "@acme", "tool-1.0.0.tgz"],
            &["tool", "-", "a", "-rev", ""],
            &["tool", "-rev", ""],
            &["tool", "1.0.0", "x"],
            &["@acme/tool", "-", "@other", "tool-1.0.0.tgz"],
            &["", "tool"],
        ] {
            assert_eq!(route(segments), None, "{segments:?}");
        }
    }

    #[test]
    fn a_method_that_makes_no_sense_is_told_which_ones_do() {
        let request = Request::new(Method::Post, ["tool"]);
        let failure = Route::of_request(&request).unwrap_err();
        assert!(matches!(failure, Failure::MethodNotAllowed(allowed) if allowed == "GET, PUT"));
        let request = Request::new(Method::Get, ["-", "nothing"]);
        let failure = Route::of_request(&request).unwrap_err();
        assert!(matches!(failure, Failure::NotFound));
    }

    /// A method and a path of the page about npm, with something in the place of what stands in braces.
    fn documented(line: &str) -> Option<(Method, String)> {
        let request = line.strip_prefix("| `")?.split('`').next()?;
        let (method, path) = request.split_once(' ')?;
        let methods = [
            Method::Get,
            Method::Post,
            Method::Put,
            Method::Patch,
            Method::Delete,
        ];
        let method = methods
            .into_iter()
            .find(|known| name_of(*known) == method)?;
        let path = path.replace("{package}", "@acme/tool");
        let path = path.replace("{file}", "tool-1.0.0.tgz");
        Some((method, path.replace(['{', '}'], "")))
    }

    #[test]
    fn the_page_about_npm_lists_every_route_with_every_method() {
        let page = include_str!("../../../../../docs/npm.md");
        let mut listed = std::collections::BTreeSet::new();
        for (method, path) in page.lines().filter_map(documented) {
            let segments: Vec<_> = path.split('/').skip(1).collect();
            let route = Route::of(&segments).unwrap_or_else(|| panic!("{path} is nothing"));
            assert!(route.methods().contains(&method), "{method:?} {path}");
            listed.insert((kind(&route), name_of(method)));
        }
        for route in everything() {
            for method in route.methods() {
                let wanted = (kind(&route), name_of(*method));
                assert!(
                    listed.contains(&wanted),
                    "{wanted:?} is missing on the page"
                );
            }
        }
    }

    /// The name of a variant.
    fn kind(route: &Route<'_>) -> String {
        let shown = format!("{route:?}");
        shown.split('(').next().unwrap_or_default().to_owned()
    }

    /// One of each kind but what is not there, which the page tells in words.
    fn everything() -> Vec<Route<'static>> {
        let tool = || package("tool");
        vec![
            Route::Packument(tool()),
            Route::PackumentAt(tool(), ""),
            Route::Version(tool(), ""),
            Route::Tarball(tool(), ""),
            Route::TarballAt(tool(), "", ""),
            Route::DistTags(tool()),
            Route::DistTag(tool(), ""),
            Route::Visibility(tool()),
            Route::Access(tool()),
            Route::Collaborators(tool()),
            Route::Attestations(tool(), ""),
            Route::Keys,
            Route::Advisories,
            Route::Audits,
            Route::Ping,
            Route::Whoami,
            Route::Search,
            Route::WebLogin,
            Route::WebLoginDone,
            Route::User(""),
            Route::UserAt("", ""),
            Route::Session(""),
            Route::Tokens,
            Route::Token(""),
            Route::Profile,
            Route::Stars,
        ]
    }

    proptest! {
        #[test]
        fn any_path_is_answered(segments in prop::collection::vec("[a-z@/.:-]{0,6}|-|-rev|package|npm|v1", 0..8)) {
            let segments: Vec<_> = segments.iter().map(String::as_str).collect();
            let _ = Route::of(&segments);
        }
    }
}
