//! What polars says, in our words.

use neuroloom_core::{Error, nearest};
use polars::error::PolarsError;

use crate::columns::listing;

/// The error of polars on work with columns called `names`.
pub(crate) fn refused(error: &PolarsError, names: &[&str]) -> Error {
    match innermost(error) {
        PolarsError::ColumnNotFound(message) | PolarsError::SchemaFieldNotFound(message) => {
            let name = message.split('"').nth(1).unwrap_or(message);
            missing_column(name, names)
        }
        PolarsError::SQLSyntax(message) | PolarsError::SQLInterface(message) => {
            Error::params(format!("the query cannot be run: {}", first_line(message)))
        }
        other => Error::params(format!("the table cannot be worked on: {}", first_line(&other.to_string()))),
    }
}

/// Nothing is called `name`.
fn missing_column(name: &str, names: &[&str]) -> Error {
    let error = Error::params(format!("there is no column `{name}`"))
        .expected(format!("one of {}", listing(names.iter().copied())));
    match nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

fn innermost(error: &PolarsError) -> &PolarsError {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => innermost(error),
        other => other,
    }
}

/// The rest is a picture of the plan.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message)
}
