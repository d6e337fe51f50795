//! One way of writing JSON, so that equal values have equal digests; and where two values differ.

use std::collections::BTreeSet;

use neuroloom_core::Digest;
use serde_json::Value;

/// `value` with the fields of every object sorted by name, without white space.
pub fn canonical_json(value: &Value) -> String {
    sort(value).to_string()
}

/// Digest of the canonical form.
pub fn digest_json(value: &Value) -> Digest {
    Digest::of(canonical_json(value).as_bytes())
}

fn sort(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            Value::Object(fields.into_iter().map(|(name, value)| (name.clone(), sort(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sort).collect()),
        other => other.clone(),
    }
}

/// A place at which two values differ, `null` where one of them has nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'a> {
    /// Names with a dot between them; empty for the values as a whole.
    pub path: String,
    /// The first value.
    pub before: &'a Value,
    /// The second value.
    pub after: &'a Value,
}

/// Where `before` and `after` differ: the deepest fields of objects, by name. Lists are compared as a whole.
pub fn differences<'a>(before: &'a Value, after: &'a Value) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn compare<'a>(path: &str, before: &'a Value, after: &'a Value, found: &mut Vec<Difference<'a>>) {
    if let (Value::Object(one), Value::Object(other)) = (before, after) {
        let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for name in names {
            let field = |map: &'a serde_json::Map<String, Value>| map.get(name).unwrap_or(&Value::Null);
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            compare(&path, field(one), field(other), found);
        }
    } else if before != after {
        found.push(Difference { path: path.to_owned(), before, after });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_fields_does_not_count() {
        let a: Value = serde_json::from_str(r#"{"b": {"y": 1, "x": [2, 3]}, "a": null}"#).unwrap();
        let b: Value = serde_json::from_str(r#"{"a": null, "b": {"x": [2, 3], "y": 1}}"#).unwrap();
        assert_eq!(digest_json(&a), digest_json(&b));
        assert_eq!(canonical_json(&a), r#"{"a":null,"b":{"x":[2,3],"y":1}}"#);
    }

    #[test]
    fn the_order_of_items_counts() {
        assert_ne!(digest_json(&json!([1, 2])), digest_json(&json!([2, 1])));
    }

    #[test]
    fn differences_name_the_deepest_field() {
        let (a, b) =
            (json!({ "k": { "x": 1, "y": [2] }, "m": 0 }), json!({ "k": { "x": 1, "y": [3] }, "n": 0 }));
        let found: Vec<_> = differences(&a, &b).into_iter().map(|found| found.path).collect();
        assert_eq!(found, ["k.y", "m", "n"]);
        assert!(differences(&a, &a).is_empty());
    }
}
