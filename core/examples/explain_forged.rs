//! Has forged deliveries explained, COUNT of them: `explain_forged COUNT [SEED]`. None may be accepted, each verdict must be that of
//! `verify`, and no cause may be named. The bodies are short, so that a million takes minutes. See `tests/explain`.

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)] // a development tool

use payvost_webhooks::explain::{Case, CauseCode, explain};
use payvost_webhooks::{WebhookVerifier, sign};

/// What a forger tries.
const FORGERIES: [(&str, Forge); 14] = [
    ("random signature", |r, _| vec![hex(r, 64)]),
    ("another secret", |r, body| vec![signed(body, &secret(r))]),
    ("the signature of another event", |r, _| {
        let (body, secret) = (event(r), secret(r));
        vec![signed(&body, &secret)]
    }),
    ("a part of a random signature", |r, _| {
        let length = 32 + r.below(32);
        vec![hex(r, length)]
    }),
    ("too few digits", |r, _| {
        let length = r.below(32);
        vec![hex(r, length)]
    }),
    ("upper case", |r, body| vec![signed(body, &secret(r)).to_uppercase()]),
    ("with a prefix", |r, body| vec![format!("sha256={}", signed(body, &secret(r)))]),
    ("a list of headers", |r, _| (0..=r.below(3)).map(|_| hex(r, 64)).collect()),
    ("a list in one header", |r, _| vec![(0..=r.below(3)).map(|_| hex(r, 64)).collect::<Vec<_>>().join(", ")]),
    ("zeros", |_, _| vec!["0".repeat(64)]),
    ("a timestamped scheme", |r, _| vec![format!("t={},v1={}", 1_700_000_000 + r.below(1 << 24), hex(r, 64))]),
    ("the length of another hash", |r, _| {
        let length = [32, 40, 56, 96, 128][r.below(5)];
        vec![hex(r, length)]
    }),
    ("junk", |r, _| vec![(0..r.below(80)).map(|_| char::from(b' ' + r.below(95) as u8)).collect()]),
    ("none", |_, _| Vec::new()),
];

type Forge = fn(&mut Random, &[u8]) -> Vec<String>;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().unwrap());
    let (count, seed) = (arguments.next().unwrap(), arguments.next().unwrap_or(1));
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for number in 1..=count {
        let (name, forge) = FORGERIES[random.below(FORGERIES.len())];
        let body = body(&mut random);
        let headers = forge(&mut random, &body);
        let configured = secret(&mut random);
        let others: Vec<String> = (0..random.below(2)).map(|_| secret(&mut random)).collect();
        let bodies: Vec<Vec<u8>> = (0..random.below(2)).map(|_| event(&mut random)).collect();
        let explanation = explain(&Case {
            body: &body,
            headers: &headers.iter().map(String::as_bytes).collect::<Vec<_>>(),
            secret: configured.as_bytes(),
            other_secrets: &others.iter().map(String::as_bytes).collect::<Vec<_>>(),
            other_bodies: &bodies.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        });
        let header = (!headers.is_empty()).then(|| headers.join(", "));
        let verified = WebhookVerifier::new(&configured).unwrap().verify(&body, header.as_deref()).map(drop);
        let context = || {
            format!(
                "{name}, number {number} of seed {seed}: {explanation:?}\n{headers:?} {:?}",
                body.escape_ascii().to_string()
            )
        };
        assert!(verified.is_err() && explanation.result() == verified, "{}", context());
        let named: Vec<CauseCode> = explanation.causes().iter().map(|cause| cause.code()).collect();
        assert_eq!(named, [CauseCode::Unknown], "{}", context());
        if number % 10_000 == 0 || number == count {
            println!("{number} forged deliveries: none accepted, no cause named");
        }
    }
}

fn body(random: &mut Random) -> Vec<u8> {
    match random.below(8) {
        0 => (0..random.below(60)).map(|_| random.below(256) as u8).collect(),
        1 => Vec::new(),
        2 => b"{}".to_vec(),
        3 => format!("a={}&b=%7B", random.below(1000)).into_bytes(),
        4 => hex(random, 40).into_bytes(),
        5 => format!("[{}]\n", random.below(100)).into_bytes(),
        6 => {
            let mut body = event(random);
            body.truncate(random.below(body.len()));
            body
        }
        _ => event(random),
    }
}

fn event(random: &mut Random) -> Vec<u8> {
    let id = random.below(1 << 30);
    let body = match random.below(3) {
        0 => format!(r#"{{"id":"{id}"}}"#),
        1 => format!(r#"{{"id":"evt_{id}","data":{{"n":{}}}}}"#, random.below(9)),
        _ => format!(r#"{{"type": "é/{id}"}}"#),
    };
    body.into_bytes()
}

fn secret(random: &mut Random) -> String {
    format!("whsec_{}", hex(random, 32))
}

fn signed(body: &[u8], secret: &str) -> String {
    sign(body, secret).unwrap()
}

fn hex(random: &mut Random, length: usize) -> String {
    (0..length).map(|_| char::from(b"0123456789abcdef"[random.below(16)])).collect()
}

/// Xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
