//! The forms in which serializers write a number, and so the forms that it may have had before.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Who writes numbers how, the most likely first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As it was received.
    Received,
    /// `1`, `0.5`, `1e+21`, `1e-7`: JavaScript and Go.
    JavaScript,
    /// `1.0`, `0.5`, `1e+16`, `1e-05`: floats in Python. Integers stay integers.
    Python,
    /// Two decimals, as amounts have: those that have a fraction.
    CentsOfFractions,
    /// Every number as a float: `1.0`.
    Floats,
    /// Two decimals: every number.
    Cents,
    /// `1.0E7`, `1.0E-5`: doubles in Java. Integers stay integers.
    Java,
    /// `1.0e+16`, `1.0e-05`: floats in Ruby. Integers stay integers.
    Ruby,
    /// `1.0e+15`, `1.0e-5`: floats in PHP that keep their zero fraction.
    Php,
}

impl Style {
    pub(super) const ALL: [Self; 9] = [
        Self::Received,
        Self::JavaScript,
        Self::Python,
        Self::CentsOfFractions,
        Self::Floats,
        Self::Cents,
        Self::Java,
        Self::Ruby,
        Self::Php,
    ];

    /// A number in this style.
    pub(super) fn write(self, number: &str) -> String {
        let is_integer = !number.contains(['.', 'e', 'E']);
        let Some(parts) = Parts::of(number) else { return number.to_string() };
        match self {
            Self::Received => number.to_string(),
            Self::JavaScript => parts.javascript(),
            Self::Python | Self::Java | Self::Ruby | Self::Php if is_integer => number.to_string(),
            Self::Python => parts.float(-4..16, "", "e", true, 2),
            Self::Ruby => parts.float(-4..16, ".0", "e", true, 2),
            Self::Php => parts.float(-4..15, ".0", "e", true, 1),
            Self::Java => parts.float(-3..7, ".0", "E", false, 1),
            Self::Floats if is_integer => format!("{number}.0"),
            Self::Floats => parts.float(-4..16, "", "e", true, 2),
            Self::CentsOfFractions if parts.is_whole() => number.to_string(),
            Self::CentsOfFractions | Self::Cents => parts.positional(2),
        }
    }
}

/// Every form that a number may have had, as far as its value says: the received one, then the most likely first.
pub(super) fn forms(number: &str) -> Vec<String> {
    use Style::{Cents, CentsOfFractions, Floats, Java, JavaScript, Php, Python, Received, Ruby};
    let mut forms: Vec<String> =
        [Received, JavaScript, CentsOfFractions, Floats].iter().map(|style| style.write(number)).collect();
    if let Some(parts) = Parts::of(number) {
        let exponents = parts.exponents();
        forms.extend(exponents.iter().take(3).cloned());
        forms.extend([Python, Java, Ruby, Php, Cents].iter().map(|style| style.write(number)));
        forms.extend([1, 3, 4].map(|decimals| parts.positional(decimals)));
        forms.extend(exponents.into_iter().skip(3));
        if parts.digits == "0" {
            forms.extend(["-0", "-0.0", "0.0", "0e0"].map(String::from));
        }
    }
    let mut distinct: Vec<String> = Vec::with_capacity(forms.len());
    for form in forms {
        if !distinct.contains(&form) {
            distinct.push(form);
        }
    }
    distinct
}

/// The whole numbers that a double cannot tell from this one, the nearest first. Empty where a double is exact, and where there are
/// more than a few thousand.
pub(super) fn indistinct(number: &str) -> Vec<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Ok(value) = number.parse::<f64>() else { return Vec::new() };
    if value.abs() < EXACT || value.abs() > 1.0e20 {
        return Vec::new();
    }
    let Ok(center) = format!("{value:.0}").parse::<i128>() else { return Vec::new() };
    let same = |candidate: i128| candidate.to_string().parse::<f64>().is_ok_and(|other| other.to_bits() == value.to_bits());
    let mut found = Vec::from([center.to_string()]);
    for distance in 1..=8_192 {
        let (above, below) = (center + distance, center - distance);
        let (is_above, is_below) = (same(above), same(below));
        found.extend(is_above.then(|| above.to_string()));
        found.extend(is_below.then(|| below.to_string()));
        if !is_above && !is_below {
            break;
        }
    }
    found
}

/// A double as its shortest digits, and the power of ten of the first of them.
struct Parts {
    negative: bool,
    digits: String,
    exponent: i32,
}

impl Parts {
    fn of(number: &str) -> Option<Self> {
        let value: f64 = number.parse().ok()?;
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        // Integers beyond the doubles keep their digits.
        let plain = number.strip_prefix('-').unwrap_or(number);
        let (digits, exponent) = if plain.len() > 15 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            (plain.trim_end_matches('0').to_string(), i32::try_from(plain.len()).ok()? - 1)
        } else {
            (mantissa.replace('.', ""), exponent.parse().ok()?)
        };
        Some(Self { negative: number.starts_with('-'), digits, exponent })
    }

    fn is_whole(&self) -> bool {
        usize::try_from(self.exponent).is_ok_and(|exponent| self.digits.len() <= exponent + 1)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// Without an exponent, with at least so many decimals.
    fn positional(&self, decimals: usize) -> String {
        /// Longer than any double that somebody would write out.
        const MAX_ZEROS: i32 = 330;
        let exponent = self.exponent.clamp(-MAX_ZEROS, MAX_ZEROS);
        let (whole, mut fraction) = match usize::try_from(exponent) {
            Ok(exponent) => {
                let mut whole = self.digits.clone();
                while whole.len() <= exponent {
                    whole.push('0');
                }
                let fraction = whole.split_off(exponent + 1);
                (whole, fraction)
            }
            Err(_) => {
                let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
                ("0".to_string(), format!("{}{}", "0".repeat(zeros), self.digits))
            }
        };
        while fraction.len() < decimals {
            fraction.push('0');
        }
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{whole}{point}{fraction}", self.sign())
    }

    /// With an exponent, as people write it.
    fn exponents(&self) -> Vec<String> {
        let (exponent, sign) = (self.exponent, if self.exponent < 0 { '-' } else { '+' });
        let mut forms = Vec::new();
        for mantissa in [self.mantissa(""), self.mantissa(".0")] {
            for letter in ["e", "E"] {
                forms.push(format!("{mantissa}{letter}{exponent}"));
                if exponent >= 0 {
                    forms.push(format!("{mantissa}{letter}+{exponent}"));
                }
                forms.push(format!("{mantissa}{letter}{sign}{:02}", exponent.unsigned_abs()));
            }
        }
        forms
    }

    /// The digits with a point after the first. `whole` follows a single digit.
    fn mantissa(&self, whole: &str) -> String {
        match self.digits.split_at_checked(1) {
            Some((first, "")) => format!("{}{first}{whole}", self.sign()),
            Some((first, rest)) => format!("{}{first}.{rest}", self.sign()),
            None => String::new(),
        }
    }

    fn float(&self, positional: core::ops::Range<i32>, whole: &str, letter: &str, plus: bool, digits: usize) -> String {
        if positional.contains(&self.exponent) {
            return self.positional(1);
        }
        let sign = if self.exponent < 0 {
            "-"
        } else if plus {
            "+"
        } else {
            ""
        };
        format!("{}{letter}{sign}{:0digits$}", self.mantissa(whole), self.exponent.unsigned_abs())
    }

    /// `Number.prototype.toString` (ECMA-262 §6.1.6.1.20). Zero has no sign.
    fn javascript(&self) -> String {
        if self.digits == "0" {
            return "0".to_string();
        }
        if (-6..21).contains(&self.exponent) {
            return self.positional(0);
        }
        let sign = if self.exponent < 0 { "-" } else { "+" };
        format!("{}e{sign}{}", self.mantissa(""), self.exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What node, python3, ruby, php and java print.
    #[test]
    fn writes_numbers_as_each_language_does() {
        use Style::{Cents, Floats, Java, JavaScript, Php, Python, Ruby};
        for (style, number, written) in [
            (JavaScript, "1.0", "1"),
            (JavaScript, "1E21", "1e+21"),
            (JavaScript, "1e20", "100000000000000000000"),
            (JavaScript, "0.0000001", "1e-7"),
            (JavaScript, "0.000001", "0.000001"),
            (JavaScript, "-0.0", "0"),
            (JavaScript, "-12.50", "-12.5"),
            (JavaScript, "0.10000000000000001", "0.1"),
            (Python, "1e10", "10000000000.0"),
            (Python, "1e16", "1e+16"),
            (Python, "0.00001", "1e-05"),
            (Python, "0.0001", "0.0001"),
            (Python, "7", "7"),
            (Ruby, "1e16", "1.0e+16"),
            (Ruby, "0.00001", "1.0e-05"),
            (Php, "1e15", "1.0e+15"),
            (Php, "0.00001", "1.0e-5"),
            (Java, "1e7", "1.0E7"),
            (Java, "12345678.9", "1.23456789E7"),
            (Java, "0.0001", "1.0E-4"),
            (Java, "100.5", "100.5"),
            (Floats, "7", "7.0"),
            (Cents, "7", "7.00"),
            (Cents, "7.5", "7.50"),
            (Cents, "7.125", "7.125"),
        ] {
            assert_eq!(style.write(number), written, "{style:?} {number}");
        }
    }

    #[test]
    fn knows_the_forms_that_a_number_may_have_had() {
        for (received, signed) in [
            ("10000000000", "1e10"),
            ("10000000000.0", "1E+10"),
            ("1", "1.0"),
            ("100.5", "100.50"),
            ("0", "-0"),
            ("1e-7", "0.0000001"),
        ] {
            assert!(forms(received).contains(&signed.to_string()), "{received}: {:?}", forms(received));
            assert_eq!(forms(received)[0], received);
        }
    }

    #[test]
    fn finds_the_digits_that_a_double_has_lost() {
        assert!(indistinct("12345678901234567000").contains(&"12345678901234567890".to_string()));
        assert!(indistinct("9007199254740992").contains(&"9007199254740993".to_string()));
        assert!(indistinct("42").is_empty());
    }
}
