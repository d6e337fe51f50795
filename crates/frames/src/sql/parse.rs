//! Reading SQL before polars does: for the place of a mistake, and to let nothing in but questions.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use neuroloom_core::{Error, Result, nearest};
use polars::prelude::Expr;
use polars::sql::sql_expr;
use sqlparser::ast::{ObjectName, Query, Statement, Visit, Visitor, visit_relations};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use crate::columns::listing;

/// Longer than this is nothing that anybody wrote.
const BYTES_LIMIT: usize = 1 << 20;

/// The condition that `text` writes down.
///
/// # Errors
/// When it cannot be read, with the place.
pub(crate) fn condition(text: &str) -> Result<Expr> {
    check_length(text)?;
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(text).map_err(|e| unreadable(text, &e))?;
    parser.parse_expr().map_err(|e| unreadable(text, &e))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let (at, place) = (next.token.to_string(), next.span.start);
        return Err(Error::params("the condition goes on after its end")
            .expected("one expression: `rate_hz > 0.5 AND region = 'adn'`")
            .found(format!("`{at}` at line {}, column {}", place.line, place.column)));
    }
    sql_expr(text).map_err(|e| Error::params(format!("the condition cannot be used: {e}")).found(text))
}

/// The single `SELECT` that `text` is.
///
/// # Errors
/// When it cannot be read, with the place, or is something else.
pub(super) fn query(text: &str) -> Result<Query> {
    check_length(text)?;
    let statements = Parser::parse_sql(&GenericDialect {}, text).map_err(|e| unreadable(text, &e))?;
    let count = statements.len();
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok(_) => {
            Err(Error::params("the statement is no question").expected("SELECT …").found(shortened(text)))
        }
        Err(_) => Err(Error::params("there is not exactly one statement")
            .expected("one SELECT")
            .found(format!("{count} statements"))),
    }
}

/// Checks that every table that `query` names is one of `names`.
///
/// # Errors
/// The first that is not.
pub(super) fn check_tables(query: &Query, names: &[&str]) -> Result<()> {
    let mut own = CommonTables::default();
    let _ = query.visit(&mut own);
    let known = |name: &ObjectName| {
        let name = bare(name);
        names.contains(&name.as_str()) || own.0.contains(&name)
    };
    let unknown = visit_relations(query, |relation| match known(relation) {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(bare(relation)),
    });
    let ControlFlow::Break(name) = unknown else { return Ok(()) };
    let error = Error::params(format!("there is no table `{name}`"))
        .expected(format!("one of {}", listing(names.iter().copied())));
    Err(match nearest(&name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => {
            error.hint("a name with other characters than letters, digits and _ stands in \"double quotes\"")
        }
    })
}

/// The names of `WITH name AS (…)`, wherever it stands.
#[derive(Default)]
struct CommonTables(BTreeSet<String>);

impl Visitor for CommonTables {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.0.extend(tables.map(|table| table.alias.name.value.clone()));
        ControlFlow::Continue(())
    }
}

/// A name without its quotes.
fn bare(name: &ObjectName) -> String {
    let parts =
        name.0.iter().map(|part| part.as_ident().map_or_else(|| part.to_string(), |i| i.value.clone()));
    parts.collect::<Vec<_>>().join(".")
}

fn check_length(text: &str) -> Result<()> {
    if text.len() <= BYTES_LIMIT {
        return Ok(());
    }
    Err(Error::params("the query is too long")
        .expected(format!("at most {BYTES_LIMIT} bytes"))
        .found(text.len().to_string()))
}

fn unreadable(text: &str, error: &ParserError) -> Error {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => "it is nested too deep".into(),
    };
    Error::params(format!("the SQL cannot be read: {message}")).found(shortened(text))
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{} …", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
