//! The search for a key, a body and a reading of the header that belong together.

use alloc::vec::Vec;

use super::bodies::{self, LONG, Tries};
use super::case::Case;
use super::code::CauseCode;
use super::compare::compare;
use super::finding::{Finding, Work};
use super::habits;
use super::hashes::Hash;
use super::header::Header;
use super::keys::{self, Key};
use crate::limits::DEFAULT_MAX_PAYLOAD_BYTES;

/// How many bytes a search may write and hash, besides one reading of each given body. It bounds the time of
/// [`explain`](super::explain), whatever the body.
pub const MAX_WORK: usize = 14 * MIB;
/// Its parts: the received body with every key, and with other algorithms; other forms with likely keys, then with the others; two
/// mistakes, one of them each; secrets that a decoder has shortened. The habits of serializers have the rest.
const WORK_OF_KEYS: usize = 2 * MIB;
const WORK_OF_ALGORITHMS: usize = MIB + MIB / 2;
const WORK_OF_FORMS: usize = 3 * MIB;
const WORK_OF_OTHER_KEYS: usize = MIB / 2;
const WORK_OF_TWO: usize = MIB;
const WORK_OF_SECOND: usize = MIB / 8;
const WORK_OF_LOST_BITS: usize = MIB / 2;
const MIB: usize = 1024 * 1024;
/// With how many keys each form of the body is tried.
const MAX_LIKELY_KEYS: usize = 8;

pub(super) struct Search<'c> {
    case: &'c Case<'c>,
    header: Header,
    keys: Vec<Key>,
    work: Work,
}

impl<'c> Search<'c> {
    pub(super) fn new(case: &'c Case<'c>) -> Self {
        Self {
            case,
            header: Header::read(case.headers),
            keys: keys::candidates(case.secret, case.other_secrets),
            work: Work::new(MAX_WORK),
        }
    }

    /// The flaws of the first match: of the secret, of the header, of the body. `None` if nothing matches.
    pub(super) fn run(&mut self) -> Option<Vec<Finding>> {
        if self.header.readings.is_empty() || self.case.body.len() > DEFAULT_MAX_PAYLOAD_BYTES {
            return None;
        }
        self.received().or_else(|| self.other_algorithms()).or_else(|| self.other_bodies()).or_else(|| self.changed())
    }

    /// Why nothing is known.
    pub(super) fn failure(&self) -> &'static str {
        if self.header.readings.is_empty() {
            "The header holds too few hex digits to be a signature, so there is nothing to compare."
        } else if self.work.is_used_up() {
            "Nothing that was tried gives this signature. The body allows for more forms than could be tried."
        } else {
            "Nothing that was tried gives this signature: no form of the secret, of the body or of the header."
        }
    }

    /// The received body with every key.
    fn received(&mut self) -> Option<Vec<Finding>> {
        let body = self.case.body;
        let mut work = self.work.split(WORK_OF_KEYS);
        let likely = self.keys.iter().filter(|key| key.likely);
        let rest = self.keys.iter().filter(|key| !key.likely);
        // The configured key is tried whatever it costs.
        let mut allowed = (0..).zip(likely.chain(rest)).filter(|(place, _)| work.allows(body.len()) || *place == 0);
        allowed.find_map(|(_, key)| matching(&self.header, key, &key.mac.mac(body), None))
    }

    fn other_algorithms(&mut self) -> Option<Vec<Finding>> {
        let Header { readings, times } = &self.header;
        let finding = |name: &str, scheme: &str| {
            let evidence = alloc::format!("The signature is {scheme} with {name}, not HMAC-SHA256 of the body.");
            Finding::new(CauseCode::SignatureOfOtherAlgorithm, evidence)
        };
        let body = self.case.body;
        let mut work = self.work.split(WORK_OF_ALGORITHMS);
        for hash in Hash::ALL {
            let readings = || readings.iter().filter(|reading| reading.len() == 2 * hash.length());
            if readings().next().is_none() {
                continue;
            }
            for key in self.keys.iter().filter(|key| key.likely).take(MAX_LIKELY_KEYS) {
                let secret = &*key.text;
                let tried: [(&str, &dyn Fn() -> Vec<u8>); 5] = [
                    ("an HMAC of the body", &|| hash.hmac(secret, body)),
                    ("a plain hash of the body, without a secret,", &|| hash.digest(&[body])),
                    ("a plain hash of the secret and the body", &|| hash.digest(&[secret, body])),
                    ("a plain hash of the body and the secret", &|| hash.digest(&[body, secret])),
                    ("an HMAC of the secret, keyed with the body,", &|| hash.hmac(body, secret)),
                ];
                for (scheme, digest) in tried {
                    if !work.allows(body.len()) {
                        break;
                    }
                    let digest = digest();
                    if let Some(reading) = readings().find(|reading| reading.is(&digest)) {
                        let name = hash.name();
                        let needs_no_secret = scheme.contains("without");
                        let flaws = if needs_no_secret { &[][..] } else { &key.flaws };
                        return Some([flaws, &[finding(name, scheme)], &reading.flaws].concat());
                    }
                }
            }
        }
        for time in times {
            for separator in [".", "", ":", "\n"] {
                let message = [&**time, separator.as_bytes(), body].concat();
                for key in self.keys.iter().filter(|key| key.likely).take(MAX_LIKELY_KEYS) {
                    if !work.allows(body.len()) {
                        break;
                    }
                    let scheme = Finding::new(
                        CauseCode::SignatureOfOtherAlgorithm,
                        "The signature covers a time from the header and the body, not the body alone.",
                    );
                    // The text around the digits belongs to that scheme.
                    if let Some(reading) = self.header.readings.iter().find(|reading| reading.is(&key.mac.mac(&message))) {
                        let flaws = reading.flaws.iter().filter(|flaw| flaw.code != CauseCode::SignaturePrefixed).cloned();
                        return Some(key.flaws.iter().cloned().chain([scheme]).chain(flaws).collect());
                    }
                }
            }
        }
        None
    }

    /// The other bodies, with or without a newline at their end: the received one is another form of it, or another event.
    fn other_bodies(&mut self) -> Option<Vec<Finding>> {
        let received = self.case.body;
        for other in self.case.other_bodies {
            let without_newline = other.strip_suffix(b"\n").map(|other| other.strip_suffix(b"\r").unwrap_or(other));
            for signed in [Some(*other), without_newline].into_iter().flatten() {
                for key in self.keys.iter().filter(|key| key.likely).take(MAX_LIKELY_KEYS) {
                    if let Some(mut found) = matching(&self.header, key, &key.mac.mac(signed), None) {
                        found.push(relation(signed, received));
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// The received body, changed, with the likely keys, then with all.
    fn changed(&mut self) -> Option<Vec<Finding>> {
        let body = self.case.body;
        let mut likely = Vec::new();
        let (mut rest, mut number) = (Vec::new(), 0);
        for key in &self.keys {
            if key.likely && number < MAX_LIKELY_KEYS {
                number += 1;
                likely.push(key);
            } else {
                rest.push(key);
            }
        }
        // The first key is the configured one, the second what is left of it without its surroundings.
        let few: Vec<&Key> = likely.iter().copied().take(3).collect();
        let forms = self.work.split(WORK_OF_FORMS);
        let is_long = body.len() > LONG;
        let parts = if is_long { [0; 3] } else { [WORK_OF_OTHER_KEYS, WORK_OF_TWO, WORK_OF_LOST_BITS] };
        let [other_keys, two, mut lost_bits] = parts.map(|bytes| self.work.split(bytes));
        let hmacs =
            |keys, work| Hmacs { header: &self.header, received: body, keys, work, refused: false, before: None, found: None };

        let mut tries = hmacs(&*likely, forms);
        if bodies::candidates(body, &mut tries) {
            return tries.found;
        }
        let mut of_files = Twice { inner: hmacs(&*few, tries.work), received: body, brief: true };
        if !is_long && bodies::of_files(body, &mut of_files) {
            return of_files.inner.found;
        }
        let mut tries = hmacs(&*few, core::mem::replace(&mut self.work, Work::new(0)));
        if habits::candidates(body, &mut tries) {
            return tries.found;
        }
        self.work = tries.work;
        if is_long {
            return None;
        }
        let mut tries = hmacs(&*rest, other_keys);
        if bodies::candidates(body, &mut tries) {
            return tries.found;
        }
        let mut twice = Twice { inner: hmacs(&*few, two), received: body, brief: false };
        if bodies::candidates(body, &mut twice) {
            return twice.inner.found;
        }
        keys::lossy_candidates(self.case.secret).iter().find_map(|key| {
            if !lost_bits.allows(body.len()) {
                return None;
            }
            matching(&self.header, key, &key.mac.mac(body), None)
        })
    }
}

/// The flaws of key, header and body, if one of the readings is this MAC.
fn matching(header: &Header, key: &Key, mac: &[u8; 32], body: Option<&Finding>) -> Option<Vec<Finding>> {
    header.readings.iter().find_map(|reading| {
        let truncated = if reading.is(mac) { None } else { Some(reading.is_part_of(mac)?) };
        Some(key.flaws.iter().chain(&reading.flaws).chain(&truncated).chain(body).cloned().collect())
    })
}

/// How a received body came from the one that was signed.
fn relation(signed: &[u8], received: &[u8]) -> Finding {
    let other = Finding::new(CauseCode::SignatureOfOtherEvent, "The signature is that of another of the given bodies.");
    let mut pair = Pair { signed, found: None, work: Work::new(MAX_WORK) };
    if bodies::candidates(received, &mut pair)
        && let Some(found) = pair.found
    {
        return found;
    }
    if let (Ok(signed), Ok(received)) = (core::str::from_utf8(signed), core::str::from_utf8(received))
        && let Some(found) = compare(signed, received, false)
    {
        return found;
    }
    // A prefix.
    if signed.starts_with(received) && !received.is_empty() {
        let evidence = alloc::format!("The body ends after {} of the {} signed bytes.", received.len(), signed.len());
        return Finding::new(CauseCode::BodyTruncated, evidence);
    }
    let mut reversed = Pair { signed: received, found: None, work: Work::new(MAX_WORK) };
    if bodies::candidates(signed, &mut reversed)
        && let Some(found) = reversed.found
    {
        return Finding::new(found.code, found.code.meaning());
    }
    other
}

/// Computes the HMAC of each candidate with each key.
struct Hmacs<'s> {
    header: &'s Header,
    keys: &'s [&'s Key],
    work: Work,
    refused: bool,
    /// What was undone before, in reverse.
    before: Option<Finding>,
    found: Option<Vec<Finding>>,
    received: &'s [u8],
}

impl Hmacs<'_> {
    fn found(&mut self, key: &Key, mac: &[u8; 32], finding: &Finding) -> bool {
        let Some(mut found) = matching(self.header, key, mac, Some(finding)) else { return false };
        found.extend(self.before.clone());
        self.found = Some(found);
        true
    }
}

impl Tries for Hmacs<'_> {
    fn body(&mut self, body: &[u8], finding: Finding) -> bool {
        self.ends(body, &[(b"", finding)])
    }

    fn ends(&mut self, start: &[u8], ends: &[(&[u8], Finding)]) -> bool {
        for key in self.keys {
            if !self.spend(start.len() + 128 * ends.len()) {
                return false;
            }
            let mut started = key.mac.start(start);
            for (end, finding) in ends {
                if self.found(key, &started.mac(end), finding) {
                    return true;
                }
            }
        }
        false
    }

    fn json(&mut self, text: &[u8], finding: &dyn Fn(&[u8]) -> Finding) -> bool {
        if !self.spend(text.len()) {
            return false;
        }
        let inner = self.received.trim_ascii_end().len();
        let own = self.received.get(inner..).unwrap_or_default();
        for key in self.keys {
            if !self.spend(text.len()) {
                return false;
            }
            let mut started = key.mac.start(text);
            for end in [&b""[..], b"\n", own] {
                let mac = started.mac(end);
                if matching(self.header, key, &mac, None).is_some() {
                    return self.found(key, &mac, &finding(&[text, end].concat()));
                }
            }
        }
        false
    }

    fn spend(&mut self, bytes: usize) -> bool {
        let allowed = self.work.allows(bytes);
        self.refused |= !allowed;
        allowed
    }

    fn is_done(&self) -> bool {
        self.refused
    }
}

/// Undoes a second mistake after each first one.
struct Twice<'s> {
    inner: Hmacs<'s>,
    received: &'s [u8],
    /// Whether only what happens to files comes second.
    brief: bool,
}

impl Tries for Twice<'_> {
    fn body(&mut self, body: &[u8], finding: Finding) -> bool {
        if self.inner.refused || body == self.received {
            return false;
        }
        self.inner.before = Some(finding);
        let work = self.inner.work.split(WORK_OF_SECOND);
        let all = core::mem::replace(&mut self.inner.work, work);
        let found = if self.brief {
            bodies::of_files(body, &mut self.inner)
        } else {
            bodies::candidates(body, &mut self.inner) || habits::candidates(body, &mut self.inner)
        };
        self.inner.work = all;
        self.inner.refused = self.inner.work.is_used_up();
        found
    }

    fn ends(&mut self, start: &[u8], ends: &[(&[u8], Finding)]) -> bool {
        // A newline that was dropped is worth a second look, other ends are not.
        ends.len() <= 2 && ends.iter().any(|(end, finding)| self.body(&[start, end].concat(), finding.clone()))
    }

    fn json(&mut self, _: &[u8], _: &dyn Fn(&[u8]) -> Finding) -> bool {
        false
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.inner.spend(bytes)
    }

    fn is_done(&self) -> bool {
        self.inner.is_done()
    }
}

/// Compares each candidate with a body that is known to be signed.
struct Pair<'s> {
    signed: &'s [u8],
    found: Option<Finding>,
    work: Work,
}

impl Tries for Pair<'_> {
    fn body(&mut self, body: &[u8], finding: Finding) -> bool {
        self.ends(body, &[(b"", finding)])
    }

    fn ends(&mut self, start: &[u8], ends: &[(&[u8], Finding)]) -> bool {
        let Some(rest) = self.signed.strip_prefix(start) else { return false };
        let found = ends.iter().find(|(end, _)| *end == rest);
        self.found = found.map(|(_, finding)| finding.clone());
        self.found.is_some()
    }

    fn json(&mut self, _: &[u8], _: &dyn Fn(&[u8]) -> Finding) -> bool {
        false
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.work.allows(bytes)
    }

    fn is_done(&self) -> bool {
        self.work.is_used_up()
    }
}
