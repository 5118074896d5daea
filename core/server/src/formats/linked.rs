//! The formats that are compiled in: one cargo feature and one line each. Without the line the linker drops the crate.

#[cfg(feature = "format-file")]
use cellier_format_file as _;
#[cfg(feature = "format-npm")]
use cellier_format_npm as _;
#[cfg(feature = "format-tileset")]
use cellier_format_tileset as _;

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_linked_is_what_the_features_say() {
        let mut enabled = Vec::new();
        if cfg!(feature = "format-file") {
            enabled.push("file");
        }
        if cfg!(feature = "format-npm") {
            enabled.push("npm");
        }
        if cfg!(feature = "format-tileset") {
            enabled.push("tileset");
        }
        let linked = cellier_sdk::built_in_formats().unwrap();
        let linked: Vec<_> = linked
            .iter()
            .map(|format| format.describe().id().to_owned())
            .collect();
        assert_eq!(linked, enabled);
    }
}
