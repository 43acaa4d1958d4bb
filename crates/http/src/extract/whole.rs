//! Integers in JSON, which has only one number type, so 2.0 is 2.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// The limit above which some integers have no floating-point representation.
const MAX_SAFE: f64 = 9_007_199_254_740_992.0;

/// An integer, in any notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        let whole = number.as_i64().or_else(|| of_float(number.as_f64()?));
        whole.map(Self).ok_or_else(|| D::Error::custom(format!("{number} is not an integer or is too large")))
    }
}

fn of_float(float: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is not too large")]
    (float.fract() == 0.0 && float.abs() <= MAX_SAFE).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_number_accepts_zero_fraction() {
        let read = |json: &str| serde_json::from_str::<Whole>(json).ok();
        for (json, number) in [("2", 2), ("2.0", 2), ("-3", -3), ("2e3", 2_000), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(read(json), Some(Whole(number)), "{json}");
        }
        for json in ["2.5", "1e300", "18446744073709551615", "\"2\"", "null", "true", "[]"] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
