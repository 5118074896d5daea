//! A setting of every kind.

use cellier_sdk::{Setting, Settings};

pub(crate) const HOOKS: &str = "hooks";
const PAGE: &str = "page";
const GREETING: &str = "greeting";
const LETTERS: &str = "letters";
const BANNED: &str = "banned";

pub(crate) fn all() -> [Setting; 5] {
    [
        Setting::boolean(HOOKS, false, "Lets uploads and requests provoke the host."),
        Setting::integer(PAGE, 1..=100, 10, "How many artefacts a page lists."),
        Setting::text(GREETING, "hello", "What a ping is answered with."),
        Setting::choice(
            LETTERS,
            &["small", "capital"],
            "small",
            "The letters of a greeting.",
        ),
        Setting::text_list(BANNED, "Words that no file may have.")
            .example(serde_json::json!(["password"])),
    ]
}

/// How many artefacts a page lists.
pub(crate) fn page(settings: &Settings) -> usize {
    let page = settings
        .integer(PAGE)
        .and_then(|page| usize::try_from(page).ok());
    page.unwrap_or(10)
}

/// What a ping is answered with.
pub(crate) fn greeting(settings: &Settings) -> String {
    let greeting = settings.text(GREETING).unwrap_or("hello");
    match settings.text(LETTERS) {
        Some("capital") => greeting.to_uppercase(),
        _ => greeting.to_owned(),
    }
}

/// The first word of these that a text may not have.
pub(crate) fn banned<'a>(settings: &'a Settings, text: &str) -> Option<&'a str> {
    let list = settings.as_map().get(BANNED)?.as_array()?;
    list.iter()
        .filter_map(|word| word.as_str())
        .find(|word| !word.is_empty() && text.contains(word))
}
