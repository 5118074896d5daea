//! Bounds and centers, as both containers state them.

mod bounds;
mod center;

pub(crate) use self::bounds::{Bounds, Wrong};
pub(crate) use self::center::Center;

/// Numbers with commas between them. All must be finite.
fn numbers(text: &str) -> Result<Vec<f64>, String> {
    let text = text.trim();
    let text = text.strip_suffix(',').unwrap_or(text);
    let mut numbers = Vec::new();
    for part in text.split(',').take(8) {
        match part.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => {
                return Err(format!(
                    "{} among its values",
                    crate::text::quote(part.trim())
                ));
            }
        }
    }
    Ok(numbers)
}
