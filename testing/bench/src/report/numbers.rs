//! Formats numbers for readers.

use std::time::Duration;

use crate::results::Spread;

/// Formats a number with commas between thousands.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a number with three significant digits.
pub(super) fn precise(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        ..100.0 => format!("{number:.1}"),
        _ => whole(number),
    }
}

pub(super) fn millis(duration: Duration) -> String {
    format!("{} ms", precise(duration.as_secs_f64() * 1_000.0))
}

/// Formats the extremes of several rounds; empty for a single one.
pub(super) fn range(spread: Spread, format: impl Fn(f64) -> String) -> String {
    if spread.least < spread.most {
        format!("({} to {})", format(spread.least), format(spread.most))
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded() {
        assert_eq!([999.4, 1_000.0, 1_234_567.0].map(whole), ["999", "1,000", "1,234,567"]);
        assert_eq!([0.123, 9.876, 98.76, 9_876.0].map(precise), ["0.12", "9.88", "98.8", "9,876"]);
        assert_eq!(millis(Duration::from_micros(1_234)), "1.23 ms");
    }

    #[test]
    fn one_round_has_no_range() {
        let spread = |least, most| Spread { least, median: least, most };
        assert_eq!(range(spread(1.0, 1.0), precise), "");
        assert_eq!(range(spread(1.0, 2.0), precise), "(1.00 to 2.00)");
    }
}
