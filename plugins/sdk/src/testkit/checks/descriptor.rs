//! What a format says about itself.

use std::collections::BTreeSet;

use crate::testkit::exam::Exam;
use crate::{Claim, Descriptor, MediaType, Retention, Setting, Settings, is_identifier};

/// How far a host looks into a file for magic bytes.
const HEAD: u64 = 4096;

/// How often the format is asked again.
const TIMES: u32 = 3;

/// A rule for descriptors: what it is called, and what is wrong, if anything is.
type Rule = (&'static str, fn(&Descriptor) -> Result<(), String>);

const RULES: [Rule; 9] = [
    ("the host accepts it", accepted),
    ("it survives JSON", survives_json),
    ("it has a version", has_a_version),
    ("it has a title", has_a_title),
    ("it can be found", can_be_found),
    ("its claims make sense", claims),
    ("nothing stands there twice", nothing_twice),
    ("its settings make sense", settings),
    ("its limits leave something", limits),
];

/// The descriptor is sound, and stays the same.
pub(in crate::testkit) fn descriptor(exam: &mut Exam) {
    let cases = RULES.map(|(label, rule)| (label.to_owned(), rule));
    exam.check("the descriptor is sound", cases, |exam, rule| {
        rule(exam.descriptor())
    });
    let cases = (1..=TIMES).map(|time| (format!("call {time}"), ()));
    exam.check("the descriptor does not change", cases, |exam, ()| {
        let again = exam.call("describe", crate::Format::describe)?;
        if again == *exam.descriptor() {
            Ok(())
        } else {
            Err("it describes itself in another way than before".to_owned())
        }
    });
}

fn accepted(descriptor: &Descriptor) -> Result<(), String> {
    descriptor.check().map_err(|error| error.to_string())
}

/// A plugin that is loaded hands its descriptor over as JSON.
fn survives_json(descriptor: &Descriptor) -> Result<(), String> {
    let written = serde_json::to_string(descriptor);
    let read = written.and_then(|text| serde_json::from_str::<Descriptor>(&text));
    match read {
        Ok(read) if read == *descriptor => Ok(()),
        Ok(_) => Err("it is another one after it went through JSON".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn has_a_version(descriptor: &Descriptor) -> Result<(), String> {
    let version = descriptor.format_version();
    if (1..=64).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(format!(
            "its version {version:?} is not 1 to 64 visible ASCII characters"
        ))
    }
}

fn has_a_title(descriptor: &Descriptor) -> Result<(), String> {
    let mut titles = descriptor.titles().iter();
    if titles.any(|(_, title)| !title.trim().is_empty()) {
        Ok(())
    } else {
        Err("it has no title in any language".to_owned())
    }
}

fn can_be_found(descriptor: &Descriptor) -> Result<(), String> {
    if descriptor.claims().is_empty() && descriptor.categories().is_empty() {
        return Err(
            "it has neither a claim nor a category: no upload would ever reach it".to_owned(),
        );
    }
    Ok(())
}

fn claims(descriptor: &Descriptor) -> Result<(), String> {
    for claim in descriptor.claims() {
        let problem = match claim {
            Claim::Extension(extension) if !is_extension(extension) => {
                format!(
                    "{extension:?} is not the end of a file name such as tgz or tar.gz, without the dot before it"
                )
            }
            Claim::MediaType(media_type) if !is_essence(media_type) => {
                format!("{media_type:?} is not a media type in lower case without parameters")
            }
            Claim::Magic { bytes, .. } if bytes.is_empty() => {
                "magic bytes of which there are none fit every file".to_owned()
            }
            Claim::Magic { offset, bytes } if offset.saturating_add(bytes.len() as u64) > HEAD => {
                format!(
                    "magic bytes at {offset} are never found: hosts look at the first {HEAD} bytes"
                )
            }
            _ => continue,
        };
        return Err(problem);
    }
    Ok(())
}

fn is_extension(extension: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-+".contains(&byte);
    !extension.is_empty()
        && extension.len() <= 32
        && !extension.starts_with('.')
        && extension.bytes().all(plain)
}

fn is_essence(media_type: &str) -> bool {
    media_type.parse::<MediaType>().is_ok()
        && !media_type.contains(';')
        && media_type == media_type.to_ascii_lowercase()
}

fn nothing_twice(descriptor: &Descriptor) -> Result<(), String> {
    let keys = descriptor.settings().iter().map(Setting::key);
    first_twice(
        descriptor.claims().iter().map(|claim| format!("{claim:?}")),
        "claim",
    )?;
    first_twice(
        descriptor.digests().iter().map(|digest| digest.as_str()),
        "digest",
    )?;
    first_twice(descriptor.categories(), "category")?;
    first_twice(descriptor.root_routes(), "root route")?;
    first_twice(keys, "setting")
}

fn first_twice<T: Ord + std::fmt::Display>(
    items: impl IntoIterator<Item = T>,
    what: &str,
) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for item in items {
        if seen.contains(&item) {
            return Err(format!("the {what} {item} stands there twice"));
        }
        seen.insert(item);
    }
    Ok(())
}

fn settings(descriptor: &Descriptor) -> Result<(), String> {
    for setting in descriptor.settings() {
        let key = setting.key();
        if !is_identifier(&key.replace('_', "-")) {
            return Err(format!(
                "the setting {key:?} is not 1 to 32 of a-z, 0-9, - and _, starting with a letter"
            ));
        }
        if setting.description().trim().is_empty() {
            return Err(format!(
                "the setting {key} has no description: operators read it"
            ));
        }
    }
    let defaults = Settings::from_operator(descriptor.settings(), &serde_json::Map::new());
    let examples = descriptor
        .settings()
        .iter()
        .map(|setting| (setting.key().to_owned(), setting.example_value().clone()));
    let examples = Settings::from_operator(descriptor.settings(), &examples.collect());
    for outcome in [defaults, examples] {
        outcome.map_err(|mistakes| {
            let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
            format!(
                "its own defaults or examples are refused: {}",
                mistakes.join("; ")
            )
        })?;
    }
    Ok(())
}

fn limits(descriptor: &Descriptor) -> Result<(), String> {
    if descriptor.needed_limits().upload == Some(0) {
        return Err("no upload is small enough for it".to_owned());
    }
    if descriptor.default_retention() == Retention::Newest(0) {
        return Err("it keeps no version at all".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DigestAlgorithm, Limits};

    fn problems_with(descriptor: &Descriptor) -> Vec<String> {
        RULES
            .iter()
            .filter_map(|(_, rule)| rule(descriptor).err())
            .collect()
    }

    fn sound() -> Descriptor {
        Descriptor::new("toy", "1.0.0")
            .title("en", "Toy")
            .category("toy")
    }

    #[test]
    fn a_sound_descriptor_keeps_every_rule() {
        let descriptor = sound()
            .claim(Claim::extension("toy"))
            .claim(Claim::extension("tar.gz"))
            .claim(Claim::media_type("application/x-toy"))
            .claim(Claim::magic(4092, b"TOY1"))
            .digest(DigestAlgorithm::Sha1)
            .setting(Setting::boolean("strict_mode", false, "Refuses more."));
        assert_eq!(problems_with(&descriptor), [""; 0]);
    }

    #[test]
    fn each_mistake_breaks_exactly_one_rule() {
        let strict = || Setting::boolean("strict", false, "Refuses more.");
        for bad in [
            Descriptor::new("Toy", "1")
                .title("en", "Toy")
                .category("toy"),
            Descriptor::new("toy", "")
                .title("en", "Toy")
                .category("toy"),
            Descriptor::new("toy", "1").category("toy"),
            Descriptor::new("toy", "1").title("en", "Toy"),
            sound().claim(Claim::extension(".toy")),
            sound().claim(Claim::media_type("toy")),
            sound().claim(Claim::media_type("text/plain; charset=utf-8")),
            sound().claim(Claim::magic(0, b"")),
            sound().claim(Claim::magic(4093, b"TOY1")),
            sound()
                .claim(Claim::extension("toy"))
                .claim(Claim::extension("TOY")),
            sound()
                .digest(DigestAlgorithm::Sha1)
                .digest(DigestAlgorithm::Sha1),
            sound().category("toy"),
            sound().setting(strict()).setting(strict()),
            sound().setting(Setting::boolean("Strict", false, "Refuses more.")),
            sound().setting(Setting::boolean("strict", false, "")),
            sound().limits(Limits::upload(0)),
            sound().retention(Retention::Newest(0)),
        ] {
            assert_eq!(
                problems_with(&bad).len(),
                1,
                "{bad:?}: {:?}",
                problems_with(&bad)
            );
        }
    }
}
