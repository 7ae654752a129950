//! Which list of open claims goes with a record on a Redis Cluster.
//!
//! A script may only use keys of one hash slot, and a record keeps its key. So each of the 16,384 slots has a list of its own, whose name has
//! a [hash tag](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags) of that slot. Records of one slot share
//! a list.

use alloc::format;
use alloc::string::String;

/// The number of hash slots.
pub(super) const SLOTS: u16 = 1 << 14;

/// The list of open claims that is in the same slot as a record. `open_key` is
/// [that of the policy](crate::claims::ClaimPolicy::open_key).
///
/// ```
/// use payvost_webhooks::claims::redis::cluster_open_key;
///
/// assert_eq!(cluster_open_key("webhook-open", "webhook:evt_1"), "webhook-open:{ANLH}");
/// ```
#[must_use]
pub fn cluster_open_key(open_key: &str, key: &str) -> String {
    list(open_key, slot(key))
}

/// The list of a slot.
pub(super) fn list(open_key: &str, slot: u16) -> String {
    let tag = tag(slot);
    let [first, second, third, fourth] = [12, 8, 4, 0].map(|shift| char::from(0x40 | (tag >> shift & 0xf).to_le_bytes()[0]));
    // No event has this key: no prefix ends in `-open`.
    format!("{open_key}:{{{first}{second}{third}{fourth}}}")
}

/// The slot of a key: CRC-16/XMODEM of its hash tag, or of all of it. The tag is what is between the first `{` and the next `}`, if there is
/// anything.
fn slot(key: &str) -> u16 {
    let tag = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag).filter(|tag| !tag.is_empty());
    crc16(tag.unwrap_or(key).as_bytes()) % SLOTS
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

/// Four times four bits, each the lower half of a letter from `@` to `O`, that give the slot. The CRC of texts of one length is linear, so
/// that each bit of the slot adds a pattern of its own to the text.
fn tag(slot: u16) -> u16 {
    const SLOT_OF_ZEROS: u16 = 13881;
    const PATTERNS: [u16; 14] =
        [0x1afa, 0x06ed, 0x277b, 0x110c, 0x2a91, 0x39c0, 0x1f63, 0x277f, 0x1104, 0x2208, 0x1bea, 0x04cd, 0x233b, 0x198c];
    let bits = slot ^ SLOT_OF_ZEROS;
    PATTERNS.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).fold(0, |tag, (_, pattern)| tag ^ pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        // By CLUSTER KEYSLOT of Redis 7.0.
        for (key, expected) in [
            ("webhook:evt_1", 8169),
            ("webhook:{evt}1", 11383),
            ("webhook:{}{a}", 2535),
            ("webhook:é{ü}", 9552),
            ("webhook:{{a}}", 10276),
            ("{user1000}.following", 3443),
            ("foo{}{bar}", 8363),
            ("foo{{bar}}zap", 4015),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
    }

    #[test]
    fn each_slot_has_a_list() {
        for number in 0..SLOTS {
            assert_eq!(slot(&list("webhook-open", number)), number);
        }
    }

    #[test]
    fn a_list_is_in_the_slot_of_its_record() {
        for key in
            ["webhook:evt_1", "webhook:{evt}1", "webhook:{}", "webhook:{}{a}", "webhook:}{", "webhook:{{a}}", "webhook:é{ü}"]
        {
            assert_eq!(slot(&cluster_open_key("webhook-open", key)), slot(key), "{key}");
        }
    }
}
