//! Paths that mean the same on every operating system.

use std::fmt;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::{limits, text};

/// The folder that everything in a tarball lies in.
pub(super) const ROOT: &str = "package";

/// The path of an entry: relative, in Unicode's normalisation form C, of components that every file system can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntryPath(String);

/// Why a path is not safe everywhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PathProblem {
    /// Every system would guess another encoding.
    #[error("is not UTF-8")]
    Encoding,
    /// Longer than some clients can unpack.
    #[error("has {0} bytes, at most {max} are allowed", max = limits::PATH)]
    Long(usize),
    /// Deeper than some clients can unpack.
    #[error("has {0} components, at most {max} are allowed", max = limits::DEPTH)]
    Deep(usize),
    /// Some file systems would store another path.
    #[error("is not in Unicode's normalisation form C")]
    NotNormalised,
    /// One of its components is unsafe.
    #[error("has a component {}", .0)]
    Component(ComponentProblem),
}

/// Why a component of a path is not safe everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComponentProblem {
    Empty,
    Dots,
    Long,
    Control,
    Backslash,
    Colon,
    End,
    Device,
}

impl fmt::Display for ComponentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "that is empty: it is absolute, has // or ends in /",
            Self::Dots => "that is . or ..",
            Self::Long => "of more than 255 bytes",
            Self::Control => "with a control character or one that changes the direction of text",
            Self::Backslash => "with a backslash, which separates folders on Windows",
            Self::Colon => "with a colon, which names a drive or a stream on Windows",
            Self::End => "that ends in a dot or a space, which Windows drops",
            Self::Device => "that names a device on Windows, such as CON, NUL or COM1",
        })
    }
}

impl EntryPath {
    /// Makes a path of what the archive holds, or says everything that is wrong with it. Folders may end in one `/`.
    pub(super) fn parse(bytes: &[u8], is_folder: bool) -> Result<Self, Vec<PathProblem>> {
        let Ok(path) = str::from_utf8(bytes) else {
            return Err(vec![PathProblem::Encoding]);
        };
        let path = match path.strip_suffix('/') {
            Some(folder) if is_folder => folder,
            _ => path,
        };
        let mut problems = Vec::new();
        if path.len() > limits::PATH {
            problems.push(PathProblem::Long(path.len()));
        }
        let depth = path.split('/').count();
        if depth > limits::DEPTH {
            problems.push(PathProblem::Deep(depth));
        }
        if !is_nfc(path) {
            problems.push(PathProblem::NotNormalised);
        }
        for problem in path.split('/').filter_map(component_problem) {
            let problem = PathProblem::Component(problem);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        if problems.is_empty() {
            Ok(Self(path.to_owned()))
        } else {
            Err(problems)
        }
    }

    /// The path.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first component.
    pub(super) fn top(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The path below `package/`, or `None` outside of it and for that folder itself.
    pub(super) fn below_root(&self) -> Option<&str> {
        self.0.strip_prefix(ROOT)?.strip_prefix('/')
    }

    /// A form that two paths share if some file system cannot tell them apart: compatible characters and letters of
    /// either case are the same.
    pub(super) fn folded(&self) -> String {
        let compatible: String = self.0.nfkc().collect();
        // By way of the capitals, letters such as ß and ſ end up as those they are taken for.
        let folded = compatible.to_uppercase().to_lowercase();
        folded.nfkc().collect()
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::quote(&self.0))
    }
}

fn component_problem(component: &str) -> Option<ComponentProblem> {
    let problem = match component {
        "" => ComponentProblem::Empty,
        "." | ".." => ComponentProblem::Dots,
        _ if component.len() > limits::COMPONENT => ComponentProblem::Long,
        _ if component.chars().any(is_deceptive) => ComponentProblem::Control,
        _ if component.contains('\\') => ComponentProblem::Backslash,
        _ if component.contains(':') => ComponentProblem::Colon,
        _ if component.ends_with(['.', ' ']) => ComponentProblem::End,
        _ if is_device(component) => ComponentProblem::Device,
        _ => return None,
    };
    Some(problem)
}

/// Control characters, line separators and marks that reorder or vanish, so that a path looks like another.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// Whether Windows would open a device instead of a file: by the name before the first dot, whatever follows.
fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or_default();
    // Superscript digits count as digits here, which the compatible form takes care of.
    let stem: String = stem.trim_end().nfkc().collect();
    let stem = stem.to_ascii_uppercase();
    let numbered = |kind| {
        stem.strip_prefix(kind)
            .is_some_and(|number: &str| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problems(path: &str) -> Vec<PathProblem> {
        EntryPath::parse(path.as_bytes(), false)
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn paths_of_real_packages_are_taken() {
        let deep = format!("package/{}", ["d"; limits::DEPTH - 1].join("/"));
        for good in [
            "package/package.json",
            "package/.npmignore",
            "package/dist/[...slug].js",
            "package/@scope/a b (c)+d~e#f.js",
            "package/locale/zh-cn.js",
            "package/été/日本語.md",
            "package/console.js",
            "package/auxiliary.js",
            "package/com10.js",
            "package/..hidden",
            &deep,
        ] {
            assert_eq!(problems(good), [], "{good}");
        }
        assert!(EntryPath::parse(b"package/lib/", true).is_ok());
    }

    #[test]
    fn paths_that_leave_or_restate_their_folder_are_refused() {
        use ComponentProblem::{Dots, Empty};
        for (bad, problem) in [
            ("package/../../etc/passwd", Dots),
            ("../package/a", Dots),
            ("package/./package.json", Dots),
            ("./package/a", Dots),
            ("/package/a", Empty),
            ("package//a", Empty),
            ("package/a/", Empty),
            ("", Empty),
        ] {
            assert_eq!(problems(bad), [PathProblem::Component(problem)], "{bad}");
        }
        assert!(EntryPath::parse(b"package/lib//", true).is_err());
    }

    #[test]
    fn paths_that_some_system_reads_differently_are_refused() {
        use ComponentProblem::{Backslash, Colon, Control, Device, End};
        for (bad, problem) in [
            ("package\\a", Backslash),
            ("package/..\\..\\a", Backslash),
            ("C:/a", Colon),
            ("package/a:b", Colon),
            ("package/a\0b", Control),
            ("package/a\nb", Control),
            ("package/a\u{7f}", Control),
            ("package/\u{202e}gnp.exe", Control),
            ("package/a\u{200b}b", Control),
            ("package/a.", End),
            ("package/a /b", End),
            ("package/CON", Device),
            ("package/nul.txt", Device),
            ("package/aux.d.ts", Device),
            ("package/Com1.js", Device),
            ("package/LPT².js", Device),
            ("package/con .js", Device),
        ] {
            assert_eq!(problems(bad), [PathProblem::Component(problem)], "{bad:?}");
        }
        assert_eq!(problems("package/e\u{301}"), [PathProblem::NotNormalised]);
        assert_eq!(
            EntryPath::parse(b"package/\xff", false),
            Err(vec![PathProblem::Encoding])
        );
    }

    #[test]
    fn all_that_is_wrong_with_a_path_is_said_at_once() {
        let long = format!("package/{}/..", ["d"; 600].join("/"));
        assert_eq!(
            problems(&long),
            [
                PathProblem::Long(long.len()),
                PathProblem::Deep(602),
                PathProblem::Component(ComponentProblem::Dots),
            ]
        );
        let wide = format!("package/{}", "x".repeat(256));
        assert_eq!(
            problems(&wide),
            [PathProblem::Component(ComponentProblem::Long)]
        );
    }

    #[test]
    fn paths_that_some_file_system_cannot_tell_apart_fold_alike() {
        for (one, other) in [
            ("package/Package.json", "package/package.json"),
            ("package/STRASSE", "package/straße"),
            ("package/ﬁle", "package/file"),
            ("package/ÉTÉ", "package/été"),
            ("package/ſ", "package/s"),
        ] {
            let fold =
                |path: &str| EntryPath::parse(path.as_bytes(), false).map(|path| path.folded());
            let one = fold(one);
            assert!(one.is_ok());
            assert_eq!(one, fold(other));
        }
    }

    proptest! {
        #[test]
        fn a_path_that_is_taken_stays_below_its_first_component(bytes in "(\\PC|[./\\\\: ]){0,40}") {
            if let Ok(path) = EntryPath::parse(bytes.as_bytes(), false) {
                let joined = std::path::Path::new("/root").join(path.as_str());
                let normal = joined.components().skip(1).all(|part| matches!(part, std::path::Component::Normal(_)));
                prop_assert!(normal && joined.starts_with("/root"));
            }
        }
    }
}
