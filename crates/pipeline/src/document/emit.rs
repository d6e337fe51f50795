//! A tree written as YAML again: block maps, plain scalars where they mean the same, everything else quoted.

use super::node::{Map, Node, Value};
use super::scalars;

/// The document `root` as YAML 1.2 that reads back as the same tree.
pub(super) fn document(root: &Map) -> String {
    let mut out = String::new();
    block_map(root, 0, &mut out);
    out
}

fn block_map(map: &Map, indent: usize, out: &mut String) {
    for entry in map.entries() {
        out.push_str(&format!("{:indent$}{}:", "", text(&entry.key)));
        block_value(&entry.value, indent + 2, out);
    }
}

/// What stands behind `key:`, with its line break.
fn block_value(node: &Node, indent: usize, out: &mut String) {
    match &node.value {
        Value::Map(map) if !map.entries().is_empty() => {
            out.push('\n');
            block_map(map, indent, out);
        }
        Value::List(items) if items.iter().any(is_collection) => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{:indent$}- {}\n", "", flow(item)));
            }
        }
        _ => out.push_str(&format!(" {}\n", flow(node))),
    }
}

fn is_collection(node: &Node) -> bool {
    matches!(node.value, Value::List(_) | Value::Map(_))
}

/// A value in one line.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null | Value::Broken => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(value) => text(value),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(map) if map.entries().is_empty() => "{}".into(),
        Value::Map(map) => {
            let entries = map.entries().iter();
            let entries = entries.map(|entry| format!("{}: {}", text(&entry.key), flow(&entry.value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn text(value: &str) -> String {
    if is_plain(value) { value.to_owned() } else { quoted(value) }
}

/// Whether `value` may stand without quotes anywhere, and is text to readers of YAML 1.1 as well.
fn is_plain(value: &str) -> bool {
    let starts = value.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/'));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '@' | '%' | '+' | '-');
    let truth = ["y", "n", "yes", "no", "on", "off"].iter().any(|word| value.eq_ignore_ascii_case(word));
    starts
        && value.chars().all(fits)
        && value.contains(|c: char| c.is_ascii_alphanumeric())
        && !truth
        && matches!(scalars::resolve(value), Ok(Value::Text(_)))
}

/// `value` in double quotes, with what is not printable escaped (YAML 1.2.2, sections 5.1 and 5.7).
fn quoted(value: &str) -> String {
    let mut out = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control()
                || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}') =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::super::findings::Findings;
    use super::super::yaml::{self, Origin};
    use super::*;

    fn parsed(text: &str) -> Node {
        let mut findings = Findings::default();
        let source = findings.add_source("".as_ref(), text);
        let node = yaml::parse(text, Origin { source, indent: 0 }, &mut findings);
        assert!(!findings.has_errors(), "{text}\n{}", findings.finish());
        node.unwrap()
    }

    fn emitted(text: &str) -> String {
        match parsed(text).value {
            Value::Map(map) => document(&map),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_document_stays_readable() {
        let text = "neuroloom: 1\nsteps:\n  rdm:\n    use: rsa.rdm@1\n    in: { a: b.c }\n    with:\n      \
                    window_s: [0, 0.25]\n      path: ../data/a.nwb\n      none: {}\n";
        let expected = text.replace("    in: { a: b.c }\n", "    in:\n      a: b.c\n");
        assert_eq!(emitted(text), expected);
    }

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        let text =
            r#"{a: "1", b: "no", c: "", d: "null", e: "a: b", f: "- x", g: "${v}", h: "0x1F", i: "é"}"#;
        let expected = "a: \"1\"\nb: \"no\"\nc: \"\"\nd: \"null\"\ne: \"a: b\"\nf: \"- x\"\ng: \"${v}\"\nh: \"0x1F\"\ni: \"é\"\n";
        assert_eq!(emitted(text), expected);
    }

    fn trees() -> impl Strategy<Value = Json> {
        let number = any::<f64>().prop_filter("JSON has no others", |n| n.is_finite());
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<u64>().prop_map(Json::from),
            number.prop_map(Json::from),
            any::<String>().prop_map(Json::from),
            "[-~.0-9a-z:#{}\\[\\], $%@&*!|>'\"]{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let key = "[ -~éß\u{85}\u{2028}]{0,8}".prop_filter("a merge key", |key| key != "<<");
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::btree_map(key, inner, 0..5).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_tree_reads_back_the_same(tree in trees()) {
            let tree = json!({ "tree": tree });
            // JSON is YAML, but for control characters that it may carry as they are.
            let written = emitted(&tree.to_string().replace('\u{7f}', "\\u007f"));
            prop_assert_eq!(parsed(&written).to_json(), tree, "{}", written);
        }
    }
}
