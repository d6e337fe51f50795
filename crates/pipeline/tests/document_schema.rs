//! The schema describes the same language as the loader.

mod support;

use neuroloom_pipeline::schema::json_schema;
use serde_json::{Value, json};
use support::registry;

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => found.push(target),
                    _ => references(value, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let schema = json_schema(&registry());
    let mut found = Vec::new();
    references(&schema, &mut found);
    assert!(found.contains(&"#/$defs/test.rdm/$defs/Kernel"), "{found:?}");
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(schema.pointer(pointer).is_some(), "{target}");
    }
}

#[test]
fn parameters_carry_their_documentation_and_accept_variables() {
    let schema = json_schema(&registry());
    let rank = schema.pointer("/$defs/test.rdm/properties/rank").unwrap();
    assert_eq!(rank["description"], "How many.");
    assert_eq!(rank["anyOf"][0]["type"], "integer");
    assert_eq!(rank["anyOf"][1], json!({ "$ref": "#/$defs/variable" }));
    assert_eq!(schema.pointer("/$defs/test.rdm/additionalProperties"), Some(&json!(false)));
}

#[test]
fn the_schema_of_the_steps_for_tests() {
    insta::assert_json_snapshot!(json_schema(&registry()));
}
