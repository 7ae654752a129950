//! Reads a request, up to the limit of a verifier.

use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, Request};
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use payvost_webhooks::limits::ANSWER_TIME_LIMIT;
use payvost_webhooks::receive::{Arrival, Body, BodyEnd};
use tokio::time::timeout;

/// How much of a body over the limit is read: no sender of events has that much more to say.
const MOST_DROPPED: usize = 2 * 1024 * 1024;

const SIGNATURE: HeaderName = HeaderName::from_static("payvost-signature");

/// What arrived of a request.
#[derive(Clone)]
pub struct Arrived {
    body: Bytes,
    headers: HeaderMap,
    signature: Option<Bytes>,
    end: BodyEnd,
}

impl Arrived {
    /// Reads the body, up to one byte more than a verifier accepts, and for as long as Payvost waits for a response: 5 seconds.
    pub async fn read<B>(request: Request<B>, max_payload_bytes: usize) -> Self
    where
        B: HttpBody,
        B::Data: Send,
    {
        let (head, body) = request.into_parts();
        let signature = joined(&head.headers);
        let bytes = |name: HeaderName| head.headers.get(name).map(|value| value.as_bytes());
        let limit = Body::new(max_payload_bytes, bytes(CONTENT_LENGTH), bytes(TRANSFER_ENCODING)).limit();
        let mut read = BytesMut::new();
        let end = match timeout(ANSWER_TIME_LIMIT, read_up_to(body, limit, &mut read)).await {
            Ok(end) => end,
            Err(_) => BodyEnd::TimedOut,
        };
        Self { body: read.freeze(), headers: head.headers, signature, end }
    }

    /// As a receiver takes it.
    #[must_use]
    pub fn arrival(&self) -> Arrival<'_> {
        let bytes = |name: HeaderName| self.headers.get(name).map(|value| value.as_bytes());
        Arrival::new(&self.body, self.signature.as_deref())
            .content_length(bytes(CONTENT_LENGTH))
            .transfer_encoding(bytes(TRANSFER_ENCODING))
            .end(self.end)
    }
}

/// Without the body and the headers, which do not belong in a log.
impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrived").field("body_bytes", &self.body.len()).field("end", &self.end).finish_non_exhaustive()
    }
}

/// Reads up to the limit. More is read and dropped, so that a sender that does not listen before it has sent everything can read the
/// response.
async fn read_up_to<B>(body: B, limit: usize, read: &mut BytesMut) -> BodyEnd
where
    B: HttpBody,
{
    let mut body = pin!(body);
    let mut dropped = 0_usize;
    while dropped <= MOST_DROPPED
        && let Some(frame) = body.frame().await
    {
        let Ok(frame) = frame else { return BodyEnd::Broken };
        if let Ok(mut data) = frame.into_data() {
            let room = limit.saturating_sub(read.len()).min(data.remaining());
            read.extend_from_slice(&data.copy_to_bytes(room));
            dropped = dropped.saturating_add(data.remaining());
        }
    }
    BodyEnd::Reached
}

/// Duplicate headers are joined with a comma (RFC 9110 §5.3), which no signature contains.
fn joined(headers: &HeaderMap) -> Option<Bytes> {
    let mut values = headers.get_all(SIGNATURE).iter();
    let first = values.next()?;
    let mut joined = first.as_bytes().to_vec();
    for value in values {
        joined.extend_from_slice(b", ");
        joined.extend_from_slice(value.as_bytes());
    }
    Some(joined.into())
}
