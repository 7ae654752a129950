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
    /// The names of the statements that create the table and its index, in order.
    pub(crate) const fn creation(self) -> &'static [&'static str] {
        match self {
            Self::Postgres | Self::Sqlite => &["create_table", "create_index"],
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
            // Of exact types: choosing among overloaded names takes a plan longer.
            Self::Postgres => {
                "CAST(date_part(CAST('epoch' AS text), clock_timestamp()) * CAST(1000 AS double precision) AS bigint)"
            }
            Self::MySql => "CAST(@@timestamp * 1000 AS SIGNED)",
            Self::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        }
    }

    /// What PostgreSQL's index begins with. An index on `state` itself would be as good as the primary key to a plan for a table that
    /// is still empty, and prepared plans live long: a completion would then read all open claims.
    pub(super) const IS_OPEN: &'static str = "CASE WHEN state = 'done' THEN 0 ELSE 1 END";

    /// Whether an event is not done, as the index knows it.
    pub(super) const fn open(self) -> &'static str {
        match self {
            Self::Postgres => "{is_open} = 1",
            Self::MySql | Self::Sqlite => "state IN ('claimed', 'failed')",
        }
    }

    /// A row for [`row::read`](super::row::read), as one text, so that a driver cannot change it.
    pub(super) const fn row(self) -> &'static str {
        match self {
            Self::Postgres | Self::MySql => {
                "CONCAT_WS(' ', state, attempt, lease_until - {now}, forget_at - {now}, fingerprint, token) AS known"
            }
            Self::Sqlite => {
                "state || ' ' || attempt || ' ' || (lease_until - {now}) || ' ' || (forget_at - {now}) || ' ' || fingerprint || ' ' || token AS known"
            }
        }
    }

    /// Whether one statement takes the lock of an inbox and claims, and one of the transaction's own shows that it still is the one
    /// that has claimed.
    pub(crate) const fn enters(self) -> bool {
        matches!(self, Self::Postgres)
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
