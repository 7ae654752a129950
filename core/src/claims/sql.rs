//! The protocol as SQL for PostgreSQL 12, MySQL 8 and MariaDB 10.3, SQLite 3.35, or later ones.
//!
//! A statement is a text with placeholders, and the names of the values that are bound to them, in order. Each is one atomic step
//! and takes the time from the server. Bindings run them on the user's own connection.
//!
//! A [`Program`] decides their order, their transactions, and what the rows mean.

mod dialect;
mod program;
mod row;

pub use self::dialect::{Dialect, Placeholders};
pub use self::program::{Answer, Ask, Program, Ran, Work};

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{Error, OptionName};
use crate::limits::{DEFAULT_LEASE, MAX_TABLE_NAME_BYTES};

pub use crate::limits::DEFAULT_TABLE;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The name of the step.
    pub name: &'static str,
    /// The SQL.
    pub text: String,
    /// The values to bind to the placeholders, in order: `key`, `fingerprint`, `token`, `lease` and `remember` (milliseconds),
    /// `event_type`, `payload` and `signature` (both may be null), `error`, `limit`, `ticket` (the token of a ticket), `open_key`
    /// ([`open_key`](super::ClaimPolicy::open_key) of the store whose dead letters are listed).
    pub parameters: Vec<&'static str>,
}

/// The statements of a table.
///
/// ```
/// use payvost_webhooks::claims::sql::{statements, Dialect, Placeholders, DEFAULT_TABLE};
///
/// let statements = statements(Dialect::Postgres, Placeholders::Numbered, DEFAULT_TABLE)?;
/// let complete = statements.iter().find(|statement| statement.name == "complete").unwrap();
/// assert_eq!(complete.parameters, ["remember", "key", "token"]);
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_option` when the table's name is not 1 to 48 ASCII letters, digits and underscores that do not begin with a digit,
/// optionally after a schema of the same form and a dot. The name becomes part of the SQL.
pub fn statements(dialect: Dialect, placeholders: Placeholders, table: &str) -> Result<Vec<Statement>, Error> {
    let name = unqualified(table).ok_or(Error::InvalidOption(OptionName::Table))?;
    // How long an inbox's attempt may take before it counts as abandoned.
    let grace = DEFAULT_LEASE.as_millis().to_string();
    let render = |(step, template): (&'static str, &str)| {
        let text = template.replace("{table}", table).replace("{name}", name);
        let text = text.replace("{row}", dialect.row()).replace("{open}", dialect.open());
        let text = text.replace("{is_open}", Dialect::IS_OPEN).replace("{now}", dialect.now());
        let text = text.replace("{grace}", &grace).replace("{colon}", dialect.colon());
        bind(step, &text, placeholders)
    };
    Ok(templates(dialect).into_iter().map(render).collect())
}

/// The table's definition as SQL, for a migration: every statement ends with a semicolon and a line break.
///
/// ```
/// use payvost_webhooks::claims::sql::{definition, Dialect, DEFAULT_TABLE};
///
/// let sql = definition(Dialect::Sqlite, DEFAULT_TABLE)?;
/// assert!(sql.starts_with("CREATE TABLE IF NOT EXISTS payvost_webhook_claims ("));
/// # Ok::<(), payvost_webhooks::Error>(())
/// ```
///
/// # Errors
///
/// As [`statements`].
pub fn definition(dialect: Dialect, table: &str) -> Result<String, Error> {
    let statements = statements(dialect, Placeholders::Question, table)?;
    let texts = dialect.creation().iter().filter_map(|name| statements.iter().find(|statement| statement.name == *name));
    Ok(texts.map(|statement| format!("{};\n", statement.text)).collect())
}

fn templates(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    let mut templates = Vec::from(COMMON);
    templates.extend(match dialect {
        Dialect::Postgres => POSTGRES.as_slice(),
        Dialect::MySql => MYSQL.as_slice(),
        Dialect::Sqlite => SQLITE.as_slice(),
    });
    templates
}

const COMMON: [(&str, &str); 19] = [
    ("note_again", include_str!("sql/note_again.sql")),
    ("take", include_str!("sql/take.sql")),
    ("take_reply", include_str!("sql/take_reply.sql")),
    ("discard", include_str!("sql/discard.sql")),
    ("commit", "COMMIT"),
    ("rollback", "ROLLBACK"),
    // It is gone after the handler has ended the transaction, even if the handler began another one.
    ("savepoint", "SAVEPOINT payvost_webhooks"),
    ("release_savepoint", "RELEASE SAVEPOINT payvost_webhooks"),
    ("unpark", include_str!("sql/unpark.sql")),
    ("park", include_str!("sql/park.sql")),
    ("claim_reply", include_str!("sql/claim_reply.sql")),
    ("extend", include_str!("sql/extend.sql")),
    ("extend_reply", include_str!("sql/extend_reply.sql")),
    ("complete", include_str!("sql/complete.sql")),
    ("complete_reply", include_str!("sql/complete_reply.sql")),
    ("release", include_str!("sql/release.sql")),
    ("release_reply", include_str!("sql/release_reply.sql")),
    ("delivery", include_str!("sql/delivery.sql")),
    ("dead_letters", include_str!("sql/dead_letters.sql")),
];

/// What the statements of most databases return of a row that they have changed.
macro_rules! returning_row {
    ($file:literal) => {
        concat!(include_str!($file), "RETURNING {row}")
    };
}

const POSTGRES: [(&str, &str); 11] = [
    ("note", include_str!("sql/note.sql")),
    ("begin", "BEGIN"),
    ("create_table", include_str!("sql/postgres/create_table.sql")),
    ("create_index", include_str!("sql/postgres/create_index.sql")),
    ("claim", include_str!("sql/postgres/claim.sql")),
    ("claim_again", returning_row!("sql/claim_again.sql")),
    ("enter", include_str!("sql/postgres/enter.sql")),
    ("entered", include_str!("sql/postgres/entered.sql")),
    ("leave", include_str!("sql/postgres/leave.sql")),
    ("forget", include_str!("sql/postgres/forget.sql")),
    ("lock", include_str!("sql/postgres/lock.sql")),
];

const MYSQL: [(&str, &str); 8] = [
    ("note", include_str!("sql/mysql/note.sql")),
    ("begin", "START TRANSACTION"),
    ("create_table", include_str!("sql/mysql/create_table.sql")),
    ("claim", include_str!("sql/mysql/claim.sql")),
    ("claim_again", include_str!("sql/claim_again.sql")),
    ("forget", include_str!("sql/mysql/forget.sql")),
    ("lock", include_str!("sql/mysql/lock.sql")),
    ("unlock", include_str!("sql/mysql/unlock.sql")),
];

const SQLITE: [(&str, &str); 7] = [
    ("note", include_str!("sql/note.sql")),
    // Otherwise two transactions could read before either writes.
    ("begin", "BEGIN IMMEDIATE"),
    ("create_table", include_str!("sql/sqlite/create_table.sql")),
    ("create_index", include_str!("sql/sqlite/create_index.sql")),
    ("claim", include_str!("sql/claim.sql")),
    ("claim_again", returning_row!("sql/claim_again.sql")),
    ("forget", include_str!("sql/sqlite/forget.sql")),
];

const PARAMETERS: [&str; 12] = [
    "key",
    "fingerprint",
    "token",
    "lease",
    "remember",
    "event_type",
    "payload",
    "signature",
    "error",
    "limit",
    "ticket",
    "open_key",
];

/// The table's name without its schema, if it is a name.
fn unqualified(table: &str) -> Option<&str> {
    let is_name = |name: &str| {
        name.len() <= MAX_TABLE_NAME_BYTES
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
    };
    match table.split_once('.') {
        Some((schema, name)) => (is_name(schema) && is_name(name)).then_some(name),
        None => is_name(table).then_some(table),
    }
}

/// Puts a driver's placeholders where the template says `:name`.
fn bind(name: &'static str, template: &str, placeholders: Placeholders) -> Statement {
    let mut parts = template.trim_end().split(':');
    let mut text = String::from(parts.next().unwrap_or_default());
    let mut parameters = Vec::new();
    for part in parts {
        let end = part.find(|character: char| !character.is_ascii_lowercase() && character != '_').unwrap_or(part.len());
        let (word, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        let Some(parameter) = PARAMETERS.into_iter().find(|parameter| *parameter == word) else {
            text.push(':');
            text.push_str(part);
            continue;
        };
        let place = match placeholders {
            Placeholders::Question => "?".to_string(),
            Placeholders::Format => "%s".to_string(),
            // A number can be used in several places.
            Placeholders::Numbered => match parameters.iter().position(|known| *known == parameter) {
                Some(position) => format!("${}", position + 1),
                None => format!("${}", parameters.len() + 1),
            },
        };
        if placeholders != Placeholders::Numbered || !parameters.contains(&parameter) {
            parameters.push(parameter);
        }
        text.push_str(&place);
        text.push_str(rest);
    }
    Statement { name, text, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite];
    const STYLES: [Placeholders; 3] = [Placeholders::Question, Placeholders::Format, Placeholders::Numbered];

    #[test]
    fn every_place_has_its_parameter() {
        for dialect in DIALECTS {
            for placeholders in STYLES {
                for statement in statements(dialect, placeholders, DEFAULT_TABLE).unwrap() {
                    let count = match placeholders {
                        Placeholders::Question => statement.text.matches('?').count(),
                        Placeholders::Format => statement.text.matches("%s").count(),
                        Placeholders::Numbered => {
                            let last = (1..).find(|number| !statement.text.contains(&format!("${number}"))).unwrap();
                            last - 1
                        }
                    };
                    assert_eq!(count, statement.parameters.len(), "{statement:?}");
                    assert!(!statement.text.contains(['{', '}', ':', ';']), "{statement:?}");
                    // A driver that formats would take it for a placeholder.
                    assert_eq!(statement.text.matches('%').count(), statement.text.matches("%s").count(), "{statement:?}");
                }
            }
        }
    }

    #[test]
    fn every_dialect_has_every_step() {
        for dialect in DIALECTS {
            let statements = statements(dialect, Placeholders::Question, "shop.claims").unwrap();
            for step in ["create_table", "claim", "claim_again", "forget"].into_iter().chain(COMMON.map(|(step, _)| step)) {
                assert_eq!(statements.iter().filter(|statement| statement.name == step).count(), 1, "{dialect:?} {step}");
            }
        }
    }

    #[test]
    fn the_name_of_a_table_cannot_be_more_than_a_name() {
        for table in ["claims", "_c1", "shop.claims", &"t".repeat(48)] {
            assert!(statements(Dialect::Sqlite, Placeholders::Question, table).is_ok(), "{table}");
        }
        for table in ["", "1a", "a b", "a;b", "a.b.c", ".a", "a.", "a\"b", "a'b", "a`b", "a--", "té", &"t".repeat(49)] {
            let expected = Err(Error::InvalidOption(OptionName::Table));
            assert_eq!(statements(Dialect::Sqlite, Placeholders::Question, table), expected, "{table:?}");
        }
    }
}
