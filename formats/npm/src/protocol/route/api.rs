//! What lies below `/-/`.

use super::{Foreign, Package, Route};

/// Before the name of an account, where npm asks for one.
const USER: &str = "org.couchdb.user:";

/// Reads the segments behind the `-`.
pub(super) fn read<'a>(segments: &[&'a str]) -> Option<Route<'a>> {
    Some(match *segments {
        ["ping"] => Route::Ping,
        ["whoami"] => Route::Whoami,
        ["v1", "search"] => Route::Search,
        ["v1", "login"] => Route::WebLogin,
        ["v1", "done"] => Route::WebLoginDone,
        ["npm", "v1", ref rest @ ..] => return of_npm(rest),
        ["package", ref rest @ ..] => return of_package(rest),
        ["user", ref rest @ ..] => return of_user(rest),
        ["_view", "starredByUser"] => Route::Stars,
        ["org" | "team", _, ..] => Route::Foreign(Foreign::Teams),
        ["stage", ..] => Route::Foreign(Foreign::Staging),
        _ => return None,
    })
}

fn of_npm<'a>(segments: &[&'a str]) -> Option<Route<'a>> {
    Some(match *segments {
        ["keys"] => Route::Keys,
        ["attestations", ref rest @ ..] => {
            let (package, version) = Package::take_with_version(rest)?;
            Route::Attestations(package, version)
        }
        ["security", "advisories", "bulk"] => Route::Advisories,
        ["security", "audits"] | ["security", "audits", "quick"] => Route::Audits,
        ["tokens"] => Route::Tokens,
        ["tokens", "token", key] if !key.is_empty() => Route::Token(key),
        ["user"] => Route::Profile,
        ["oidc", ..] => Route::Foreign(Foreign::TrustedPublishing),
        ["hooks", ..] => Route::Foreign(Foreign::Hooks),
        _ => return None,
    })
}

fn of_package<'a>(segments: &[&'a str]) -> Option<Route<'a>> {
    let (package, rest) = Package::take(segments)?;
    Some(match *rest {
        ["dist-tags"] => Route::DistTags(package),
        ["dist-tags", tag] if !tag.is_empty() => Route::DistTag(package, tag),
        ["visibility"] => Route::Visibility(package),
        ["access"] => Route::Access(package),
        ["collaborators"] => Route::Collaborators(package),
        ["trust"] | ["trust", _] => Route::Foreign(Foreign::TrustedPublishing),
        _ => return None,
    })
}

fn of_user<'a>(segments: &[&'a str]) -> Option<Route<'a>> {
    Some(match *segments {
        ["token", token] if !token.is_empty() => Route::Session(token),
        [user] => Route::User(account(user)?),
        [user, "-rev", revision] => Route::UserAt(account(user)?, revision),
        // What an account has rights to is listed like what a team has rights to.
        [_, "package"] => Route::Foreign(Foreign::Teams),
        _ => return None,
    })
}

fn account(user: &str) -> Option<&str> {
    let account = user.strip_prefix(USER)?;
    (!account.is_empty()).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &'static str) -> Option<Route<'static>> {
        let segments: Vec<_> = path.split('/').collect();
        Route::of(&segments)
    }

    #[test]
    fn what_is_about_no_package_has_one_path() {
        for (path, expected) in [
            ("-/ping", Route::Ping),
            ("-/whoami", Route::Whoami),
            ("-/v1/search", Route::Search),
            ("-/v1/login", Route::WebLogin),
            ("-/v1/done", Route::WebLoginDone),
            ("-/npm/v1/keys", Route::Keys),
            ("-/npm/v1/security/advisories/bulk", Route::Advisories),
            ("-/npm/v1/security/audits", Route::Audits),
            ("-/npm/v1/security/audits/quick", Route::Audits),
            ("-/npm/v1/tokens", Route::Tokens),
            ("-/npm/v1/tokens/token/k1", Route::Token("k1")),
            ("-/npm/v1/user", Route::Profile),
            ("-/user/token/secret", Route::Session("secret")),
            ("-/user/org.couchdb.user:ada", Route::User("ada")),
            (
                "-/user/org.couchdb.user:ada/-rev/3",
                Route::UserAt("ada", "3"),
            ),
            ("-/_view/starredByUser", Route::Stars),
            ("-/org/acme/package", Route::Foreign(Foreign::Teams)),
            ("-/org/acme/user", Route::Foreign(Foreign::Teams)),
            ("-/org/acme/team", Route::Foreign(Foreign::Teams)),
            ("-/team/acme/core/user", Route::Foreign(Foreign::Teams)),
            ("-/team/acme/core/package", Route::Foreign(Foreign::Teams)),
            ("-/user/ada/package", Route::Foreign(Foreign::Teams)),
            ("-/stage", Route::Foreign(Foreign::Staging)),
            ("-/stage/package/tool", Route::Foreign(Foreign::Staging)),
            ("-/stage/7/approve", Route::Foreign(Foreign::Staging)),
            (
                "-/npm/v1/oidc/token/exchange/package/tool",
                Route::Foreign(Foreign::TrustedPublishing),
            ),
            ("-/npm/v1/hooks", Route::Foreign(Foreign::Hooks)),
        ] {
            assert_eq!(route(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_is_about_a_package_takes_its_name_in_any_way() {
        let scoped = Package::take(&["@acme/tool"]).unwrap().0;
        for name in [&["@acme/tool"][..], &["@acme", "tool"]] {
            let of = |rest: &[&'static str]| Route::of(&[&["-", "package"], name, rest].concat());
            assert_eq!(of(&["dist-tags"]), Some(Route::DistTags(scoped.clone())));
            let tag = Route::DistTag(scoped.clone(), "beta");
            assert_eq!(of(&["dist-tags", "beta"]), Some(tag));
            assert_eq!(of(&["visibility"]), Some(Route::Visibility(scoped.clone())));
            assert_eq!(of(&["access"]), Some(Route::Access(scoped.clone())));
            let collaborators = Route::Collaborators(scoped.clone());
            assert_eq!(of(&["collaborators"]), Some(collaborators));
            let trust = Some(Route::Foreign(Foreign::TrustedPublishing));
            assert_eq!(of(&["trust"]), trust);
            assert_eq!(of(&["trust", "7"]), trust);
        }
        for path in [&["@acme/tool@1.0.0"][..], &["@acme", "tool@1.0.0"]] {
            let path = [&["-", "npm", "v1", "attestations"], path].concat();
            let expected = Route::Attestations(scoped.clone(), "1.0.0");
            assert_eq!(Route::of(&path), Some(expected));
        }
    }

    #[test]
    fn whatever_else_is_nothing() {
        for path in [
            "-",
            "-/",
            "-/pings",
            "-/ping/x",
            "-/v1",
            "-/npm/v2/keys",
            "-/npm/v1/tokens/token/",
            "-/package",
            "-/package/dist-tags",
            "-/package/tool",
            "-/package/tool/dist-tags/",
            "-/package/@acme/dist-tags",
            "-/user/ada",
            "-/user/org.couchdb.user:",
            "-/user/token/",
            "-/all",
            "-/org",
        ] {
            assert_eq!(route(path), None, "{path}");
        }
    }
}
