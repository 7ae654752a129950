//! What went wrong in a store, in words that a log may hold.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::request::label;

/// Why a step of a store failed: the kind of fault, and the driver's name for it.
///
/// A driver's message is never kept: it quotes values, addresses and user names. What is kept is the class of the driver's error and
/// its code, so that a missing table and a wrong password can be told apart.
///
/// ```
/// use payvost_webhooks::claims::{Fault, FaultKind};
///
/// let fault = Fault::classify("UndefinedTable", &["42P01"], "relation \"claims\" does not exist");
/// assert_eq!(fault.kind(), FaultKind::MissingTable);
/// assert_eq!((fault.class(), fault.code()), ("UndefinedTable", "42P01"));
///
/// let fault = Fault::classify("ConnectionError", &["ECONNREFUSED"], "");
/// assert_eq!((fault.kind(), fault.word()), (FaultKind::Unreachable, "connection_refused"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    word: &'static str,
    class: String,
    code: Option<String>,
}

/// What a fault means for the step that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The store was not reached: nothing has happened there.
    Unreachable,
    /// The connection broke, or the response was late: the step may have happened.
    Interrupted,
    /// The step's time limit is over, and the host still waits for the response in the background: the step may still happen.
    Late,
    /// Two transactions conflicted: nothing has happened, and the step can be tried again.
    Conflict,
    /// The node that was asked does not serve the key at this moment, because a Redis Cluster is being changed or another primary takes over:
    /// nothing has happened, and the step can be tried again.
    Moving,
    /// The object to be created exists already.
    AlreadyExists,
    /// The table of claims does not exist.
    MissingTable,
    /// The savepoint does not exist: the transaction was ended by other code.
    TransactionEnded,
    /// The transaction accepts no more statements until it is rolled back.
    TransactionAborted,
    /// Redis does not know the script.
    UnknownScript,
    /// The store refused the step, or its reply makes no sense.
    Other,
}

impl Fault {
    /// Names a fault by what the driver says: the class of its error, the codes it carries (SQLSTATE, `errno` names, a database's own
    /// numbers and names, the first word of a Redis error, the names of the classes above), and its message.
    ///
    /// The first known code decides. The message is only read if no code is known, and is not kept.
    #[must_use]
    pub fn classify(class: &str, codes: &[&str], message: &str) -> Self {
        let code_that =
            |holds: fn(&str) -> bool| codes.iter().chain([&class]).find_map(move |code| by_code(code).filter(|_| holds(code)));
        let known = code_that(|code: &str| !is_vague(code)).or_else(|| by_message(message));
        let (kind, word) = match (code_that(is_vague), known) {
            // Only another code or the message can say why it could not connect.
            (Some((kind, _)), Some((_, word))) => (kind, word),
            (vague, known) => known.or(vague).unwrap_or((FaultKind::Other, "unknown")),
        };
        let mut named = codes.iter().filter(|code| is_code(code));
        let code = match named.clone().find(|code| !is_general(code)) {
            // The word says more.
            None if word != "unknown" => None,
            telling => telling.or_else(|| named.next()),
        };
        let code = code.map(|code| (*code).to_owned());
        Self { kind, word, class: label(class), code }
    }

    /// The code of an operating system's error, for [`classify`](Self::classify): `ECONNREFUSED` and the like. `None` if the kind says
    /// nothing that it knows.
    ///
    /// ```
    /// use payvost_webhooks::claims::Fault;
    ///
    /// assert_eq!(Fault::code_of(std::io::ErrorKind::ConnectionRefused), Some("ECONNREFUSED"));
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub const fn code_of(kind: std::io::ErrorKind) -> Option<&'static str> {
        use std::io::ErrorKind;
        match kind {
            ErrorKind::ConnectionRefused => Some("ECONNREFUSED"),
            ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => Some("ECONNRESET"),
            ErrorKind::BrokenPipe => Some("EPIPE"),
            ErrorKind::TimedOut => Some("ETIMEDOUT"),
            ErrorKind::HostUnreachable => Some("EHOSTUNREACH"),
            ErrorKind::NetworkUnreachable => Some("ENETUNREACH"),
            ErrorKind::NotFound => Some("ENOENT"),
            _ => None,
        }
    }

    /// The same fault, but while the host was still connecting: nothing has happened in the store, whatever the driver calls it.
    #[must_use]
    pub fn while_connecting(self) -> Self {
        match self.kind {
            FaultKind::Interrupted => Self { kind: FaultKind::Unreachable, ..self },
            _ => self,
        }
    }

    /// The store's reply makes no sense.
    #[must_use]
    pub fn unknown_reply() -> Self {
        Self { kind: FaultKind::Other, word: "unknown_reply", class: String::new(), code: None }
    }

    /// What it means for the step.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// A word for people, such as `authentication_failed`, `host_unknown`, `connection_refused`, `timed_out`, `tls_failed`,
    /// `missing_table`, `permission_denied` or `store_full`; `unknown` for anything else.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        self.word
    }

    /// The class of the driver's error, at most 255 bytes; empty if there was none.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The driver's code, such as a SQLSTATE. If there is none, or many faults share it, [`word`](Self::word).
    #[must_use]
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(self.word)
    }

    /// Whether the step may have happened although it failed.
    #[must_use]
    pub const fn may_have_happened(&self) -> bool {
        matches!(self.kind, FaultKind::Interrupted | FaultKind::Late)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, code) = (self.class(), self.code());
        if class.is_empty() { f.write_str(code) } else { write!(f, "{class} {code}") }
    }
}

impl core::error::Error for Fault {}

/// Whether a text may be logged as a code: the 5 characters of a SQLSTATE, a number, or a name in capitals. Never a text that
/// could quote a value.
fn is_code(code: &str) -> bool {
    (2..=40).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Codes that many different faults share.
fn is_general(code: &str) -> bool {
    is_vague(code) || matches!(code, "HY000" | "42000" | "SQLITE_ERROR" | "ERR")
}

/// The code of MySQL's clients for every failure to connect.
fn is_vague(code: &str) -> bool {
    matches!(code, "2002" | "2003")
}

type Meaning = (FaultKind, &'static str);

const AUTHENTICATION: Meaning = (FaultKind::Other, "authentication_failed");
const PERMISSION: Meaning = (FaultKind::Other, "permission_denied");
const MISSING_TABLE: Meaning = (FaultKind::MissingTable, "missing_table");
const MISSING_DATABASE: Meaning = (FaultKind::Other, "missing_database");
const REFUSED: Meaning = (FaultKind::Unreachable, "connection_refused");
const HOST_UNKNOWN: Meaning = (FaultKind::Unreachable, "host_unknown");
const TLS: Meaning = (FaultKind::Unreachable, "tls_failed");
const TOO_MANY: Meaning = (FaultKind::Unreachable, "too_many_connections");
const LOST: Meaning = (FaultKind::Interrupted, "connection_lost");
const TIMED_OUT: Meaning = (FaultKind::Interrupted, "timed_out");
const CONFLICT: Meaning = (FaultKind::Conflict, "conflict");
const EXISTS: Meaning = (FaultKind::AlreadyExists, "already_exists");
const ENDED: Meaning = (FaultKind::TransactionEnded, "transaction_ended");
const ABORTED: Meaning = (FaultKind::TransactionAborted, "transaction_aborted");
const READ_ONLY: Meaning = (FaultKind::Other, "read_only");
const CLUSTER_CHANGING: Meaning = (FaultKind::Moving, "cluster_changing");
const CLUSTER_DOWN: Meaning = (FaultKind::Moving, "cluster_down");
const FULL: Meaning = (FaultKind::Other, "store_full");

/// SQLSTATE (PostgreSQL, appendix A; ISO 9075), the numbers and names of MySQL's and MariaDB's errors, SQLite's result codes, the names of
/// `errno` (POSIX) and of Node.js, the first words of Redis errors, and the classes that drivers raise without a code.
fn by_code(code: &str) -> Option<Meaning> {
    Some(match code {
        "40001"
        | "40P01"
        | "ER_LOCK_DEADLOCK"
        | "1213"
        | "SQLITE_BUSY"
        | "SQLITE_BUSY_SNAPSHOT"
        | "SQLITE_LOCKED"
        | "ER_CHECKREAD"
        | "1020" => CONFLICT,
        "ER_LOCK_WAIT_TIMEOUT" | "1205" | "55P03" => (FaultKind::Conflict, "lock_timed_out"),
        "42P01" | "42S02" | "ER_NO_SUCH_TABLE" | "1146" => MISSING_TABLE,
        "3D000" | "ER_BAD_DB_ERROR" | "1049" => MISSING_DATABASE,
        "42P07" | "42710" | "23505" | "ER_TABLE_EXISTS_ERROR" | "1050" | "42S01" | "ER_DUP_KEYNAME" | "1061" => EXISTS,
        "3B001" | "25P01" | "ER_SP_DOES_NOT_EXIST" | "1305" => ENDED,
        "25P02" => ABORTED,
        "READONLY" | "ReadOnlyError" => (FaultKind::Moving, "read_only"),
        "25006" | "ER_OPTION_PREVENTS_STATEMENT" | "1290" | "SQLITE_READONLY" => READ_ONLY,
        "28P01" | "28000" | "ER_ACCESS_DENIED_ERROR" | "1045" | "NOAUTH" | "WRONGPASS" | "AuthenticationError" => {
            AUTHENTICATION
        }
        "42501"
        | "ER_TABLEACCESS_DENIED_ERROR"
        | "1142"
        | "ER_DBACCESS_DENIED_ERROR"
        | "1044"
        | "NOPERM"
        | "EACCES"
        | "NoPermissionError"
        | "SQLITE_PERM"
        | "SQLITE_AUTH"
        | "SQLITE_CANTOPEN" => PERMISSION,
        "ECONNREFUSED" | "2002" | "2003" | "ConnectionRefusedError" => REFUSED,
        "ENOTFOUND" | "EAI_AGAIN" | "EAI_NONAME" | "2005" | "gaierror" => HOST_UNKNOWN,
        "53300"
        | "ER_CON_COUNT_ERROR"
        | "1040"
        | "MaxConnectionsError"
        | "TooManyRequests"
        | "57P03"
        | "LOADING"
        | "BusyLoadingError"
        | "MASTERDOWN"
        | "MasterDownError" => TOO_MANY,
        "EHOSTUNREACH" | "ENETUNREACH" | "EHOSTDOWN" => (FaultKind::Unreachable, "host_unreachable"),
        // A pool had no connection to give, or a client has none yet.
        "PoolTimeout" | "ConnectionTimeoutError" => (FaultKind::Unreachable, "timed_out"),
        "ClientOfflineError" => (FaultKind::Unreachable, "connection_lost"),
        "ERR_TLS_CERT_ALTNAME_INVALID"
        | "DEPTH_ZERO_SELF_SIGNED_CERT"
        | "SELF_SIGNED_CERT_IN_CHAIN"
        | "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        | "2026"
        | "SSLError"
        | "SSLCertVerificationError" => TLS,
        "ECONNRESET"
        | "EPIPE"
        | "ECONNABORTED"
        | "08000"
        | "08003"
        | "08006"
        | "08001"
        | "57P01"
        | "57P02"
        | "57P05"
        | "2006"
        | "2013"
        | "2055"
        | "PROTOCOL_CONNECTION_LOST"
        | "PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR"
        | "MaxRetriesPerRequestError"
        | "ConnectionResetError"
        | "BrokenPipeError"
        | "ConnectionError"
        | "ConnectionClosedError"
        | "SocketClosedUnexpectedlyError"
        | "ClientClosedError"
        | "DisconnectsClientError"
        | "ConnectionAbortedError"
        | "ER_SERVER_SHUTDOWN"
        | "1053"
        | "ER_NEW_ABORTING_CONNECTION"
        | "1927"
        | "UNBLOCKED" => LOST,
        "ETIMEDOUT"
        | "ESOCKETTIMEDOUT"
        | "57014"
        | "25P03"
        | "25P04"
        | "TimeoutError"
        | "timeout"
        | "CommandTimeoutError"
        | "SocketTimeoutError"
        | "PROTOCOL_SEQUENCE_TIMEOUT"
        | "ER_QUERY_TIMEOUT"
        | "3024"
        | "1969" => TIMED_OUT,
        "StoreTimeoutError" => (FaultKind::Late, "timed_out"),
        "NOSCRIPT" | "NoScriptError" => (FaultKind::UnknownScript, "unknown_script"),
        "OOM"
        | "OutOfMemoryError"
        | "53100"
        | "53200"
        | "ER_DISK_FULL"
        | "1021"
        | "ER_RECORD_FILE_FULL"
        | "1114"
        | "SQLITE_FULL"
        | "ENOSPC"
        | "StoreFullError"
        | "STORE_FULL" => FULL,
        // From this package: the client is set up in a way that cannot work.
        "invalid_option" => (FaultKind::Other, "invalid_option"),
        "CROSSSLOT" | "ClusterCrossSlotError" => (FaultKind::Other, "cluster"),
        "CLUSTERDOWN" | "ClusterDownError" | "SlotNotCoveredError" => CLUSTER_DOWN,
        "ClusterAllFailedError" => REFUSED,
        // redis-py raises ClusterError after too many redirections.
        "MOVED" | "MovedError" | "ASK" | "AskError" | "TRYAGAIN" | "TryAgainError" | "ClusterError" => CLUSTER_CHANGING,
        _ => return None,
    })
}

/// Messages of drivers that raise no code: libpq while it connects, SQLite, PDO, redis-py, pg, ioredis.
fn by_message(message: &str) -> Option<Meaning> {
    const MESSAGES: [(&str, Meaning); 42] = [
        ("no such savepoint", ENDED),
        ("no such table", MISSING_TABLE),
        ("already exists", EXISTS),
        ("database is locked", CONFLICT),
        ("database table is locked", CONFLICT),
        ("readonly database", READ_ONLY),
        ("unable to open database", PERMISSION),
        ("password authentication failed", AUTHENTICATION),
        ("no pg_hba.conf entry", AUTHENTICATION),
        ("Authentication required", AUTHENTICATION),
        ("role \"", AUTHENTICATION),
        ("Connection refused", REFUSED),
        ("could not translate host name", HOST_UNKNOWN),
        ("failed to resolve host", HOST_UNKNOWN),
        ("Name or service not known", HOST_UNKNOWN),
        ("getaddrinfo", HOST_UNKNOWN),
        ("certificate", TLS),
        ("SSL error", TLS),
        ("does not exist", MISSING_DATABASE),
        ("does not support SSL", TLS),
        ("timeout exceeded when trying to connect", (FaultKind::Unreachable, "timed_out")),
        ("timeout expired", TIMED_OUT),
        ("read timeout", TIMED_OUT),
        ("timed out", TIMED_OUT),
        ("read error on connection", LOST),
        // phpredis and MySQL
        ("(CLUSTERDOWN)", CLUSTER_DOWN),
        ("is not covered by any node", CLUSTER_DOWN),
        ("communicate with any node", LOST),
        ("processing response from Redis node", LOST),
        ("Timed out attempting to find data", TIMED_OUT),
        ("map cluster keyspace", REFUSED),
        ("Redis Cluster cannot be connected", REFUSED),
        ("Too many Cluster redirections", CLUSTER_CHANGING),
        ("No connections", REFUSED), // Predis
        ("went away", LOST),
        ("has gone away", LOST),
        ("Connection lost", LOST),
        ("Connection terminated", LOST),
        ("Connection is closed", LOST),
        ("Client was closed", LOST),
        ("isn't writeable", LOST),
        ("connection", LOST),
    ];
    MESSAGES.into_iter().find(|(part, _)| message.contains(part)).map(|(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn the_first_known_code_decides() {
        type Case = (&'static str, &'static [&'static str], &'static str, FaultKind, &'static str);
        let cases: [Case; 22] = [
            ("SlotNotCoveredError", &["SlotNotCoveredError", "RedisClusterException"], "", FaultKind::Moving, "cluster_down"),
            ("MasterDownError", &["MASTERDOWN", "ClusterError"], "", FaultKind::Unreachable, "too_many_connections"),
            ("RedisClusterException", &[], "The Redis Cluster is down (CLUSTERDOWN)", FaultKind::Moving, "cluster_down"),
            ("RedisClusterException", &[], "Couldn't map cluster keyspace", FaultKind::Unreachable, "connection_refused"),
            ("Error", &[], "Too many Cluster redirections. Last error: MOVED", FaultKind::Moving, "cluster_changing"),
            ("ReplyError", &["READONLY"], "", FaultKind::Moving, "read_only"),
            ("ReplyError", &["CROSSSLOT"], "", FaultKind::Other, "cluster"),
            ("OperationalError", &["2003"], "", FaultKind::Unreachable, "connection_refused"),
            ("OperationalError", &["2003", "gaierror"], "", FaultKind::Unreachable, "host_unknown"),
            ("OperationalError", &["2003"], "Can't connect to MySQL server (timed out)", FaultKind::Unreachable, "timed_out"),
            ("WrongKindError", &["invalid_option"], "", FaultKind::Other, "invalid_option"),
            ("SerializationFailure", &["40001"], "", FaultKind::Conflict, "conflict"),
            ("OperationalError", &["1213"], "", FaultKind::Conflict, "conflict"),
            ("DatabaseError", &["25P02", "40001"], "", FaultKind::TransactionAborted, "transaction_aborted"),
            ("OperationalError", &[], "no such savepoint: payvost", FaultKind::TransactionEnded, "transaction_ended"),
            (
                "OperationalError",
                &[],
                "connection to server failed: Connection refused",
                FaultKind::Unreachable,
                "connection_refused",
            ),
            ("OperationalError", &[], "server closed the connection unexpectedly", FaultKind::Interrupted, "connection_lost"),
            ("TimeoutError", &[], "", FaultKind::Interrupted, "timed_out"),
            ("StoreTimeoutError", &[], "", FaultKind::Late, "timed_out"),
            ("ValueError", &["whatever"], "secret", FaultKind::Other, "unknown"),
            ("PoolTimeout", &[], "couldn't get a connection", FaultKind::Unreachable, "timed_out"),
            ("BusyLoadingError", &["BusyLoadingError", "ConnectionError"], "", FaultKind::Unreachable, "too_many_connections"),
        ];
        for (class, codes, message, kind, word) in cases {
            let fault = Fault::classify(class, codes, message);
            assert_eq!((fault.kind(), fault.word()), (kind, word), "{class} {codes:?} {message}");
        }
    }

    #[test]
    fn the_code_is_the_most_telling_one() {
        let cases: [(&[&str], &str, &str); 10] = [
            (&["42000", "1049", "OperationalError"], "", "1049"),
            (&["2003", "ECONNREFUSED"], "", "ECONNREFUSED"),
            (&["2003", "gaierror"], "", "host_unknown"),
            (&["2003"], "", "connection_refused"),
            (&["SQLITE_ERROR"], "no such table: claims", "missing_table"),
            (&["SQLITE_ERROR"], "near \"x\": syntax error", "SQLITE_ERROR"),
            (&["HY000"], "server has gone away", "connection_lost"),
            (&["42501"], "permission denied for role \"shop\"", "42501"),
            (&["OperationalError"], "FATAL:  role \"shop\" does not exist", "authentication_failed"),
            (&["OperationalError"], "FATAL:  database \"shop\" does not exist", "missing_database"),
        ];
        for (codes, message, code) in cases {
            assert_eq!(Fault::classify("Error", codes, message).code(), code, "{codes:?} {message}");
        }
    }

    #[test]
    fn who_could_not_connect_has_done_nothing() {
        for message in ["timeout expired", "Connection lost", "Redis server 127.0.0.1:6379 went away"] {
            let fault = Fault::classify("RedisException", &[], message);
            assert_eq!(fault.kind(), FaultKind::Interrupted, "{message}");
            assert!(!fault.while_connecting().may_have_happened(), "{message}");
        }
        let full = Fault::classify("RedisException", &["OOM"], "").while_connecting();
        assert_eq!((full.kind(), full.code()), (FaultKind::Other, "OOM"));
    }

    #[test]
    fn nothing_of_a_message_is_kept() {
        let fault =
            Fault::classify("OperationalError", &["FATAL:  password authentication failed for user \"shop\""], "user shop");
        assert_eq!(fault.to_string(), "OperationalError unknown");
        assert_eq!(Fault::classify("Error", &["08006", "7"], "").to_string(), "Error 08006");
        assert_eq!(Fault::unknown_reply().to_string(), "unknown_reply");
    }
}
