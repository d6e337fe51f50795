//! JSON as the sources write it: objects whose keys must not repeat, and numbers with gaps.

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use neuroloom_core::{Error, Result, files};
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads the JSON file at `path`.
///
/// # Errors
/// When it is absent, no JSON, or not `T`.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = files::read_bytes(path)?;
    serde_json::from_slice(&bytes).map_err(|e| {
        Error::data("the JSON file is damaged, or not as its source has it")
            .at_file(path)
            .at_object(format!("line {}, column {}", e.line(), e.column()))
            .found(e.to_string())
    })
}

/// The entries of an object, in the order of the file; a key that is there twice is an error.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entries<T>(pub Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        while let Some((key, value)) = map.next_entry::<String, T>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key {key:?} is there twice")));
            }
            entries.push((key, value));
        }
        Ok(Entries(entries))
    }
}

/// A number; `null` is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample(pub f64);

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or(f64::NAN)))
    }
}

/// The numbers of `samples`.
pub(super) fn numbers(samples: &[Sample]) -> Vec<f64> {
    samples.iter().map(|sample| sample.0).collect()
}

/// The label of a region of interest; what else is said of it is passed over.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Labelled {
    #[serde(default)]
    pub label: Option<String>,
}

/// Labels of the regions `1..=n` by the keys of `entries`, which count from 1.
///
/// # Errors
/// When a key is no number, 0, above `n`, or there twice (`7` and `07`).
pub(super) fn labels(entries: &Entries<Labelled>, n: usize) -> Result<Vec<Option<String>>> {
    let mut labels: Vec<Option<&Labelled>> = vec![None; n];
    for (key, labelled) in &entries.0 {
        let wrong = |what: &str| {
            Error::data(format!("a region of interest {what}"))
                .at_object(format!("region {key:?}"))
                .expected(format!("a number from 1 to {n}, once"))
        };
        let number: usize = key.parse().map_err(|_| wrong("is no number"))?;
        let slot = number.checked_sub(1).and_then(|index| labels.get_mut(index));
        let slot = slot.ok_or_else(|| wrong("has a number that no trace has"))?;
        if slot.replace(labelled).is_some() {
            return Err(wrong("is there twice"));
        }
    }
    Ok(labels.into_iter().map(|labelled| labelled.and_then(|labelled| labelled.label.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Option<String>>> {
        let entries: Entries<Labelled> =
            serde_json::from_str(text).map_err(|e| Error::data(e.to_string()))?;
        labels(&entries, 3)
    }

    #[test]
    fn regions_count_from_one_and_come_once() {
        let found = parsed(r#"{"3": {"label": "AVAL", "region": 1}, "1": {"label": null}}"#).unwrap();
        assert_eq!(found, [None, None, Some("AVAL".to_owned())]);
        let message = |text| parsed(text).unwrap_err().to_string();
        assert!(message(r#"{"0": {}}"#).contains("no trace"));
        assert!(message(r#"{"4": {}}"#).contains("from 1 to 3"));
        assert!(message(r#"{"a": {}}"#).contains("no number"));
        assert!(message(r#"{"1": {}, "01": {}}"#).contains("twice"));
        assert!(message(r#"{"1": {}, "1": {}}"#).contains("twice"));
    }
}
