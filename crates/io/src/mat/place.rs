//! A place within a variable, as MATLAB writes it: `est.neurons{2}.trace`, `units(3).times`.

use std::fmt;
use std::str::FromStr;

use neuroloom_core::{Error, Result};

use crate::mat5::{Variable, View};

/// A variable, or a field or an item within it. Indices are linear and count from 1, as MATLAB's do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    variable: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `.field`
    Field(String),
    /// `(3).field`, from 0.
    RecordField(usize, String),
    /// `{3}`, from 0.
    Cell(usize),
}

impl Place {
    /// The variable.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// Goes to the place from a view of its variable.
    ///
    /// # Errors
    /// When there is no such field or item.
    pub fn within<'a>(&self, variable: View<'a>) -> Result<View<'a>> {
        self.steps.iter().try_fold(variable, |view, step| match step {
            Step::Field(name) => view.field(name),
            Step::RecordField(record, name) => view.record_field(*record, name),
            Step::Cell(index) => view.cell(*index),
        })
    }
}

impl FromStr for Place {
    type Err = Error;

    /// Reads a place.
    ///
    /// # Errors
    /// When it is none, an index is 0, or `(2)` is followed by no field.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| {
            Error::params("this names no place in a MATLAB file")
                .expected("a variable, then .field, {2} or (2).field as often as needed")
                .found(format!("{text:?}"))
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.variable)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Field(name) => write!(f, ".{name}"),
            Step::RecordField(record, name) => write!(f, "({}).{name}", record + 1),
            Step::Cell(index) => write!(f, "{{{}}}", index + 1),
        })
    }
}

fn parse(text: &str) -> Option<Place> {
    let (variable, mut rest) = name(text)?;
    let mut steps = Vec::new();
    while let Some(mark) = rest.chars().next() {
        let after = rest.get(mark.len_utf8()..)?;
        let step;
        (step, rest) = match mark {
            '.' => name(after).map(|(name, rest)| (Step::Field(name), rest))?,
            '{' => index(after, '}').map(|(index, rest)| (Step::Cell(index), rest))?,
            '(' => {
                let (record, rest) = index(after, ')')?;
                let (field, rest) = name(rest.strip_prefix('.')?)?;
                (Step::RecordField(record, field), rest)
            }
            _ => return None,
        };
        steps.push(step);
    }
    Some(Place { variable, steps })
}

/// The name that `text` begins with, and what follows.
fn name(text: &str) -> Option<(String, &str)> {
    let end = text.find(['.', '{', '(']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| (name.to_owned(), rest))
}

/// The index before `close`, from 0, and what follows.
fn index(text: &str, close: char) -> Option<(usize, &str)> {
    let (digits, rest) = text.split_once(close)?;
    Some((digits.trim().parse::<usize>().ok()?.checked_sub(1)?, rest))
}

/// A variable that was read, and a place in it.
#[derive(Clone, Debug)]
pub struct Found {
    variable: Variable,
    place: Place,
}

impl Found {
    pub(super) fn new(variable: Variable, place: Place) -> Result<Self> {
        place.within(variable.view())?;
        Ok(Self { variable, place })
    }

    /// A view of the place.
    ///
    /// # Errors
    /// None in fact: that the place is there was seen when it was found.
    pub fn view(&self) -> Result<View<'_>> {
        self.place.within(self.variable.view())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_is_written() {
        for text in ["NEURAL", "est.neurons{2}.trace", "units(3).times", "c{1}{2}", "a.b.c"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", ".a", "a{0}", "a{", "a(2)", "a(2)b", "a b", "a..b", "a{x}", "a/b"] {
            assert!(text.parse::<Place>().is_err(), "{text:?}");
        }
    }
}
