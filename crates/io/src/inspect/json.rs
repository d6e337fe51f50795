//! JSON: keys and shapes.

use serde_json::Value;

use super::ObjectSummary;

/// The members of the outermost object, or the items of the outermost list; none where `text` is no JSON.
pub(super) fn members(text: &str) -> Option<Vec<ObjectSummary>> {
    match serde_json::from_str(text).ok()? {
        Value::Object(members) => Some(members.iter().map(|(key, value)| member(key, value)).collect()),
        list @ Value::Array(_) => Some(vec![member("list", &list)]),
        _ => None,
    }
}

fn member(key: &str, value: &Value) -> ObjectSummary {
    let (shape, dtype) = describe(value);
    let summary = ObjectSummary::new(key).dtype(dtype);
    if shape.is_empty() { summary } else { summary.shape(shape) }
}

/// Extents of nested lists, by their first items, and what the innermost items are.
fn describe(value: &Value) -> (Vec<u64>, String) {
    let mut shape = Vec::new();
    let mut inner = value;
    while let Value::Array(items) = inner {
        shape.push(items.len() as u64);
        match items.first() {
            Some(first) => inner = first,
            None => break,
        }
    }
    let dtype = match inner {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "yes/no".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "nothing".to_owned(),
        Value::Object(members) => format!("object of {} keys", members.len()),
    };
    (shape, dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_shapes() {
        let found = members(r#"{ "fs": 2.5, "t": [[1, 2, 3], [4, 5, 6]], "name": "x" }"#).unwrap();
        let of = |name: &str| found.iter().find(|member| member.path == name).unwrap().clone();
        assert_eq!((of("t").shape, of("t").dtype.as_deref()), (Some(vec![2, 3]), Some("number")));
        assert_eq!(of("fs").shape, None);
        assert!(members("{ broken").is_none() && members("3").is_none());
    }
}
