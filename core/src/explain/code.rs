//! The codes of causes.
// Made by `make generate` from core/contract/causes.toml: edit that file, not this one.

use core::fmt;

/// Why a delivery was refused. The codes are stable and the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CauseCode {
    /// `secret_newline`: The secret has a newline at its start or end that the signing secret does not have, or lacks one.
    SecretNewline,
    /// `secret_whitespace`: The secret has whitespace or invisible characters that the signing secret does not have, or lacks them.
    SecretWhitespace,
    /// `secret_quoted`: The quotes around the secret became a part of it.
    SecretQuoted,
    /// `secret_html_escaped`: Characters of the secret are HTML entities, such as &amp; in the place of &.
    SecretHtmlEscaped,
    /// `secret_is_api_key`: The secret is an API key (sk_ or pk_).
    SecretIsApiKey,
    /// `secret_prefix_stripped`: The prefix whsec_ was removed from the secret on one side only.
    SecretPrefixStripped,
    /// `secret_base64_decoded`: The secret was decoded from base64 on one side only.
    SecretBase64Decoded,
    /// `secret_of_other_endpoint`: Another of the given secrets signed this body.
    SecretOfOtherEndpoint,
    /// `body_reserialized`: The body was parsed and written again with other separators, escapes, numbers or key order.
    BodyReserialized,
    /// `body_key_order`: The keys of an object are in another order than when they were signed.
    BodyKeyOrder,
    /// `body_unicode_escaped`: Characters were written as `\u` escapes, or the other way round.
    BodyUnicodeEscaped,
    /// `body_crlf`: The line ends of the body were converted between LF, CRLF and CR.
    BodyCrlf,
    /// `body_trailing_newline`: A newline was added to the end of the body, or dropped from it.
    BodyTrailingNewline,
    /// `body_bom`: A byte order mark was added to the start of the body, or dropped from it.
    BodyBom,
    /// `body_trimmed`: Whitespace around the body was dropped or added.
    BodyTrimmed,
    /// `body_truncated`: The end of the body is missing.
    BodyTruncated,
    /// `body_form_encoded`: The body was encoded or decoded as an HTML form.
    BodyFormEncoded,
    /// `body_base64`: The body is base64 of what was signed, or the other way round.
    BodyBase64,
    /// `body_compressed`: The body is compressed, and what was signed is not, or the other way round.
    BodyCompressed,
    /// `body_recoded`: The body was converted to or from another charset, such as Latin-1 or UTF-16.
    BodyRecoded,
    /// `signature_uppercase`: The signature has upper-case digits.
    SignatureUppercase,
    /// `signature_base64`: The signature is in base64 instead of hexadecimal.
    SignatureBase64,
    /// `signature_prefixed`: The header has text before or after the signature, such as sha256=.
    SignaturePrefixed,
    /// `signature_truncated`: Digits of the signature are missing.
    SignatureTruncated,
    /// `signature_doubled`: The header was sent twice, or holds two signatures.
    SignatureDoubled,
    /// `signature_whitespace`: The signature has whitespace in it or around it.
    SignatureWhitespace,
    /// `signature_of_other_algorithm`: The signature was made with another algorithm or another scheme.
    SignatureOfOtherAlgorithm,
    /// `signature_of_other_event`: The signature belongs to another of the given bodies.
    SignatureOfOtherEvent,
    /// `unknown`: Nothing could be proven.
    Unknown,
}

impl CauseCode {
    /// Every code.
    pub const ALL: [Self; 29] = [
        Self::SecretNewline,
        Self::SecretWhitespace,
        Self::SecretQuoted,
        Self::SecretHtmlEscaped,
        Self::SecretIsApiKey,
        Self::SecretPrefixStripped,
        Self::SecretBase64Decoded,
        Self::SecretOfOtherEndpoint,
        Self::BodyReserialized,
        Self::BodyKeyOrder,
        Self::BodyUnicodeEscaped,
        Self::BodyCrlf,
        Self::BodyTrailingNewline,
        Self::BodyBom,
        Self::BodyTrimmed,
        Self::BodyTruncated,
        Self::BodyFormEncoded,
        Self::BodyBase64,
        Self::BodyCompressed,
        Self::BodyRecoded,
        Self::SignatureUppercase,
        Self::SignatureBase64,
        Self::SignaturePrefixed,
        Self::SignatureTruncated,
        Self::SignatureDoubled,
        Self::SignatureWhitespace,
        Self::SignatureOfOtherAlgorithm,
        Self::SignatureOfOtherEvent,
        Self::Unknown,
    ];

    /// The code as a string, such as `secret_newline`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretNewline => "secret_newline",
            Self::SecretWhitespace => "secret_whitespace",
            Self::SecretQuoted => "secret_quoted",
            Self::SecretHtmlEscaped => "secret_html_escaped",
            Self::SecretIsApiKey => "secret_is_api_key",
            Self::SecretPrefixStripped => "secret_prefix_stripped",
            Self::SecretBase64Decoded => "secret_base64_decoded",
            Self::SecretOfOtherEndpoint => "secret_of_other_endpoint",
            Self::BodyReserialized => "body_reserialized",
            Self::BodyKeyOrder => "body_key_order",
            Self::BodyUnicodeEscaped => "body_unicode_escaped",
            Self::BodyCrlf => "body_crlf",
            Self::BodyTrailingNewline => "body_trailing_newline",
            Self::BodyBom => "body_bom",
            Self::BodyTrimmed => "body_trimmed",
            Self::BodyTruncated => "body_truncated",
            Self::BodyFormEncoded => "body_form_encoded",
            Self::BodyBase64 => "body_base64",
            Self::BodyCompressed => "body_compressed",
            Self::BodyRecoded => "body_recoded",
            Self::SignatureUppercase => "signature_uppercase",
            Self::SignatureBase64 => "signature_base64",
            Self::SignaturePrefixed => "signature_prefixed",
            Self::SignatureTruncated => "signature_truncated",
            Self::SignatureDoubled => "signature_doubled",
            Self::SignatureWhitespace => "signature_whitespace",
            Self::SignatureOfOtherAlgorithm => "signature_of_other_algorithm",
            Self::SignatureOfOtherEvent => "signature_of_other_event",
            Self::Unknown => "unknown",
        }
    }

    /// What happened, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::SecretNewline => {
                "The secret has a newline at its start or end that the signing secret does not have, or lacks one."
            }
            Self::SecretWhitespace => {
                "The secret has whitespace or invisible characters that the signing secret does not have, or lacks them."
            }
            Self::SecretQuoted => "The quotes around the secret became a part of it.",
            Self::SecretHtmlEscaped => "Characters of the secret are HTML entities, such as &amp; in the place of &.",
            Self::SecretIsApiKey => "The secret is an API key (sk_ or pk_).",
            Self::SecretPrefixStripped => "The prefix whsec_ was removed from the secret on one side only.",
            Self::SecretBase64Decoded => "The secret was decoded from base64 on one side only.",
            Self::SecretOfOtherEndpoint => "Another of the given secrets signed this body.",
            Self::BodyReserialized => {
                "The body was parsed and written again with other separators, escapes, numbers or key order."
            }
            Self::BodyKeyOrder => "The keys of an object are in another order than when they were signed.",
            Self::BodyUnicodeEscaped => "Characters were written as \\u escapes, or the other way round.",
            Self::BodyCrlf => "The line ends of the body were converted between LF, CRLF and CR.",
            Self::BodyTrailingNewline => "A newline was added to the end of the body, or dropped from it.",
            Self::BodyBom => "A byte order mark was added to the start of the body, or dropped from it.",
            Self::BodyTrimmed => "Whitespace around the body was dropped or added.",
            Self::BodyTruncated => "The end of the body is missing.",
            Self::BodyFormEncoded => "The body was encoded or decoded as an HTML form.",
            Self::BodyBase64 => "The body is base64 of what was signed, or the other way round.",
            Self::BodyCompressed => "The body is compressed, and what was signed is not, or the other way round.",
            Self::BodyRecoded => "The body was converted to or from another charset, such as Latin-1 or UTF-16.",
            Self::SignatureUppercase => "The signature has upper-case digits.",
            Self::SignatureBase64 => "The signature is in base64 instead of hexadecimal.",
            Self::SignaturePrefixed => "The header has text before or after the signature, such as sha256=.",
            Self::SignatureTruncated => "Digits of the signature are missing.",
            Self::SignatureDoubled => "The header was sent twice, or holds two signatures.",
            Self::SignatureWhitespace => "The signature has whitespace in it or around it.",
            Self::SignatureOfOtherAlgorithm => "The signature was made with another algorithm or another scheme.",
            Self::SignatureOfOtherEvent => "The signature belongs to another of the given bodies.",
            Self::Unknown => "Nothing could be proven.",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn fix(self) -> &'static str {
        match self {
            Self::SecretNewline => {
                "Strip the secret where you load it: .strip() in Python, .trim() in Node.js, trim() in PHP. Write secret files with printf %s, because echo adds a newline."
            }
            Self::SecretWhitespace => {
                "Copy the secret again from the dashboard, without anything around it, and strip it where you load it."
            }
            Self::SecretQuoted => {
                "Remove the quotes. Docker's --env-file and systemd's EnvironmentFile= treat quotes differently from a shell."
            }
            Self::SecretHtmlEscaped => {
                "A template or a web page has escaped the secret. Copy it from the dashboard or from the answer of the API, not from the source of a page."
            }
            Self::SecretIsApiKey => {
                "Use the webhook's own secret. The dashboard shows it under Settings > Webhooks; the API returns it when you create the webhook or rotate its secret."
            }
            Self::SecretPrefixStripped => {
                "The prefix is part of the key. Use the secret as it is, and remove the code that strips the prefix."
            }
            Self::SecretBase64Decoded => {
                "The key is the text of the secret. Use its bytes as they are, and remove the code that decodes it."
            }
            Self::SecretOfOtherEndpoint => {
                "Each webhook has its own secret, one for live mode and one for test mode, and a rotation replaces it. Give this endpoint the secret that matches, or both while you rotate."
            }
            Self::BodyReserialized => {
                "Verify the raw bytes of the request, before anything parses them: express.raw() in Express, request.get_data() in Flask, php://input in PHP."
            }
            Self::BodyKeyOrder => {
                "Verify the raw bytes of the request. Maps of Go, sort_keys in Python, jsonb columns, and number-like keys in JavaScript change the order."
            }
            Self::BodyUnicodeEscaped => {
                "Verify the raw bytes of the request. json.dumps() in Python and json_encode() in PHP escape everything that is not ASCII."
            }
            Self::BodyCrlf => {
                "Read and store the body as bytes, not as text. In Git, mark recorded bodies as binary; in FTP and on Windows, use the binary mode."
            }
            Self::BodyTrailingNewline => {
                "Write the body without a newline of your own: an editor, echo and println add one, and the option -d of cURL drops it (use --data-binary)."
            }
            Self::BodyBom => {
                "Handle the body as bytes. request.text() and UTF-8 decoders drop the mark; some editors and PowerShell add it."
            }
            Self::BodyTrimmed => "Do not strip or trim the body before you verify it.",
            Self::BodyTruncated => {
                "Read the body to its end. Look for a buffer, a column or a proxy with a limit, and compare the length with Content-Length."
            }
            Self::BodyFormEncoded => {
                "Let no form parser read the body of this route. Verify the raw bytes, whatever the Content-Type says."
            }
            Self::BodyBase64 => "Decode the body before you verify it, as API Gateway's isBase64Encoded asks for.",
            Self::BodyCompressed => {
                "Verify the body after its Content-Encoding is undone, and let no proxy compress or decompress it in between."
            }
            Self::BodyRecoded => {
                "Handle the body as bytes. A text column, a queue or a servlet with another charset has converted it."
            }
            Self::SignatureUppercase => {
                "Payvost sends lower case. Remove what changes the header, or let your own sender write lower case."
            }
            Self::SignatureBase64 => "Let your own sender write the HMAC as 64 lowercase hex digits. Payvost does.",
            Self::SignaturePrefixed => {
                "The header is the 64 hex digits alone. With OpenSSL, use -r and cut -c 1-64; remove a prefix that belongs to another provider."
            }
            Self::SignatureTruncated => "Look for a column, a log or a buffer that is too short for 64 characters.",
            Self::SignatureDoubled => "Find the proxy or the code that adds the header again. One request has one signature.",
            Self::SignatureWhitespace => {
                "Pass the header's value on as it arrived. A file adds a newline, and a line break may come from wrapped text."
            }
            Self::SignatureOfOtherAlgorithm => {
                "Sign with HMAC-SHA256 over the raw body and nothing else, keyed with the bytes of the secret."
            }
            Self::SignatureOfOtherEvent => {
                "Keep the body and the header of one request together. Look for state that requests share, such as a global variable or a cached body."
            }
            Self::Unknown => {
                "Try again with the secrets of your other endpoints and modes, with recent secrets, and with other bodies that arrived. If you can, compare the length of the body with Content-Length."
            }
        }
    }
}

impl fmt::Display for CauseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
