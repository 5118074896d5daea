//! The point where a map opens.

use serde_json::{Value, json};

use super::{Bounds, numbers};

/// Where a map opens: longitude, latitude and zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Center {
    pub(crate) longitude: f64,
    pub(crate) latitude: f64,
    pub(crate) zoom: f64,
}

impl Center {
    /// Three numbers with commas between them; one more comma is forgiven.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let numbers = numbers(text)?;
        let [longitude, latitude, zoom] = numbers[..] else {
            return Err(format!("{} values", numbers.len()));
        };
        Ok(Self {
            longitude,
            latitude,
            zoom,
        })
    }

    /// The middle of bounds, at the first zoom.
    pub(crate) fn of(bounds: &Bounds, zoom: u8) -> Self {
        let (longitude, latitude) = bounds.center();
        Self {
            longitude,
            latitude,
            zoom: f64::from(zoom),
        }
    }

    /// What is wrong with it for a tileset of these bounds and zooms: the end of a sentence.
    pub(crate) fn problem(&self, bounds: Option<&Bounds>, zooms: (u8, u8)) -> Option<String> {
        if !(f64::from(zooms.0)..=f64::from(zooms.1)).contains(&self.zoom) {
            return Some(format!("its zoom is not within {} to {}", zooms.0, zooms.1));
        }
        let inside = bounds.is_none_or(|bounds| bounds.contain(self.longitude, self.latitude));
        (!inside).then(|| "it lies outside the bounds".to_owned())
    }

    /// As TileJSON has it; the zoom is a whole number where it is one.
    pub(crate) fn to_json(self) -> Value {
        // A zoom within those of a tileset fits, and one that is not whole stays as it is.
        let whole = (0..=30_u8).find(|zoom| (f64::from(*zoom) - self.zoom).abs() < f64::EPSILON);
        let zoom = whole.map_or(json!(self.zoom), Value::from);
        json!([self.longitude, self.latitude, zoom])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_center_lies_within() {
        let bounds = Bounds::parse("0,0,10,10").unwrap();
        let problem = |text| Center::parse(text).unwrap().problem(Some(&bounds), (2, 5));
        assert_eq!(problem("5,5,3.5"), None);
        assert_eq!(problem("5,5,6").unwrap(), "its zoom is not within 2 to 5");
        assert_eq!(problem("50,5,3").unwrap(), "it lies outside the bounds");
        assert_eq!(Center::of(&bounds, 2).to_json().to_string(), "[5.0,5.0,2]");
    }
}
