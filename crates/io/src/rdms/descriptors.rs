//! What a file says of its RDMs and of their conditions.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, nearest};

use crate::numbers::Numbers;

/// Lists of words, one word per RDM or per condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Descriptors {
    /// What a word belongs to: "RDM" or "condition".
    of: &'static str,
    lists: BTreeMap<String, Vec<String>>,
}

impl Descriptors {
    /// None yet.
    pub(super) fn of(what: &'static str) -> Self {
        Self { of: what, lists: BTreeMap::new() }
    }

    /// Adds a list, unless there is one of the name.
    pub(super) fn add(&mut self, name: &str, values: Vec<String>) {
        self.lists.entry(name.to_owned()).or_insert(values);
    }

    /// The list called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn get(&self, name: &str) -> Result<&[String]> {
        self.lists.get(name).map(Vec::as_slice).ok_or_else(|| {
            let known = self.names().collect::<Vec<_>>().join(", ");
            let error = Error::data(format!("no such descriptor of a {}", self.of)).at_object(name);
            let error = error.expected(format!("one of {known}"));
            match nearest(name, self.names()) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`neuroloom inspect FILE` lists what is there"),
            }
        })
    }

    /// Their names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// All lists by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.lists.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

/// Numbers as words: a whole number without a fraction.
pub(super) fn words(numbers: &Numbers) -> Vec<String> {
    numbers.to_f64().into_iter().map(|number| number.to_string()).collect()
}
