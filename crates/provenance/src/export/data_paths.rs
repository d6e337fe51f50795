//! Which parameters of a task are paths of sources: their schema says so.

use serde_json::Value;

/// Schemas that refer to each other this deep are followed.
const DEPTH_LIMIT: usize = 32;

/// The places in `params` that hold a path of a source, as JSON pointers (RFC 6901), by the JSON Schema of the
/// parameters: there [`DataPath`](neuroloom_core::DataPath) is a definition of its own.
pub(super) fn data_paths(schema: &Value, params: &Value) -> Vec<String> {
    let mut search = Search { root: schema, found: Vec::new() };
    search.visit(schema, params, "", 0);
    search.found.sort();
    search.found.dedup();
    search.found
}

struct Search<'a> {
    root: &'a Value,
    found: Vec<String>,
}

impl Search<'_> {
    fn visit(&mut self, schema: &Value, value: &Value, pointer: &str, depth: usize) {
        if depth > DEPTH_LIMIT {
            return;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            if target.ends_with("/DataPath") {
                self.found.extend(value.is_string().then(|| pointer.to_owned()));
            } else if let Some(definition) = target.strip_prefix('#').and_then(|at| self.root.pointer(at)) {
                self.visit(definition, value, pointer, depth + 1);
            }
        }
        for choice in ["anyOf", "oneOf", "allOf"] {
            for schema in schema.get(choice).and_then(Value::as_array).into_iter().flatten() {
                self.visit(schema, value, pointer, depth + 1);
            }
        }
        match value {
            Value::Object(fields) => {
                let properties = schema.get("properties");
                for (name, value) in fields {
                    let known = properties.and_then(|properties| properties.get(name));
                    if let Some(schema) = known.or_else(|| schema.get("additionalProperties")) {
                        let name = name.replace('~', "~0").replace('/', "~1");
                        self.visit(schema, value, &format!("{pointer}/{name}"), depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (at, item) in items.iter().enumerate() {
                        self.visit(schema, item, &format!("{pointer}/{at}"), depth + 1);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use neuroloom_core::DataPath;
    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;

    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its schema is of interest")]
    enum Paths {
        One(DataPath),
        Many(Vec<DataPath>),
    }

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is of interest")]
    struct Inner {
        labels: Option<DataPath>,
        /// No path of a file.
        dataset: String,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is of interest")]
    struct Params {
        path: Paths,
        inner: Inner,
        by_name: BTreeMap<String, DataPath>,
    }

    #[test]
    fn paths_are_found_wherever_the_schema_has_them() {
        let schema = schemars::schema_for!(Params).to_value();
        let one =
            json!({ "path": "a", "inner": { "labels": null, "dataset": "/a" }, "by_name": { "x/y": "b" } });
        assert_eq!(data_paths(&schema, &one), ["/by_name/x~1y", "/path"]);
        let many = json!({ "path": ["a", "b"], "inner": { "labels": "c", "dataset": "/a" }, "by_name": {} });
        assert_eq!(data_paths(&schema, &many), ["/inner/labels", "/path/0", "/path/1"]);
    }
}
