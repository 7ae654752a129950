//! Decides generated deliveries and prints one digest per thousand, to compare processors: `seeded_digests FIRST_SEED SEEDS`.
//!
//! A seed stands for a thousand deliveries. Of each, the digest covers the code, the offset, the pointer and the canonical value.
//! `seeded_digests --cases SEED` prints those of one seed, one per line, to find the delivery that makes a difference.
//! `tests/processors/run` compares.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a development tool

#[path = "../tests/canonical/mod.rs"]
mod canonical;
#[path = "../tests/texts/mod.rs"]
mod texts;

use payvost_webhooks::{WebhookVerifier, sign};
use sha2::{Digest, Sha256};
use texts::Random;

const SECRET: &str = "whsec_example";
const PER_SEED: usize = 1000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--cases", seed] => cases(seed.parse().unwrap()).for_each(|case| println!("{case}")),
        [first, seeds] => {
            let first: u64 = first.parse().unwrap();
            (first..first + seeds.parse::<u64>().unwrap()).for_each(|seed| println!("{}", digest(seed)));
        }
        _ => panic!("usage: seeded_digests FIRST_SEED SEEDS, or seeded_digests --cases SEED"),
    }
}

fn digest(seed: u64) -> String {
    let (mut hash, mut accepted) = (Sha256::new(), 0);
    for case in cases(seed) {
        accepted += usize::from(case.starts_with("valid"));
        hash.update(case);
        hash.update("\n");
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{seed} {hex} {accepted} of {PER_SEED} accepted")
}

/// One line per delivery: the code, the offset, the pointer, the canonical value; `-` for what there is not.
fn cases(seed: u64) -> impl Iterator<Item = String> {
    let verifier = WebhookVerifier::new(SECRET).unwrap();
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..PER_SEED).map(move |_| {
        let (payload, signature) = delivery(&mut random);
        match verifier.verify(&payload, signature.as_str()) {
            Ok(event) => format!("valid - - {}", canonical::canonical(event.as_value())),
            Err(error) => {
                let offset = error.offset().map_or_else(|| "-".into(), |offset| offset.to_string());
                format!("{} {offset} {} -", error.code().as_str(), error.pointer().unwrap_or("-"))
            }
        }
    })
}

/// Most are signed correctly. In some, a byte anywhere in the event or a character of the signature is another.
fn delivery(random: &mut Random) -> (Vec<u8>, String) {
    let mut payload = random.text();
    if random.below(4) == 0 {
        let at = random.below(payload.len());
        payload[at] = random.pick(b"\"\\{}[]:,0aT-Z\x80\xff");
    }
    let mut signature = sign(&payload, SECRET).unwrap();
    if random.below(16) == 0 {
        let at = random.below(signature.len());
        signature.replace_range(at..=at, random.pick(&["0", "f", "F", "g"]));
    }
    (payload, signature)
}
