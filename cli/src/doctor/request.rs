//! One request of a check, and how it becomes bytes.

use hyper::Uri;

use super::http::Step;

const AGENT: &str = concat!("payvost-webhooks-doctor/", env!("CARGO_PKG_VERSION"));
pub(crate) const SIGNATURE: &str = "Payvost-Signature";

/// Where requests go, and what each carries in addition.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) url: Uri,
    pub(crate) headers: Vec<(String, String)>,
}

/// A delivery, and everything that can be wrong about it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Completes the sentence "… was accepted". Empty where a check sends one request.
    pub(crate) label: &'static str,
    pub(crate) method: &'static str,
    pub(crate) version: &'static str,
    /// Added to the URL's query.
    pub(crate) query: Option<String>,
    /// The signature header is among them.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
}

/// How the receiver learns where the body ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    /// Announces something else.
    Announced(String),
    Chunked,
}

impl Request {
    /// A `POST` of JSON, as the provider sends it, without a signature.
    pub(crate) fn unsigned(body: impl Into<Vec<u8>>) -> Self {
        Self {
            label: "",
            method: "POST",
            version: "HTTP/1.1",
            query: None,
            headers: Vec::new(),
            content_type: Some("application/json"),
            body: body.into(),
            framing: Framing::Length,
        }
    }

    pub(crate) fn signed(body: impl Into<Vec<u8>>, signature: impl AsRef<[u8]>) -> Self {
        Self::unsigned(body).with(SIGNATURE, signature)
    }

    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn label(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn content_type(self, content_type: Option<&'static str>) -> Self {
        Self { content_type, ..self }
    }

    pub(crate) fn framing(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    /// Head and body.
    pub(crate) fn bytes(&self, target: &Target) -> Vec<u8> {
        let mut bytes = self.head(target);
        if self.framing == Framing::Chunked {
            for piece in self.body.chunks(100) {
                bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                bytes.extend_from_slice(piece);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }

    pub(crate) fn head(&self, target: &Target) -> Vec<u8> {
        let url = &target.url;
        let path = url.path_and_query().map_or("/", |target| target.as_str());
        let resource = match &self.query {
            Some(query) => format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' }),
            None => path.to_owned(),
        };
        let authority = url.authority().map_or("", |authority| authority.as_str());
        let mut head = format!("{} {resource} {}\r\nHost: {authority}\r\nUser-Agent: {AGENT}\r\n", self.method, self.version);
        if let Some(content_type) = self.content_type {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        match &self.framing {
            Framing::Length => head.push_str(&format!("Content-Length: {}\r\n", self.body.len())),
            Framing::Announced(length) => head.push_str(&format!("Content-Length: {length}\r\n")),
            Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
        }
        let mut head = head.into_bytes();
        let more = target.headers.iter().map(|(name, value)| (name, value.as_bytes()));
        for (name, value) in self.headers.iter().map(|(name, value)| (name, value.as_slice())).chain(more) {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// All at once.
    pub(crate) fn steps(&self, target: &Target) -> Vec<Step> {
        vec![Step::Send(self.bytes(target))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_as_bytes() {
        let headers = vec![("X-Stage".to_owned(), "test".to_owned())];
        let target = Target { url: "http://localhost:3000/hooks?a=b".parse().unwrap(), headers };
        let request = Request { query: Some("signature=0".into()), ..Request::signed("{}", "abc") };
        assert_eq!(
            String::from_utf8(request.bytes(&target)).unwrap(),
            format!(
                "POST /hooks?a=b&signature=0 HTTP/1.1\r\nHost: localhost:3000\r\nUser-Agent: {AGENT}\r\n\
                 Content-Type: application/json\r\nContent-Length: 2\r\nPayvost-Signature: abc\r\nX-Stage: test\r\n\r\n{{}}"
            )
        );
        let chunked = Request::unsigned([b'x'; 101]).framing(Framing::Chunked).bytes(&target);
        assert!(chunked.ends_with(b"x\r\n1\r\nx\r\n0\r\n\r\n"));
    }
}
