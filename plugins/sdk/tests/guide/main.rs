//! The code of `docs/write-a-format.md`, compiled and run, so that the guide never shows what does not work.

extern crate self as cellier_format_palette;

#[cfg(test)]
mod conformance;
mod palette;

pub use self::palette::Palette;

#[cfg(test)]
mod tests {
    const GUIDE: &str = include_str!("../../../../docs/write-a-format.md");

    #[test]
    fn the_guide_shows_this_very_code() {
        for code in [include_str!("palette.rs"), include_str!("conformance.rs")] {
            assert!(GUIDE.contains(code), "the guide does not show\n{code}");
        }
    }
}
