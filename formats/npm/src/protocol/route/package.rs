//! The name of a package in a path.

use std::borrow::Cow;
use std::fmt;

/// The name of a package as a path has it. Whether any package may be called so, the registry knows.
///
/// A client writes `@acme/tool`, `@acme%2ftool`, `@acme%2Ftool`, `%40acme/tool` or `%40acme%2ftool`. Percent signs are
/// gone when a format sees a path, so what remains is one segment or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package<'a>(Cow<'a, str>);

impl<'a> Package<'a> {
    /// Takes a name from the start of a path; the rest of the path comes with it.
    pub(super) fn take<'b>(segments: &'b [&'a str]) -> Option<(Self, &'b [&'a str])> {
        let (&first, rest) = segments.split_first()?;
        let Some(scoped) = first.strip_prefix('@') else {
            return is_part(first).then_some((Self(Cow::Borrowed(first)), rest));
        };
        if let Some((scope, name)) = scoped.split_once('/') {
            let is_name = is_part(scope) && is_part(name);
            return is_name.then_some((Self(Cow::Borrowed(first)), rest));
        }
        let (name, rest) = rest.split_first()?;
        let is_name = is_part(scoped) && is_part(name);
        is_name.then(|| (Self(Cow::Owned(format!("{first}/{name}"))), rest))
    }

    /// Takes a name and the version behind it: `@acme/tool@1.0.0`, in one segment or two.
    pub(super) fn take_with_version(segments: &[&'a str]) -> Option<(Self, &'a str)> {
        let (last, scope) = segments.split_last()?;
        let (name, version) = last.rsplit_once('@').filter(|(name, _)| !name.is_empty())?;
        let segments: Vec<_> = scope.iter().copied().chain([name]).collect();
        let (package, rest) = Self::take(&segments)?;
        (rest.is_empty() && !version.is_empty()).then_some((package, version))
    }

    /// The name, with its scope.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// The scope with its `@`, if there is one.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.0.split_once('/').map(|(scope, _)| scope)
    }

    /// The name without its scope.
    pub(crate) fn unscoped(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The name of a file of this package. Some registries, and what clients send when they publish, repeat the scope in
    /// front of it.
    pub(super) fn file(&self, segments: &[&'a str]) -> Option<&'a str> {
        let file = match *segments {
            [file] => match file.split_once('/') {
                Some((scope, file)) if Some(scope) == self.scope() => file,
                Some(_) => return None,
                None => file,
            },
            [scope, file] if Some(scope) == self.scope() => file,
            _ => return None,
        };
        is_part(file).then_some(file)
    }
}

impl fmt::Display for Package<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text may be a scope, a name or a file: `-` alone has a meaning of its own.
fn is_part(text: &str) -> bool {
    !text.is_empty() && text != "-" && !text.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_follows_the_last_sign() {
        let taken = |segments: &[&'static str]| {
            let (package, version) = Package::take_with_version(segments)?;
            Some(format!("{package} {version}"))
        };
        assert_eq!(taken(&["tool@1.0.0"]).as_deref(), Some("tool 1.0.0"));
        let scoped = Some("@acme/tool 1.0.0");
        assert_eq!(taken(&["@acme/tool@1.0.0"]).as_deref(), scoped);
        assert_eq!(taken(&["@acme", "tool@1.0.0"]).as_deref(), scoped);
        for nothing in [
            &["tool"][..],
            &["tool@"],
            &["@1.0.0"],
            &["@acme/tool"],
            &["@acme", "tool"],
            &["a", "tool@1.0.0"],
            &["@acme", "x", "tool@1.0.0"],
        ] {
            assert_eq!(taken(nothing), None, "{nothing:?}");
        }
    }
}
