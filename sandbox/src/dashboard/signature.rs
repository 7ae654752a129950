//! The signature of an attempt, and how to recompute it with a shell.

use payvost_webhooks::sign;

use crate::store::Webhook;

/// The longest body that a line of shell can hold comfortably.
const MAX_BODY_BYTES: usize = 16_384;

/// Which of a webhook's secrets made a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signer {
    Current,
    /// The one before, which signs until the overlap ends.
    Previous,
    /// One that was replaced since.
    Replaced,
}

pub(super) fn signer(payload: &[u8], signature: &str, webhook: &Webhook) -> Signer {
    let made_by = |secret: &str| sign(payload, secret).is_ok_and(|made| made == signature);
    if made_by(&webhook.secret) {
        Signer::Current
    } else if webhook.previous_secret.as_ref().is_some_and(|(secret, _)| made_by(secret)) {
        Signer::Previous
    } else {
        Signer::Replaced
    }
}

/// Shell that prints the signature: `WEBHOOK_SECRET` has the secret. `None` where the body is too long.
pub(super) fn shell(payload: &[u8]) -> Option<String> {
    let body = core::str::from_utf8(payload).ok().filter(|body| body.len() <= MAX_BODY_BYTES)?;
    Some(format!("printf %s {} | openssl dgst -sha256 -hmac \"$WEBHOOK_SECRET\" | sed 's/.* //'", quoted(body)))
}

/// Text as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_shell_makes_the_same_signature() {
        let secret = "whsec_it's \"quoted\" $HOME `id` \\";
        for body in [r#"{"a":"b"}"#, "{\"name\":\"O'Brien \\u0027 \\n %s $(id)\u{202e}é\"}", "{\n  \"a\": 1\n}"] {
            let script = shell(body.as_bytes()).unwrap();
            let output = Command::new("sh").args(["-c", &script]).env("WEBHOOK_SECRET", secret).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), sign(body.as_bytes(), secret).unwrap(), "{script}");
        }
        assert_eq!(shell(&vec![b' '; MAX_BODY_BYTES + 1]), None);
    }
}
