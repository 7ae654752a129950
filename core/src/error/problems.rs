//! What exactly is wrong with a secret, an option, a pattern, a text that should be JSON, or a field.

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretProblem {
    /// It is missing, or it is neither text nor bytes.
    Missing,
    /// It is empty, or nothing but whitespace and NULs.
    Blank,
    /// It begins or ends with ASCII whitespace.
    WhitespaceAtEdge,
    /// It is an API key (`sk_…` or `pk_…`), not a webhook secret.
    ApiKey,
}

/// An option of the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionName {
    /// How far `createdAt` may be from now.
    Tolerance,
    /// Which `liveMode` is expected.
    ExpectLiveMode,
    /// How long a payload may be.
    MaxPayloadBytes,
    /// How long a claim holds.
    Lease,
    /// How long an event is remembered.
    Remember,
    /// What the keys of claims begin with.
    Prefix,
    /// The name of the table of claims.
    Table,
    /// How many claims are kept in memory.
    Capacity,
    /// An option that does not exist: a misspelled safeguard must not be ignored.
    Unknown,
}

/// What is wrong with a pattern of event types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternProblem {
    /// It is neither a type (`payment.succeeded`), nor a family (`payment.*`), nor `*`.
    MatchesNothing,
    /// It already has a handler.
    RegisteredTwice,
}

/// A field of the envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventField {
    /// The payload as a whole, which must be an object.
    Envelope,
    /// `id`
    Id,
    /// `type`
    Type,
    /// `createdAt`
    CreatedAt,
    /// `liveMode`
    LiveMode,
    /// `data`
    Data,
    /// `previousData`
    PreviousData,
}

/// What is wrong with a text that is not strict JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonProblem {
    /// The text ends too early.
    UnexpectedEnd,
    /// A byte is not allowed here.
    UnexpectedByte,
    /// The text begins with a byte order mark (RFC 8259 §8.1).
    ByteOrderMark,
    /// The bytes are not well-formed UTF-8 (RFC 3629).
    InvalidUtf8,
    /// A backslash is not followed by a valid escape (RFC 8259 §7).
    InvalidEscape,
    /// An escape names half of a surrogate pair (RFC 8259 §8.2, RFC 7493 §2.1).
    LoneSurrogate,
    /// The value of a number is not finite as a double (RFC 7493 §2.2).
    NumberOutOfRange,
    /// The text nests deeper than [`MAX_DEPTH`](crate::MAX_DEPTH) (RFC 8259 §9).
    TooDeep,
    /// An object has a duplicate key (RFC 7493 §2.3).
    DuplicateKey,
}

impl EventField {
    pub(super) const fn pointer(self) -> &'static str {
        match self {
            Self::Envelope => "",
            Self::Id => "/id",
            Self::Type => "/type",
            Self::CreatedAt => "/createdAt",
            Self::LiveMode => "/liveMode",
            Self::Data => "/data",
            Self::PreviousData => "/previousData",
        }
    }
}
