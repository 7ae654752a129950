//! The file of recorded deliveries: one JSON object a line.

use std::fs;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use payvost_webhooks::WebhookVerifier;
use serde::{Deserialize, Serialize};

use crate::input::secret_of;
use crate::status::Failure;

/// A delivery as it arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recorded {
    pub(crate) received_at: String,
    /// Path and query of the request.
    pub(crate) path: String,
    /// Names and values, in their order.
    pub(crate) headers: Vec<(String, String)>,
    /// In Base64, so that every byte is kept.
    body: String,
    /// `ok`, or why a receiver refuses it. A word of the recorder's: who replays the file verifies again.
    pub(crate) verdict: String,
}

impl Recorded {
    pub(crate) fn new(received_at: String, path: String, headers: Vec<(String, String)>, body: &[u8], verdict: &str) -> Self {
        Self { received_at, path, headers, body: STANDARD.encode(body), verdict: verdict.to_owned() }
    }

    fn signature(&self) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("payvost-signature"));
        values.next().map(|(_, value)| value.as_str())
    }

    /// When it arrived, in milliseconds since the Unix epoch.
    fn received_at_ms(&self) -> Option<u64> {
        let time = humantime::parse_rfc3339_weak(&self.received_at).ok()?;
        u64::try_from(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
    }
}

/// A recorded delivery that verified.
#[derive(Debug, Clone)]
pub(crate) struct Genuine {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) payload: Vec<u8>,
    /// In milliseconds since the Unix epoch.
    pub(crate) received_at: u64,
}

/// The secret that signed a recording.
#[derive(Debug, Args)]
pub(crate) struct RecordedArguments {
    /// The secret that signed the recorded deliveries, if it is not the one that signs now. One newline at its end is dropped
    #[arg(long, value_name = "FILE")]
    recorded_secret_file: Option<PathBuf>,
}

impl RecordedArguments {
    /// What decides which recorded deliveries are genuine: the secret they were signed with, or that which signs now.
    pub(crate) fn verifier(&self, secret: &[u8]) -> Result<WebhookVerifier, Failure> {
        let verifier = match &self.recorded_secret_file {
            Some(file) => WebhookVerifier::new(secret_of(file)?),
            None => WebhookVerifier::new(secret),
        };
        verifier.map_err(Failure::from_core)
    }
}

/// Reads a recording, from its start or on from where it was left.
#[derive(Debug)]
pub(crate) struct Reader {
    file: PathBuf,
    offset: u64,
    line: u64,
}

/// A line of a recording.
#[derive(Debug)]
pub(crate) enum Line {
    Genuine(Genuine),
    /// It does not verify. The text says why.
    Refused(String),
}

impl Reader {
    pub(crate) fn open(file: &Path) -> Result<Self, Failure> {
        fs::File::open(file).map_err(|error| unreadable(file, &error))?;
        Ok(Self { file: file.to_owned(), offset: 0, line: 0 })
    }

    /// How many bytes have been read, of whole lines.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Goes on at a place that [`offset`](Self::offset) told. Returns whether the file is that long.
    pub(crate) fn seek(&mut self, offset: u64) -> Result<bool, Failure> {
        let length = fs::metadata(&self.file).map_err(|error| unreadable(&self.file, &error))?.len();
        self.offset = offset.min(length);
        Ok(offset <= length)
    }

    /// The lines that are complete and have not been read. `None` where there are none.
    pub(crate) fn read(&mut self, verifier: &WebhookVerifier) -> Result<Option<Line>, Failure> {
        let mut text = Vec::new();
        let mut file = fs::File::open(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let read = || {
            file.seek(SeekFrom::Start(self.offset))?;
            BufReader::new(file).read_until(b'\n', &mut text)
        };
        let length = read().map_err(|error| unreadable(&self.file, &error))?;
        // A line without its end is still being written.
        if text.pop() != Some(b'\n') {
            return Ok(None);
        }
        self.offset = self.offset.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        self.line += 1;
        Ok(Some(
            judge(&text, verifier).map_or_else(|reason| Line::Refused(format!("line {}: {reason}", self.line)), Line::Genuine),
        ))
    }
}

/// Only what verifies now is genuine, whatever the line says.
fn judge(text: &[u8], verifier: &WebhookVerifier) -> Result<Genuine, String> {
    let recorded: Recorded = serde_json::from_slice(text).map_err(|_| "it is not a recorded delivery".to_owned())?;
    let payload = STANDARD.decode(&recorded.body).map_err(|_| "the body is not Base64".to_owned())?;
    let event = verifier.verify(&payload, recorded.signature()).map_err(|error| error.to_string())?;
    Ok(Genuine {
        id: event.id().to_owned(),
        event_type: event.event_type().to_owned(),
        received_at: recorded.received_at_ms().ok_or("receivedAt is not a time")?,
        payload: payload.clone(),
    })
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot read the recording {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks::{sample_event, sign};

    #[test]
    fn a_line_that_only_claims_to_be_verified_is_refused() {
        let verifier = WebhookVerifier::new("whsec_real").unwrap();
        let body = sample_event("payment.succeeded").unwrap();
        let line = |secret: &str| {
            let headers = vec![("Payvost-Signature".to_owned(), sign(body, secret).unwrap())];
            let recorded = Recorded::new("2026-01-02T03:04:05.678Z".into(), "/".into(), headers, body.as_bytes(), "ok");
            serde_json::to_vec(&recorded).unwrap()
        };
        let genuine = judge(&line("whsec_real"), &verifier).unwrap();
        assert_eq!((genuine.event_type.as_str(), genuine.received_at), ("payment.succeeded", 1_767_323_045_678));
        assert!(judge(&line("whsec_other"), &verifier).is_err());
        assert!(judge(b"{}", &verifier).is_err());
    }
}
