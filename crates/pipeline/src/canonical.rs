//! One way of writing JSON, so that equal values have equal digests.

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
}
