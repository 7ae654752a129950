//! Points in time, and the RFC 3339 text that names them.

use core::time::Duration;

use wide::u8x16;

/// A point in time, to the nanosecond, counted from 1970-01-01T00:00:00Z without leap seconds.
///
/// ```
/// use payvost_webhooks::Timestamp;
///
/// let created_at = Timestamp::parse_rfc3339("2025-11-01T10:00:00Z").unwrap();
/// assert_eq!(created_at.unix_seconds(), 1_761_991_200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// From seconds since the Unix epoch and the nanoseconds into that second. Nanoseconds past 999 999 999 are cut to that.
    #[must_use]
    pub const fn from_unix(seconds: i64, nanoseconds: u32) -> Self {
        let nanoseconds = if nanoseconds > 999_999_999 { 999_999_999 } else { nanoseconds };
        Self { seconds, nanoseconds }
    }

    /// Now, by the system's clock: the clock of a [tolerance](crate::WebhookVerifierBuilder::tolerance).
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        std::time::SystemTime::now().into()
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds into the second, 0 to 999 999 999.
    #[must_use]
    pub const fn subsec_nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// Reads a date-time of RFC 3339 §5.6. `None` if the text is not one or the day does not exist.
    ///
    /// A fraction finer than a nanosecond is truncated. A leap second (`:60`) is accepted where one can be, at the end of June
    /// and of December in UTC, and counts as the second after it.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let (to_minutes, rest) = text.as_bytes().split_first_chunk()?;
        let [y1, y2, y3, y4, _, mo1, mo2, _, d1, d2, _, h1, h2, _, mi1, mi2] = digits(to_minutes)?;
        let (&[colon, s1, s2], rest) = rest.split_first_chunk()?;
        if colon != b':' || !s1.is_ascii_digit() || !s2.is_ascii_digit() {
            return None;
        }
        let pair = |tens: u8, ones: u8| i32::from(tens) * 10 + i32::from(ones);
        let year = pair(y1, y2) * 100 + pair(y3, y4);
        let (month, day) = (pair(mo1, mo2), pair(d1, d2));
        let (hour, minute, second) = (pair(h1, h2), pair(mi1, mi2), pair(s1 - b'0', s2 - b'0'));

        let (nanoseconds, zone) = fraction(rest)?;
        let offset_minutes = zone_offset(zone)?;

        if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let minutes =
            i64::from(days_from_epoch(year, month, day)) * MINUTES_OF_DAY + i64::from(hour * 60 + minute - offset_minutes);
        if second == 60 && !ends_in_leap_second(minutes) {
            return None;
        }
        Some(Self { seconds: minutes * 60 + i64::from(second), nanoseconds })
    }

    /// How long `self` is after `earlier`; `None` if it is not.
    pub(crate) fn since(self, earlier: Self) -> Option<Duration> {
        let nanoseconds = i64::from(self.nanoseconds) - i64::from(earlier.nanoseconds);
        let seconds = self.seconds.checked_sub(earlier.seconds)?.checked_add(nanoseconds.div_euclid(1_000_000_000))?;
        let nanoseconds = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?;
        Some(Duration::new(u64::try_from(seconds).ok()?, nanoseconds))
    }
}

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => Self::from_unix(seconds(after), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                match before.subsec_nanos() {
                    0 => Self::from_unix(-seconds(before), 0),
                    nanoseconds => Self::from_unix(-seconds(before) - 1, 1_000_000_000 - nanoseconds),
                }
            }
        }
    }
}

/// The digits of a date and a time up to the minutes, with other bytes between them. `None` if a digit is missing or a separator
/// is wrong. All are read together, which is faster than one after another.
#[inline]
fn digits(text: &[u8; 16]) -> Option<[u8; 16]> {
    // A digit becomes its value, and a separator becomes zero. A `T` becomes a `t` first.
    let left = (u8x16::new(*text) | u8x16::new(*b"\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\0\0")) ^ u8x16::new(*b"0000-00-00t00:00");
    let most = u8x16::new([9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9]);
    (left.min(most).simd_eq(left).to_bitmask() == 0xffff).then(|| left.to_array())
}

/// The value of a run of ASCII digits.
fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i32::from(digit - b'0')))
}

/// Takes `.digits` off the front, if present. Returns nanoseconds and the rest.
fn fraction(rest: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = rest.split_at_checked(digits)?;
    if digits.is_empty() {
        return None;
    }
    let nanoseconds = digits
        .iter()
        .map(|digit| u32::from(digit - b'0'))
        .chain(core::iter::repeat(0))
        .take(9)
        .fold(0, |value, digit| value * 10 + digit);
    Some((nanoseconds, zone))
}

/// The offset of a zone from UTC, in minutes.
fn zone_offset(zone: &[u8]) -> Option<i32> {
    let &[sign, h1, h2, b':', m1, m2] = zone else {
        return matches!(zone, b"Z" | b"z").then_some(0);
    };
    let hours = number(&[h1, h2]).filter(|hours| *hours <= 23)?;
    let minutes = number(&[m1, m2]).filter(|minutes| *minutes <= 59)?;
    match sign {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

const DAYS_IN_400_YEARS: i32 = 146_097;

const MINUTES_OF_DAY: i64 = 24 * 60;

/// Whether a leap second can follow this minute (counted from the epoch): 23:59 UTC on 30 June or 31 December (RFC 3339 §5.7).
fn ends_in_leap_second(minutes: i64) -> bool {
    let Ok(next_day) = i32::try_from((minutes + 1).div_euclid(MINUTES_OF_DAY)) else { return false };
    let at_midnight = (minutes + 1).rem_euclid(MINUTES_OF_DAY) == 0;
    let year = 1970 + (next_day * 400).div_euclid(DAYS_IN_400_YEARS);
    at_midnight
        && (year - 1..=year + 1).any(|year| next_day == days_from_epoch(year, 1, 1) || next_day == days_from_epoch(year, 7, 1))
}

fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar, from the year 0 on.
#[inline]
fn days_from_epoch(year: i32, month: i32, day: i32) -> i32 {
    // Counted in years that begin in March, so that the leap day is the last of its year; and from 400 years earlier, so that no
    // division is of a negative number. The calendar repeats every 400 years.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - DAYS_IN_400_YEARS - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_the_unix_epoch() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:00:00+12:00", 951_782_400),
            ("2025-11-01T10:00:00Z", 1_761_991_200),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("2017-01-01T00:59:60+01:00", 1_483_228_800),
            ("9999-12-31T23:59:60Z", 253_402_300_800),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text).map(Timestamp::unix_seconds), Some(seconds), "{text}");
        }
    }

    #[test]
    fn takes_only_digits_and_signs_where_they_belong() {
        let text = "2022-11-11T11:11:11Z";
        for (place, is) in text.char_indices() {
            for other in '\0'..='\u{ff}' {
                let changed = [&text[..place], other.encode_utf8(&mut [0; 4]), &text[place + 1..]].concat();
                let may_be = other.eq_ignore_ascii_case(&is) || is.is_ascii_digit() && other.is_ascii_digit();
                let parsed = Timestamp::parse_rfc3339(&changed);
                // Not every number is a month.
                assert!(parsed.is_none() || may_be, "{changed:?}");
                assert!(parsed.is_some() || !may_be || other != is, "{changed:?}");
            }
        }
    }

    #[test]
    fn cuts_a_fraction_to_nanoseconds() {
        for (text, nanoseconds) in [(".5", 500_000_000), (".000000001", 1), (".0000000019", 1), (".9999999999", 999_999_999)] {
            let text = alloc::format!("2025-11-01T10:00:00{text}Z");
            assert_eq!(Timestamp::parse_rfc3339(&text).map(Timestamp::subsec_nanoseconds), Some(nanoseconds), "{text}");
        }
    }

    #[test]
    fn measures_across_the_fraction() {
        let earlier = Timestamp::from_unix(10, 900_000_000);
        let later = Timestamp::from_unix(12, 100_000_000);
        assert_eq!(later.since(earlier), Some(Duration::from_millis(1200)));
        assert_eq!(earlier.since(later), None);
        assert_eq!(earlier.since(earlier), Some(Duration::ZERO));
    }

    #[cfg(feature = "std")]
    #[test]
    fn comes_from_a_system_time_on_both_sides_of_the_epoch() {
        use std::time::UNIX_EPOCH;
        let half = Duration::from_millis(1500);
        assert_eq!(Timestamp::from(UNIX_EPOCH + half), Timestamp::from_unix(1, 500_000_000));
        assert_eq!(Timestamp::from(UNIX_EPOCH - half), Timestamp::from_unix(-2, 500_000_000));
    }
}
