//! The entities of a crate, each with one id.

use std::collections::BTreeMap;

use neuroloom_core::Digest;
use serde_json::{Value, json};

/// Entities by their ids.
#[derive(Debug, Default)]
pub(super) struct Graph {
    entities: BTreeMap<String, Value>,
    /// The ids of the files that are parts of the crate.
    parts: Vec<String>,
    /// The ids of what was done.
    actions: Vec<String>,
}

impl Graph {
    /// Adds `entity` under `id`; the first one with an id stays.
    pub fn add(&mut self, id: &str, mut entity: Value) {
        if let Some(fields) = entity.as_object_mut() {
            fields.insert("@id".into(), id.into());
        }
        self.entities.entry(id.to_owned()).or_insert(entity);
    }

    /// Adds a file that is part of the crate.
    pub fn add_part(&mut self, id: &str, entity: Value) {
        if !self.entities.contains_key(id) {
            self.parts.push(id.to_owned());
        }
        self.add(id, entity);
    }

    /// Adds something that was done.
    pub fn add_action(&mut self, id: &str, entity: Value) {
        self.actions.push(id.to_owned());
        self.add(id, entity);
    }

    /// Adds a digest called `name`; gives what refers to it.
    pub fn digest(&mut self, name: &str, digest: Digest) -> Value {
        let id = format!("#blake3/{digest}");
        let value = digest.to_string();
        self.add(
            &id,
            json!({ "@type": "PropertyValue", "name": name, "propertyID": "BLAKE3", "value": value }),
        );
        reference(&id)
    }

    /// References to the parts, in order.
    pub fn parts(&self) -> Value {
        let mut parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        parts.sort_unstable();
        references(&parts)
    }

    /// References to the actions, in the order of their adding.
    pub fn actions(&self) -> Value {
        references(&self.actions)
    }

    /// The document.
    pub fn finish(self, descriptor: Value, root: Value) -> Value {
        let entities: Vec<Value> =
            [descriptor, root].into_iter().chain(self.entities.into_values()).collect();
        json!({ "@context": "https://w3id.org/ro/crate/1.1/context", "@graph": entities })
    }
}

/// `{"@id": id}`.
pub(super) fn reference(id: &str) -> Value {
    json!({ "@id": id })
}

/// A list of references.
pub(super) fn references<T: AsRef<str>>(ids: &[T]) -> Value {
    ids.iter().map(|id| reference(id.as_ref())).collect()
}

/// `text` as a part of an id: what a URI cannot hold is percent-encoded (RFC 3986, sections 2.1 and 3.3).
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'=' | b'+' | b',' | b'@' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hold_no_brackets_and_no_bare_percent_signs() {
        assert_eq!(encoded("f[rank=4]/%20 ü"), "f%5Brank=4%5D/%2520%20%C3%BC");
    }
}
