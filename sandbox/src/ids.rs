//! Ids and secrets.

use payvost_webhooks::sign;

/// Makes every id and secret from a seed and the number of the row that it is for: the same seed makes the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: String,
    /// For every webhook, instead of one each.
    secret: Option<String>,
}

impl Ids {
    /// Without a seed, ids and secrets are random.
    pub(crate) fn new(seed: Option<u64>, secret: Option<String>) -> Result<Self, getrandom::Error> {
        let seed = match seed {
            Some(seed) => format!("seed {seed}"),
            None => random_hex()?,
        };
        Ok(Self { seed, secret })
    }

    pub(crate) fn webhook(&self, number: i64) -> String {
        self.named("webhook", number, 20)
    }

    pub(crate) fn event(&self, number: i64) -> String {
        self.named("evt", number, 20)
    }

    /// The secret of a webhook after this number of rotations. A secret from the options is used until the first one.
    pub(crate) fn secret(&self, webhook: i64, rotations: i64) -> String {
        match &self.secret {
            Some(secret) if rotations == 0 => secret.clone(),
            _ => format!("whsec_{}", self.digits(&format!("secret {rotations}"), webhook, 48)),
        }
    }

    fn named(&self, kind: &str, number: i64, length: usize) -> String {
        format!("{kind}_{}", self.digits(kind, number, length))
    }

    fn digits(&self, kind: &str, number: i64, length: usize) -> String {
        // An HMAC keyed with the seed gives nothing of it away, and cannot fail: the seed is a valid key.
        let mut digits = sign(format!("{kind} {number}").as_bytes(), &self.seed).unwrap_or_default();
        digits.truncate(length);
        digits
    }
}

/// 128 random bits.
pub(crate) fn random_hex() -> Result<String, getrandom::Error> {
    use core::fmt::Write;
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_ids_and_secrets() {
        let (one, same, other) =
            (Ids::new(Some(1), None).unwrap(), Ids::new(Some(1), None).unwrap(), Ids::new(None, None).unwrap());
        assert_eq!(one.event(7), same.event(7));
        assert_eq!(one.secret(1, 0), same.secret(1, 0));
        assert_ne!(one.event(7), one.event(8));
        assert_ne!(one.secret(1, 0), one.secret(1, 1));
        assert_ne!(one.event(7), other.event(7));
    }

    #[test]
    fn a_given_secret_is_replaced_by_a_rotation() {
        let ids = Ids::new(None, Some("whsec_mine".into())).unwrap();
        assert_eq!(ids.secret(1, 0), "whsec_mine");
        assert_eq!(ids.secret(2, 0), "whsec_mine");
        assert_ne!(ids.secret(1, 1), "whsec_mine");
    }
}
