//! Names that nobody else makes.

use std::fmt::Write as _;

use cellier_model::Random;

/// 32 random hexadecimal digits.
pub(super) fn random_digits(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
