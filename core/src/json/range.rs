//! Whether a number is finite as a double, without computing its value: the tables for that are larger than the rest of the scanner.

use core::cmp::Ordering;
use core::iter;

/// 2¹⁰²⁴ − 2⁹⁷⁰, halfway between the largest double and 2¹⁰²⁴: this and everything above it is rounded to infinity.
const FIRST_INFINITE: &str = concat!(
    "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070963",
    "3028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027",
    "0069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792",
);

/// A larger exponent decides alone: no number has so many digits.
const MAX_EXPONENT: i64 = 1 << 40;

/// Whether a number of JSON is finite as a double.
pub(super) fn is_finite(number: &str) -> bool {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, ""));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('-');
    let digits = || whole.bytes().chain(fraction.bytes());
    let Some(zeros) = digits().position(|digit| digit != b'0') else { return true };
    // The number is 0.d₁d₂… × 10 to the power of this.
    let difference = |length: usize, zeros: usize| i64::try_from(length).ok()?.checked_sub(i64::try_from(zeros).ok()?);
    let magnitude = difference(whole.len(), zeros).unwrap_or(MAX_EXPONENT).saturating_add(read_exponent(exponent));
    match magnitude.cmp(&difference(FIRST_INFINITE.len(), 0).unwrap_or(0)) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => {
            let places = digits().skip(zeros).chain(iter::repeat(b'0')).take(FIRST_INFINITE.len());
            places.cmp(FIRST_INFINITE.bytes()) == Ordering::Less
        }
    }
}

fn read_exponent(text: &str) -> i64 {
    let digits = text.trim_start_matches(['+', '-']);
    let exponent = digits.bytes().fold(0, |exponent: i64, digit| (exponent * 10 + i64::from(digit - b'0')).min(MAX_EXPONENT));
    if text.starts_with('-') { -exponent } else { exponent }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;

    use super::*;

    /// Compared with the standard library.
    fn assert_alike(number: &str) {
        assert_eq!(is_finite(number), number.parse::<f64>().unwrap().is_finite(), "{number}");
    }

    #[test]
    fn the_border_is_that_of_the_standard_library() {
        let below = format!("{}1", FIRST_INFINITE.strip_suffix('2').unwrap());
        for digits in [FIRST_INFINITE, &below] {
            for end in ["", ".0", "e0", "e-0", ".9e0", "0e-1", "000000e-6", "e1", "E+1", "e-1"] {
                assert_alike(&format!("{digits}{end}"));
                assert_alike(&format!("-{digits}{end}"));
            }
            for point in 0..digits.len() {
                let (whole, fraction) = digits.split_at(point);
                assert_alike(&format!("0.{digits}e309"));
                assert_alike(&format!("0.000{digits}e312"));
                assert_alike(&format!("{}.{fraction}e{}", if point == 0 { "0" } else { whole }, digits.len() - point));
                assert_alike(&format!("{}.{fraction}e{}", if point == 0 { "0" } else { whole }, digits.len() - point + 1));
            }
        }
    }

    #[test]
    fn other_numbers_are_read_alike() {
        let large = format!("1{}", "0".repeat(400));
        let small = format!("0.{}1e701", "0".repeat(400));
        for number in [
            "0",
            "-0",
            "0e999",
            "0.000e999999999999999999999",
            "1e308",
            "1e309",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "1e-999",
            "1e99999999999999999999999999",
            "1e-99999999999999999999999999",
            "17976931348623157e292",
            &large,
            &small,
        ] {
            assert_alike(number);
        }
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..50_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = (random >> 20) % 100_000_000;
            let mut number = String::from(if random >> 63 == 0 { "" } else { "-" });
            number.push_str(&format!("{digits}.{}e{}", random >> 50, 290 + (random >> 8) % 30));
            assert_alike(&number);
        }
    }
}
