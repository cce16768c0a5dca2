//! Numbers as JSON Schema sees them: by value, whatever their notation (Core 4.2.2).

use serde_json::Number;
use std::cmp::Ordering;

/// Above every integer that JSON text can carry exactly here.
const BEYOND_INTEGERS: f64 = 18_446_744_073_709_551_616.0;

fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

/// `1.0` is an integer.
pub(crate) fn is_integer(number: &Number) -> bool {
    integer(number).is_some() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

/// Exact, also between integers and floats.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_with_float(a, b.as_f64().unwrap_or_default()),
        (None, Some(b)) => compare_with_float(b, a.as_f64().unwrap_or_default()).reverse(),
        (None, None) => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}

fn compare_with_float(integer: i128, float: f64) -> Ordering {
    if float.abs() >= BEYOND_INTEGERS {
        return if float > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let whole = float.trunc();
    integer.cmp(&(whole as i128)).then_with(|| 0.0.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal))
}

/// A number that is the same for equal numbers.
pub(crate) fn fingerprint(number: &Number) -> u64 {
    let float = number.as_f64().unwrap_or_default();
    (if float == 0.0 { 0.0 } else { float }).to_bits()
}

/// Whether `value` is `step` times an integer, in the decimal notation that both have as JSON text: 19.99 is a
/// multiple of 0.01, although their nearest binary fractions are not.
pub(crate) fn is_multiple(value: &Number, step: &Number) -> bool {
    let (Some((value, value_exponent)), Some((step, step_exponent))) = (decimal(value), decimal(step)) else {
        return true;
    };
    if value == 0 || step == 0 {
        return value == 0;
    }
    match u32::try_from(value_exponent - step_exponent) {
        Ok(shift) => product_remainder(value, power_of_ten(shift, step), step) == 0,
        // Digits of at most 20 places are less than 10^20.
        Err(_) => match 10u128.checked_pow((step_exponent - value_exponent).unsigned_abs()) {
            Some(scale) if scale < 10u128.pow(20) => step.checked_mul(scale).is_some_and(|step| value % step == 0),
            _ => false,
        },
    }
}

/// Digits without sign, and the power of ten that they are multiplied by. All digits fit into 64 bits.
fn decimal(number: &Number) -> Option<(u128, i32)> {
    let text = number.to_string();
    let text = text.trim_start_matches('-');
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let trimmed = i32::try_from(digits.len() - significant.len()).ok()?;
    match significant {
        "" => Some((0, 0)),
        _ => Some((u128::from(significant.parse::<u64>().ok()?), exponent + trimmed)),
    }
}

fn power_of_ten(exponent: u32, modulus: u128) -> u128 {
    let (mut result, mut base, mut exponent) = (1 % modulus, 10 % modulus, exponent);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product_remainder(result, base, modulus);
        }
        base = product_remainder(base, base, modulus);
        exponent >>= 1;
    }
    result
}

/// Factors are below 2^64, so that the product does not overflow.
fn product_remainder(a: u128, b: u128, modulus: u128) -> u128 {
    ((a % modulus) * (b % modulus)) % modulus
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).expect("a number")
    }

    #[test]
    fn multiples_are_decimal() {
        for (value, step, expected) in [
            ("19.99", "0.01", true),
            ("0.3", "0.1", true),
            ("0.35", "0.1", false),
            ("-4.5", "1.5", true),
            ("1e308", "0.5", true),
            ("1e308", "0.123456789", false),
            ("1e-320", "1", false),
            ("12391239123", "1e-8", true),
            ("18446744073709551615", "5", true),
            ("18446744073709551615", "7", false),
            ("9007199254740993", "2", false),
            ("100", "1e2", true),
            ("0", "0.7", true),
            ("7", "1e300", false),
        ] {
            assert_eq!(is_multiple(&number(value), &number(step)), expected, "{value} of {step}");
        }
    }

    #[test]
    fn numbers_compare_by_value_across_notations() {
        for (a, b, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("0", "-0.0", Ordering::Equal),
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("18446744073709551615", "18446744073709551616.0", Ordering::Less),
            ("-1", "-1.5", Ordering::Greater),
            ("2", "2.5", Ordering::Less),
            ("-9223372036854775808", "-1e300", Ordering::Greater),
        ] {
            assert_eq!(compare(&number(a), &number(b)), expected, "{a} {b}");
            assert_eq!(compare(&number(b), &number(a)), expected.reverse(), "{b} {a}");
        }
    }
}
