//! `payvost_sql_statements`: the SQL of a table of claims.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr;
use std::ffi::CString;

use payvost_webhooks::claims::sql::{self, DEFAULT_TABLE, Dialect, Placeholders};
use payvost_webhooks::{Error, OptionName};

use crate::boundary::{self, boxed, read};
use crate::call::{self, given};
use crate::claim;
use crate::errors::{Failure, payvost_error};
use crate::result::payvost_result;
use crate::text::{c_string, c_text};

/// The statements of a table of claims, in one dialect and with one kind of placeholders. Any number of
/// threads may read them.
pub struct payvost_sql_statements {
    statements: Vec<Statement>,
    definition: CString,
}

struct Statement {
    name: &'static str,
    text: CString,
    parameters: Vec<u32>,
}

/// One statement. It belongs to its `payvost_sql_statements`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct payvost_sql_statement {
    /// The name of the step, as `payvost_sql_program_statement()` has it. Ends in NUL.
    pub name: *const c_char,
    /// The SQL. Ends in NUL.
    pub text: *const c_char,
    /// The values to bind, in order: each is one of `payvost_parameter`.
    pub parameters: *const u32,
    /// How many parameters there are. Do not prepare a statement without any: MySQL refuses to
    /// prepare some.
    pub parameter_count: usize,
}

/// The SQL dialect.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_sql_dialect {
    /// PostgreSQL 12 or later, and compatible databases.
    PAYVOST_SQL_POSTGRES = 1,
    /// MySQL 8 or MariaDB 10.3, or later ones.
    PAYVOST_SQL_MYSQL = 2,
    /// SQLite 3.35 or later.
    PAYVOST_SQL_SQLITE = 3,
}

/// How a client marks placeholders.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum payvost_sql_placeholders {
    /// `?`: SQLite, MySQL, ODBC.
    PAYVOST_SQL_QUESTION = 1,
    /// `%s`
    PAYVOST_SQL_FORMAT = 2,
    /// `$1`: libpq. A number can be used in several places.
    PAYVOST_SQL_NUMBERED = 3,
}

use payvost_sql_dialect::*;
use payvost_sql_placeholders::*;

/// Makes the statements of a table. `dialect` is one of `payvost_sql_dialect`, `placeholders` one of
/// `payvost_sql_placeholders`. A `NULL` table is `PAYVOST_DEFAULT_TABLE`.
///
/// `*statements` is written on success only, and must be freed with
/// `payvost_sql_statements_free()`. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` when the table's name is not up to
/// `PAYVOST_MAX_TABLE_NAME_BYTES` ASCII letters, digits and underscores, optionally after a schema
/// of the same form and a dot. The name becomes part of the SQL.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn payvost_sql_statements_new(
    dialect: u32,
    placeholders: u32,
    table: *const c_char,
    table_len: usize,
    statements: Option<&mut MaybeUninit<Box<payvost_sql_statements>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (dialect, placeholders) = (given(self::dialect(dialect))?, given(self::placeholders(placeholders))?);
        let statements = given(statements)?;
        let table = if table.is_null() {
            DEFAULT_TABLE
        } else {
            // SAFETY: it points to as many readable bytes as its length says.
            unsafe { boundary::text(table, table_len) }.ok_or(Error::InvalidOption(OptionName::Table))?
        };
        statements.write(boxed(payvost_sql_statements::new(dialect, placeholders, table)?)?);
        Ok(())
    })
}

/// The statement with a name. Returns whether there is one; `*statement` is written only then, and
/// `statement` may be `NULL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_sql_statements_find(
    statements: Option<&payvost_sql_statements>,
    name: *const c_char,
    name_len: usize,
    statement: Option<&mut MaybeUninit<payvost_sql_statement>>,
) -> bool {
    let found = read(statements, None, |statements| {
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let name = unsafe { boundary::text(name, name_len) }?;
        statements.statements.iter().find(|statement| statement.name == name).map(Statement::view)
    });
    boundary::write(statement, found)
}

/// The statement at an index, from 0 on: to prepare them all. Returns whether there is one;
/// `*statement` is written only then, and `statement` may be `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_statements_at(
    statements: Option<&payvost_sql_statements>,
    index: usize,
    statement: Option<&mut MaybeUninit<payvost_sql_statement>>,
) -> bool {
    boundary::write(statement, read(statements, None, |statements| statements.statements.get(index).map(Statement::view)))
}

/// The table's definition, for a migration: every statement ends with a semicolon and a line break. Ends
/// in NUL, lives as long as the statements; empty for `NULL`, and never `NULL`.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_statements_definition(statements: Option<&payvost_sql_statements>) -> *const c_char {
    read(statements, c"".as_ptr(), |statements| statements.definition.as_ptr())
}

/// Frees statements. `NULL` is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_sql_statements_free(statements: Option<Box<payvost_sql_statements>>) {
    boundary::guarded((), || drop(statements));
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
pub(crate) fn dialect(number: u32) -> Option<Dialect> {
    [(PAYVOST_SQL_POSTGRES, Dialect::Postgres), (PAYVOST_SQL_MYSQL, Dialect::MySql), (PAYVOST_SQL_SQLITE, Dialect::Sqlite)]
        .into_iter()
        .find_map(|(known, dialect)| (known as u32 == number).then_some(dialect))
}

#[allow(clippy::as_conversions)] // the number of a variant is what it is for
fn placeholders(number: u32) -> Option<Placeholders> {
    [
        (PAYVOST_SQL_QUESTION, Placeholders::Question),
        (PAYVOST_SQL_FORMAT, Placeholders::Format),
        (PAYVOST_SQL_NUMBERED, Placeholders::Numbered),
    ]
    .into_iter()
    .find_map(|(known, placeholders)| (known as u32 == number).then_some(placeholders))
}

impl payvost_sql_statements {
    fn new(dialect: Dialect, placeholders: Placeholders, table: &str) -> Result<Self, Failure> {
        let statements = sql::statements(dialect, placeholders, table)?;
        let statements = statements.into_iter().map(|statement| {
            // A parameter without a number here, which a test rules out.
            let parameters = claim::parameters(&statement.parameters).ok_or(Failure::Panic)?;
            Ok(Statement { name: statement.name, text: c_text(&statement.text), parameters })
        });
        Ok(Self {
            statements: statements.collect::<Result<_, Failure>>()?,
            definition: c_text(&sql::definition(dialect, table)?),
        })
    }
}

impl Statement {
    fn view(&self) -> payvost_sql_statement {
        let parameters = if self.parameters.is_empty() { ptr::null() } else { self.parameters.as_ptr() };
        payvost_sql_statement {
            name: c_string(self.name).as_ptr(),
            text: self.text.as_ptr(),
            parameters,
            parameter_count: self.parameters.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_of_every_statement_has_a_number() {
        for dialect in [1, 2, 3].map(|number| dialect(number).unwrap()) {
            for placeholders in [1, 2, 3].map(|number| placeholders(number).unwrap()) {
                assert!(payvost_sql_statements::new(dialect, placeholders, "shop.claims").is_ok(), "{dialect:?}");
            }
        }
        assert!(dialect(0).is_none() && dialect(4).is_none() && placeholders(0).is_none() && placeholders(4).is_none());
    }
}
