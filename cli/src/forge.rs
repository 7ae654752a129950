//! Forged deliveries: what no receiver may accept.

use clap::ValueEnum;
use payvost_webhooks::sign;

use crate::delivery::Delivery;
use crate::event::fresh_id;
use crate::status::Failure;

/// How a delivery is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Forgery {
    /// Signed with a secret that nobody has
    WrongSecret,
    /// Without the header
    Missing,
    /// With an empty header
    Empty,
    /// Without the last digit
    Truncated,
    /// With another last digit
    Corrupted,
    /// In upper case
    Uppercase,
    /// With sha256= in front
    Prefixed,
    /// With a body that changed after it was signed
    AlteredBody,
}

impl Forgery {
    pub(crate) fn forge(self, delivery: &mut Delivery) -> Result<(), Failure> {
        let genuine = core::mem::take(&mut delivery.signature);
        delivery.signature = match self {
            Self::WrongSecret => sign(&delivery.payload, format!("whsec_{}", fresh_id()?)).map_err(Failure::from_core)?,
            Self::Missing => String::new(),
            Self::Empty => {
                let mut headers = delivery.headers.to_vec();
                headers.push(("Payvost-Signature".to_owned(), String::new()));
                delivery.headers = headers.into();
                String::new()
            }
            Self::Truncated => without_last(&genuine).to_owned(),
            Self::Corrupted => format!("{}{}", without_last(&genuine), if genuine.ends_with('0') { '1' } else { '0' }),
            Self::Uppercase => genuine.to_ascii_uppercase(),
            Self::Prefixed => format!("sha256={genuine}"),
            Self::AlteredBody => {
                let mut payload = delivery.payload.to_vec();
                payload.push(b' ');
                delivery.payload = payload.into();
                genuine
            }
        };
        Ok(())
    }
}

fn without_last(signature: &str) -> &str {
    signature.get(..signature.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::verify_webhook;

    #[test]
    fn no_forgery_verifies() {
        let payload = payvost_webhooks::sample_event("payment.succeeded").unwrap();
        for forgery in Forgery::value_variants() {
            let mut delivery = Delivery {
                name: None,
                url: "http://127.0.0.1/".into(),
                payload: payload.as_bytes().into(),
                signature: sign(payload, "whsec_test").unwrap(),
                headers: [].into(),
            };
            assert!(verify_webhook(&delivery.payload, &delivery.signature, "whsec_test").is_ok());
            forgery.forge(&mut delivery).unwrap();
            assert!(verify_webhook(&delivery.payload, &delivery.signature, "whsec_test").is_err(), "{forgery:?}");
        }
    }
}
