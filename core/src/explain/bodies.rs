//! The bodies that may have been signed, guessed from the one that was received, except JSON that a serializer wrote.

use alloc::format;
use alloc::vec::Vec;

use super::code::CauseCode;
use super::encodings::{Narrow, base64, from_base64, from_percent, from_utf16, narrow, percent, utf16, widen};
use super::finding::Finding;
use super::inflate::decompress;
use crate::limits::DEFAULT_MAX_PAYLOAD_BYTES;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// From this length on, only what is likely is tried: each try takes a while.
pub(super) const LONG: usize = 65_536;

/// Where candidates go: a start, what may follow it, and the finding. It returns whether to stop.
pub(super) trait Tries {
    /// Tries one body.
    fn body(&mut self, body: &[u8], finding: Finding) -> bool;
    /// Tries a body with each of several ends, which costs little more than one of them.
    fn ends(&mut self, start: &[u8], ends: &[(&[u8], Finding)]) -> bool;
    /// Tries a JSON text, alone and with the ends that files and streams have. The finding is made from the whole body that matches.
    fn json(&mut self, text: &[u8], finding: &dyn Fn(&[u8]) -> Finding) -> bool;
    /// Uses up work besides a try: so many bytes were read or written. Returns whether there was enough left.
    fn spend(&mut self, bytes: usize) -> bool;
    /// Whether the work is used up.
    fn is_done(&self) -> bool;
}

/// Tries bodies of one kind. Returns whether one of them was signed.
type Stage = fn(&[u8], &mut dyn Tries) -> bool;

/// Tries every body that may have been signed, the most likely first. Returns whether one of them was.
pub(super) fn candidates(body: &[u8], tries: &mut dyn Tries) -> bool {
    let stages: [Stage; 8] = [newlines, line_ends, mark, encoded, recoded, truncated, edges, wrapped];
    stages.into_iter().any(|stage| !tries.is_done() && stage(body, tries))
}

/// Tries what editors and file systems do to a text.
pub(super) fn of_files(body: &[u8], tries: &mut dyn Tries) -> bool {
    newlines(body, tries) || line_ends(body, tries) || mark(body, tries)
}

fn newlines(body: &[u8], tries: &mut dyn Tries) -> bool {
    let finding = |evidence: &'static str| Finding::new(CauseCode::BodyTrailingNewline, evidence);
    for end in [&b"\r\n"[..], b"\n", b"\r"] {
        if let Some(rest) = body.strip_suffix(end) {
            let last = rest.trim_ascii_end();
            let all_newlines = body.get(last.len()..).is_some_and(|edge| edge.iter().all(|byte| matches!(byte, b'\r' | b'\n')));
            if tries.body(rest, finding("The body has a newline at its end that was not signed."))
                || all_newlines && tries.body(last, finding("The body has newlines at its end that were not signed."))
            {
                return true;
            }
        }
    }
    let lacks = || finding("The signed body has a newline at its end, which the received one lacks.");
    tries.ends(body, &[(b"\n", lacks()), (b"\r\n", lacks())])
}

fn line_ends(body: &[u8], tries: &mut dyn Tries) -> bool {
    if !body.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return false;
    }
    let lf = replaced(&replaced(body, b"\r\n", b"\n"), b"\r", b"\n");
    let crlf = replaced(&lf, b"\n", b"\r\n");
    let found = [
        (&lf, "The signed body has LF line ends, and the received one CRLF or CR."),
        (&crlf, "The signed body has CRLF line ends, and the received one LF or CR."),
        (&replaced(&lf, b"\n", b"\r"), "The signed body has CR line ends, and the received one LF or CRLF."),
        (&replaced(body, b"\r\r\n", b"\r\n"), "The line ends of the received body were converted twice."),
    ];
    found
        .into_iter()
        .any(|(candidate, evidence)| candidate != body && tries.body(candidate, Finding::new(CauseCode::BodyCrlf, evidence)))
}

fn mark(body: &[u8], tries: &mut dyn Tries) -> bool {
    let finding = |evidence: &'static str| Finding::new(CauseCode::BodyBom, evidence);
    match body.strip_prefix(MARK) {
        Some(rest) => {
            let rest = rest.strip_prefix(MARK).unwrap_or(rest);
            tries.body(rest, finding("The body begins with a byte order mark that was not signed."))
        }
        None => tries.body(
            &[MARK, body].concat(),
            finding("The signed body begins with a byte order mark, which the received one lacks."),
        ),
    }
}

/// Base64, forms and compression: only where the body looks like it.
fn encoded(body: &[u8], tries: &mut dyn Tries) -> bool {
    if let Some(text) = between_quotes(body)
        && let Some(decoded) = from_base64(text)
        && tries.body(&decoded, Finding::new(CauseCode::BodyBase64, "The received body is base64 of the signed one."))
    {
        return true;
    }
    let finding = || Finding::new(CauseCode::BodyFormEncoded, "The received body is a form with the signed body in it.");
    let is_encoded = body.iter().any(|byte| matches!(byte, b'%' | b'='));
    for plus in [true, false].into_iter().filter(|_| is_encoded) {
        let decoded = from_percent(body, plus);
        let decoded = decoded.as_deref().unwrap_or(body);
        let value = decoded.iter().position(|byte| *byte == b'=').and_then(|place| decoded.get(place + 1..));
        let is_form = !body.starts_with(b"{") && !body.trim_ascii_start().starts_with(b"{");
        let value = value.filter(|value| is_form && !value.is_empty());
        for candidate in [Some(decoded), decoded.strip_suffix(b"="), value].into_iter().flatten() {
            if candidate.len() < body.len() && tries.body(candidate, finding()) {
                return true;
            }
        }
    }
    let looks_compressed = body.first().is_some_and(|byte| !matches!(byte, b'{' | b'[' | b' ' | b'\n' | b'\r' | b'\t' | b'"'));
    if looks_compressed && let Some((plain, format)) = decompress(body, DEFAULT_MAX_PAYLOAD_BYTES) {
        let evidence = format!("The received body is the signed one, compressed ({format}).");
        return tries.body(&plain, Finding::new(CauseCode::BodyCompressed, evidence));
    }
    false
}

fn recoded(body: &[u8], tries: &mut dyn Tries) -> bool {
    let finding = |evidence: &'static str| Finding::new(CauseCode::BodyRecoded, evidence);
    if let Some(text) = from_utf16(body)
        && tries.body(&text, finding("The received body is in UTF-16, and the signed one in UTF-8."))
    {
        return true;
    }
    let Ok(text) = core::str::from_utf8(body) else {
        return [Narrow::Windows1252, Narrow::Latin1].into_iter().any(|charset| {
            let candidate = widen(body, charset);
            tries.body(
                candidate.as_bytes(),
                finding("The received body is in Latin-1 or windows-1252, and the signed one in UTF-8."),
            )
        });
    };
    let twice = "The UTF-8 of the signed body was read as Latin-1 or windows-1252 and written as UTF-8 again.";
    for charset in [Narrow::Windows1252, Narrow::Latin1] {
        let mut current = narrow(text, charset);
        for _ in 0..2 {
            let Some(bytes) = current else { break };
            if tries.body(&bytes, finding(twice)) {
                return true;
            }
            current = core::str::from_utf8(&bytes).ok().and_then(|text| narrow(text, charset));
        }
    }
    false
}

/// Ends that complete the received body: what it leaves open, and the last field of the provider's events.
fn truncated(body: &[u8], tries: &mut dyn Tries) -> bool {
    let Some(open) = open_at_end(body) else { return false };
    let finding = || {
        Finding::new(CauseCode::BodyTruncated, "The end of the body is missing. It matches the signature once it is completed.")
    };
    let (text, closing): (&[u8], Vec<u8>) = match open {
        Open::String(closing) => (b"\"", closing),
        Open::Container(closing) => (b"", closing),
        Open::Nothing => return false,
    };
    let mut ends: Vec<Vec<u8>> = Vec::new();
    let indents: &[&[u8]] = if body.contains(&b'\n') { &[b"", b"  ", b"    ", b"\t"] } else { &[b""] };
    for indent in indents {
        let closing = if indent.is_empty() { closing.clone() } else { on_lines(&closing, indent) };
        for newline in [&b""[..], b"\n"] {
            ends.push([text, &*closing, newline].concat());
        }
        rests(body, &closing, &closing, &mut ends);
        for word in [&b"null"[..], b"true", b"false"] {
            rests(body, word, &[word, &*closing].concat(), &mut ends);
        }
    }
    // The last field of an event, whose start may have arrived.
    let inner = closing.get(..closing.len().saturating_sub(1)).unwrap_or_default();
    for last in [&b",\"previousData\":null}"[..], b", \"previousData\": null}"] {
        rests(body, last, last, &mut ends);
        ends.push([text, inner, last].concat());
    }
    let ends: Vec<(&[u8], Finding)> = ends.iter().map(|end| (&**end, finding())).collect();
    tries.ends(body, &ends)
}

/// The closing brackets, each on a line of its own.
fn on_lines(closing: &[u8], indent: &[u8]) -> Vec<u8> {
    let brackets = closing.iter().zip((0..closing.len()).rev());
    brackets.flat_map(|(bracket, depth)| [b"\n", &*indent.repeat(depth), &[*bracket]].concat()).collect()
}

/// What completes a text whose end is a part of `word`: the rest of `whole`, which begins with the word.
fn rests(body: &[u8], word: &[u8], whole: &[u8], ends: &mut Vec<Vec<u8>>) {
    for length in 0..word.len() {
        if let (Some(start), Some(rest)) = (whole.get(..length), whole.get(length..))
            && body.ends_with(start)
        {
            ends.push(rest.to_vec());
        }
    }
}

/// What is still open at the end of a text, with the brackets that close it.
enum Open {
    Nothing,
    Container(Vec<u8>),
    String(Vec<u8>),
}

fn open_at_end(body: &[u8]) -> Option<Open> {
    /// No event nests deeper, so nothing else is worth completing.
    const MAX_OPEN: usize = 256;
    let (mut closing, mut in_string, mut escaped) = (Vec::new(), false, false);
    for byte in body {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' => closing.push(b'}'),
            b'[' => closing.push(b']'),
            b'}' | b']' => drop(closing.pop()),
            _ => {}
        }
        if closing.len() > MAX_OPEN {
            return None;
        }
    }
    closing.reverse();
    Some(if in_string {
        Open::String(closing)
    } else if closing.is_empty() {
        Open::Nothing
    } else {
        Open::Container(closing)
    })
}

fn edges(body: &[u8], tries: &mut dyn Tries) -> bool {
    let finding = |evidence: &'static str| Finding::new(CauseCode::BodyTrimmed, evidence);
    let inner = trimmed(body);
    if inner.len() < body.len() {
        let evidence = "The body has whitespace around it that was not signed.";
        if tries.body(inner, finding(evidence))
            || tries.body(body.trim_ascii_start(), finding(evidence))
            || tries.body(body.trim_ascii_end(), finding(evidence))
        {
            return true;
        }
    }
    let lacks = || finding("The signed body has whitespace around it, which the received one lacks.");
    let ends = [&b""[..], b" ", b"\n", b"\t", b"\r\n", b"\n\n", b"  ", b" \n", b"\n ", b"\r\n\r\n", b"   ", b"    ", b"\0"];
    let ends: Vec<(&[u8], Finding)> = ends.into_iter().map(|end| (end, lacks())).collect();
    let starts = [&b""[..], b" ", b"\n", b"\t", b"\r\n", b"  ", b"\n\n", b" \n", b"\n ", b"   ", b"    "];
    // Each start costs as much as the body is long.
    let starts = if body.len() > LONG { starts.get(..1).unwrap_or_default() } else { &starts };
    starts.iter().any(|start| tries.ends(&[*start, inner].concat(), &ends))
}

/// What is rare: the other way round.
fn wrapped(body: &[u8], tries: &mut dyn Tries) -> bool {
    if body.len() > LONG {
        return false;
    }
    let form = |evidence: &'static str| Finding::new(CauseCode::BodyFormEncoded, evidence);
    // A form parser takes the plus of a positive amount for a space.
    if body.contains(&b' ') {
        let decoded = "The signed body has + where the received one has a space: a form parser has decoded it.";
        let first_of_string = first_of_strings(body);
        if tries.body(&first_of_string, form(decoded)) || tries.body(&replaced(body, b" ", b"+"), form(decoded)) {
            return true;
        }
    }
    for for_form in [true, false] {
        if tries.body(&percent(body, for_form), form("The signed body is percent-encoded, and the received one is not.")) {
            return true;
        }
    }
    let evidence = "The signed body is base64 of the received one.";
    if tries.body(&base64(body, false), Finding::new(CauseCode::BodyBase64, evidence)) {
        return true;
    }
    let Ok(text) = core::str::from_utf8(body) else { return false };
    [(true, true), (true, false), (false, true), (false, false)].into_iter().any(|(little, mark)| {
        let evidence = "The signed body is in UTF-16, and the received one in UTF-8.";
        tries.body(&utf16(text, little, mark), Finding::new(CauseCode::BodyRecoded, evidence))
    })
}

/// The text, with a plus in the place of each space that follows a quote.
fn first_of_strings(body: &[u8]) -> Vec<u8> {
    let before = [0].iter().chain(body);
    before.zip(body).map(|(before, byte)| if (*before, *byte) == (b'"', b' ') { b'+' } else { *byte }).collect()
}

fn between_quotes(body: &[u8]) -> Option<&[u8]> {
    let body = trimmed(body);
    let body = body.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(body);
    let body = match body.strip_prefix(b"data:") {
        Some(rest) => rest.iter().position(|byte| *byte == b',').and_then(|comma| rest.get(comma + 1..))?,
        None => body,
    };
    (!body.is_empty()).then_some(body)
}

/// Without whitespace and NULs at the edges.
pub(super) fn trimmed(body: &[u8]) -> &[u8] {
    let is_edge = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0b);
    let start = body.iter().take_while(is_edge).count();
    let rest = body.get(start..).unwrap_or_default();
    let end = rest.iter().rev().take_while(is_edge).count();
    rest.get(..rest.len() - end).unwrap_or_default()
}

fn replaced(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 64);
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(*byte);
            rest = after;
        }
    }
    out
}
