//! The SQL dialect, and how a driver marks placeholders.

/// The SQL dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL and compatible databases.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// The names of the statements that create the table and its indexes, in order.
    pub(crate) const fn creation(self) -> &'static [&'static str] {
        match self {
            Self::Postgres | Self::Sqlite => &["create_table", "create_index_forget", "create_index_open"],
            Self::MySql => &["create_table"],
        }
    }

    /// Whether an inbox takes a lock, so that a claim does not wait for the end of another worker's transaction.
    pub(crate) const fn locks(self) -> bool {
        matches!(self, Self::Postgres | Self::MySql)
    }

    /// Whether that lock belongs to the session and has to be released.
    pub(crate) const fn unlocks(self) -> bool {
        matches!(self, Self::MySql)
    }

    /// `postgres`, `mysql`, `sqlite`
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "postgres" => Some(Self::Postgres),
            "mysql" => Some(Self::MySql),
            "sqlite" => Some(Self::Sqlite),
            _ => None,
        }
    }

    /// Milliseconds since 1970 by the server's clock, independent of the session's time zone.
    pub(super) const fn now(self) -> &'static str {
        match self {
            Self::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
            Self::MySql => "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
            Self::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        }
    }

    /// A colon. Written as such in a statement, drivers would take it for the start of a named parameter.
    pub(super) const fn colon(self) -> &'static str {
        match self {
            Self::Postgres => "CHR(58)",
            Self::MySql | Self::Sqlite => "CHAR(58)",
        }
    }
}

/// How a driver marks placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholders {
    /// `?`: sqlite3, PDO, mysql2.
    Question,
    /// `%s`: psycopg, PyMySQL.
    Format,
    /// `$1`: PostgreSQL's own.
    Numbered,
}

impl Placeholders {
    /// `question`, `format`, `numbered`
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "question" => Some(Self::Question),
            "format" => Some(Self::Format),
            "numbered" => Some(Self::Numbered),
            _ => None,
        }
    }
}
