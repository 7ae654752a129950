//! How long to wait before a retry.

use crate::limits::{FIRST_RETRY_PAUSE_MS, MAX_RETRY_PAUSE};

/// Full jitter: a pause from zero to a bound that doubles with each retry, so that clients that failed at the same time do not retry at the same time.
pub(super) fn jitter(retry: u32, random: u32) -> u64 {
    let first = u64::try_from(FIRST_RETRY_PAUSE_MS).unwrap_or(u64::MAX);
    let most = u64::try_from(MAX_RETRY_PAUSE.as_millis()).unwrap_or(u64::MAX);
    let bound = 1_u64.checked_shl(retry).map_or(most, |factor| first.saturating_mul(factor).min(most));
    (u64::from(random) * (bound + 1)) >> 32
}

/// The pause that `Retry-After` asks for (RFC 9110 §10.2.3), in milliseconds from now. Its value is a number of seconds, at most 2^32 - 1,
/// or a date. `None` if it is neither.
pub(super) fn retry_after(value: &str, unix_ms: u64) -> Option<u64> {
    const MOST: u64 = 4_294_967_295_000;
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(1_000).min(MOST));
    }
    Some(http_date(value)?.saturating_mul(1_000).saturating_sub(unix_ms).min(MOST))
}

/// The seconds since the Unix epoch of a date in the form that servers must send, `Sun, 06 Nov 1994 08:49:37 GMT`, or in the two obsolete ones
/// (RFC 9110 §5.6.7). A date before the epoch counts as the epoch.
fn http_date(text: &str) -> Option<u64> {
    let parts: alloc::vec::Vec<&str> = text.split(' ').filter(|part| !part.is_empty()).collect();
    let (day, month, year, time) = match *parts.as_slice() {
        [weekday, day, month, year, time, "GMT"] if weekday.len() == 4 && weekday.ends_with(',') && year.len() == 4 => {
            (day, month, number(year)?, time)
        }
        [weekday, date, time, "GMT"] if weekday.ends_with(',') => {
            let mut date = date.split('-');
            let (day, month, year) = (date.next()?, date.next()?, date.next()?);
            if date.next().is_some() || year.len() != 2 {
                return None;
            }
            // Two digits count as 1970 to 2069: servers send dates that are near.
            let year = number(year)?;
            (day, month, if year < 70 { 2000 + year } else { 1900 + year }, time)
        }
        [weekday, month, day, time, year] if weekday.len() == 3 && year.len() == 4 => (day, month, number(year)?, time),
        _ => return None,
    };
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = u64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()?;
    let day = number(day)?;
    let mut clock = time.split(':');
    let (hour, minute, second) = (number(clock.next()?)?, number(clock.next()?)?, number(clock.next()?)?);
    if clock.next().is_some() || day == 0 || day > days_in(month, year) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum::<u64>()
        + (0..month).map(|month| days_in(month, year)).sum::<u64>()
        + day
        - 1;
    if year < 1970 { Some(0) } else { Some(((days * 24 + hour) * 60 + minute) * 60 + second) }
}

fn number(digits: &str) -> Option<u64> {
    let is_number = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The days of a month, counted from 0.
const fn days_in(month: u64, year: u64) -> u64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_drawn_from_zero_to_a_bound_that_doubles() {
        for (retry, bound) in
            [(0, 500), (1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000), (5, 8_000), (63, 8_000), (64, 8_000), (u32::MAX, 8_000)]
        {
            assert_eq!((jitter(retry, 0), jitter(retry, u32::MAX)), (0, bound), "{retry}");
            assert_eq!(jitter(retry, 1 << 31), u64::midpoint(bound, 1));
        }
    }

    #[test]
    fn dates_come_in_three_forms() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(http_date(text), Some(784_111_777), "{text}");
        }
        assert_eq!(http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(http_date("Fri, 01 Jan 1960 00:00:00 GMT"), Some(0));
        for text in [
            "",
            "soon",
            "Sun, 31 Feb 2025 00:00:00 GMT",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49 GMT",
            "1994-11-06T08:49:37Z",
            "Sun, 06 nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_and_dates_are_counted_from_now() {
        assert_eq!(retry_after("3", 0), Some(3_000));
        assert_eq!(retry_after(" 3 ", 0), Some(3_000));
        assert_eq!(retry_after("99999999999999999999999", 0), Some(4_294_967_295_000));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_774_500), Some(2_500));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_778_000), Some(0));
        for text in ["", "-1", "1.5", "1, 2", "0x10", "+3"] {
            assert_eq!(retry_after(text, 0), None, "{text}");
        }
    }
}
