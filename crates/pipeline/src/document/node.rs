//! The located tree: YAML values that know where they stand.

use std::collections::BTreeMap;

use serde_json::Number;

use super::findings::{Findings, Place};

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    pub place: Place,
}

/// A YAML value of the core schema.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Map),
    /// Something wrong that is reported already: nothing more is said about it.
    Broken,
}

/// One entry of a map.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: Node,
}

/// A map with text keys, in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    entries: Vec<Entry>,
    index: BTreeMap<String, usize>,
}

impl Map {
    /// The entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries, in order.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }

    /// The entry at `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.index.get(key).and_then(|at| self.entries.get(*at))
    }

    /// The value at `key`; an explicit `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value).filter(|node| !matches!(node.value, Value::Null))
    }

    /// The value at `key`.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.index.get(key).and_then(|at| self.entries.get_mut(*at)).map(|entry| &mut entry.value)
    }

    /// Puts `entry` in the place of the one with the same key, or at the end.
    pub fn insert(&mut self, entry: Entry) {
        match self.index.get(&entry.key).and_then(|at| self.entries.get_mut(*at)) {
            Some(old) => *old = entry,
            None => {
                self.index.insert(entry.key.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }
}

impl FromIterator<Entry> for Map {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|entry| map.insert(entry));
        map
    }
}

impl Node {
    /// The value at `key`, if this is a map that has one other than `null`.
    pub fn child(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// Takes the value out and leaves `null`.
    pub fn take(&mut self) -> Self {
        Self { value: std::mem::replace(&mut self.value, Value::Null), place: self.place }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null | Value::Broken => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(number) => number.clone().into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(map) => {
                map.entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()
            }
        }
    }

    /// What it is, in a message.
    pub fn what(&self) -> String {
        match &self.value {
            Value::Null | Value::Broken => "nothing".into(),
            Value::Bool(flag) => format!("`{flag}`"),
            Value::Number(number) => format!("the number {number}"),
            Value::Text(text) if text.chars().count() > 40 => "a long text".into(),
            Value::Text(text) => format!("the text {text:?}"),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }

    /// A scalar as it is written into names and texts.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            Value::Text(text) => Some(text.clone()),
            Value::Null | Value::Broken | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The map that this should be; reports when it is none.
    pub fn expect_map(&self, what: &str, findings: &mut Findings) -> Option<&Map> {
        if let Value::Map(map) = &self.value {
            return Some(map);
        }
        if matches!(self.value, Value::Broken) {
            return None;
        }
        findings.error(self.place, format!("{what} must be a map, found {}", self.what()));
        None
    }

    /// The text that this should be; reports when it is none.
    pub fn expect_text(&self, what: &str, findings: &mut Findings) -> Option<&str> {
        if let Value::Text(text) = &self.value {
            return Some(text);
        }
        if matches!(self.value, Value::Broken) {
            return None;
        }
        findings.error(self.place, format!("{what} must be text, found {}", self.what()));
        None
    }

    /// About the bytes that a copy of this takes.
    pub fn weight(&self) -> usize {
        const NODE: usize = 64;
        NODE + match &self.value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.iter().map(Self::weight).sum(),
            Value::Map(map) => map.entries.iter().map(|entry| entry.key.len() + entry.value.weight()).sum(),
            Value::Null | Value::Broken | Value::Bool(_) | Value::Number(_) => 0,
        }
    }

    /// How many levels of lists and maps it has.
    pub fn height(&self) -> usize {
        match &self.value {
            Value::List(items) => 1 + items.iter().map(Self::height).max().unwrap_or(0),
            Value::Map(map) => 1 + map.entries.iter().map(|entry| entry.value.height()).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// Puts `value` at `path` below this node; maps on the way come into being.
    ///
    /// # Errors
    /// Why there can be no such path.
    pub fn set(&mut self, path: &[&str], key_place: Place, value: Node) -> Result<(), String> {
        let Some((first, rest)) = path.split_first() else {
            *self = value;
            return Ok(());
        };
        if matches!(self.value, Value::Null) {
            self.value = Value::Map(Map::default());
        }
        let what = self.what();
        match &mut self.value {
            Value::Map(map) if rest.is_empty() => {
                map.insert(Entry { key: (*first).into(), key_place, value });
                Ok(())
            }
            Value::Map(map) => {
                if map.entry(first).is_none() {
                    let empty = Node { value: Value::Null, place: key_place };
                    map.insert(Entry { key: (*first).into(), key_place, value: empty });
                }
                let child = map.get_mut(first).ok_or_else(|| format!("there is no `{first}`"))?;
                child.set(rest, key_place, value)
            }
            Value::List(items) => {
                let count = items.len();
                let item = first.parse::<usize>().ok().and_then(|at| items.get_mut(at));
                let item = item.ok_or_else(|| {
                    format!("`{first}` is not the place of an item in a list of {count}; the first is 0")
                })?;
                item.set(rest, key_place, value)
            }
            _ => Err(format!("`{first}` lies below {what}, which is not a map")),
        }
    }
}
