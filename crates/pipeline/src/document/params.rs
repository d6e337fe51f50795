//! `with`: parameters, checked by the step, with every complaint put where the value stands.

use neuroloom_core::{CheckedParams, ParamIssue};

use super::findings::{Findings, Place, listing};
use super::node::{Node, Value};
use super::steps::Used;

/// Checks `with`, which belongs to the step at `place`. `None` when something is wrong, which is reported.
pub(super) fn check(
    used: &Used,
    with: &Node,
    place: Place,
    findings: &mut Findings,
) -> Option<CheckedParams> {
    let issues = match used.step.check(&with.to_json()) {
        Ok(params) => return Some(params).filter(|_| !is_broken(with)),
        Err(issues) => issues,
    };
    for issue in issues {
        report(used, with, place, issue, findings);
    }
    None
}

fn is_broken(node: &Node) -> bool {
    match &node.value {
        Value::Broken => true,
        Value::List(items) => items.iter().any(is_broken),
        Value::Map(map) => map.entries().iter().any(|entry| is_broken(&entry.value)),
        _ => false,
    }
}

fn report(used: &Used, with: &Node, place: Place, issue: ParamIssue, findings: &mut Findings) {
    let ParamIssue { path, message, hint } = issue;
    let found = locate(with, &path);
    if found.node.is_some_and(is_broken) && !path.is_empty() {
        return;
    }
    let at = match (&found, message.starts_with("unknown field")) {
        (Found { key: Some(key), .. }, true) => *key,
        (Found { node: Some(node), .. }, _) if !path.is_empty() => node.place,
        (Found { key: Some(key), .. }, _) => *key,
        _ => place,
    };
    let (message, hint) = wording(used.step.id(), &path, &message, hint, found.node);
    findings.error(at, message).hint_if(hint);
}

/// The value at a path, or, where there is none, the key of the nearest value above it.
struct Found<'a> {
    node: Option<&'a Node>,
    key: Option<Place>,
}

fn locate<'a>(root: &'a Node, path: &str) -> Found<'a> {
    let (mut node, mut key, mut rest) = (root, None, path);
    while !rest.is_empty() {
        let step = match &node.value {
            Value::Map(map) => {
                // Keys may themselves contain dots: the longest one that fits is meant.
                let ends = rest.match_indices('.').map(|(at, _)| at).chain([rest.len()]);
                let keys = ends.filter_map(|end| Some((map.entry(rest.get(..end)?)?, end)));
                keys.max_by_key(|(_, end)| *end)
                    .map(|(entry, end)| (&entry.value, Some(entry.key_place), end))
            }
            Value::List(items) => {
                let end = rest.find('.').unwrap_or(rest.len());
                let at = rest.get(..end).and_then(|index| index.parse::<usize>().ok());
                at.and_then(|at| items.get(at)).map(|item| (item, Some(item.place), end))
            }
            _ => None,
        };
        let Some((below, below_key, end)) = step else { return Found { node: None, key } };
        (node, key) = (below, below_key);
        rest = rest.get(end..).unwrap_or_default().trim_start_matches('.');
    }
    Found { node: Some(node), key }
}

/// Says it in the words of the pipeline file instead of those of Rust.
fn wording(
    id: &str,
    path: &str,
    message: &str,
    hint: Option<String>,
    node: Option<&Node>,
) -> (String, Option<String>) {
    if let Some(rest) = message.strip_prefix("unknown field") {
        let known: Vec<&str> = rest.split('`').skip(3).step_by(2).collect();
        let known = if known.is_empty() { None } else { Some(format!("there are {}", listing(known))) };
        return (format!("`{id}` has no parameter `{path}`"), hint.or(known));
    }
    if message.starts_with("is required") {
        return (format!("the parameter `{path}` of `{id}` is missing"), hint);
    }
    let subject = if path.is_empty() { format!("the parameters of `{id}`") } else { format!("`{path}`") };
    let kinds = ["invalid type", "invalid value", "unknown variant"];
    let mismatch = kinds.iter().any(|kind| message.starts_with(kind));
    let expected = message.rsplit_once(", expected ").filter(|_| mismatch);
    match (expected, node) {
        (Some((_, expected)), Some(node)) => {
            let message = format!("{subject} must be {}, found {}", plain(expected), node.what());
            (message, hint.or_else(|| boolean(node)))
        }
        _ => (format!("{subject}: {message}"), hint),
    }
}

fn plain(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a nonzero u8" | "a nonzero u16" | "a nonzero u32" | "a nonzero u64" | "a nonzero usize" => {
            "a whole number above 0"
        }
        "f32" | "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a string" => "text",
        "a sequence" => "a list",
        other if other.starts_with("struct ") => "a map",
        other => other,
    }
}

fn boolean(node: &Node) -> Option<String> {
    let Value::Text(text) = &node.value else { return None };
    let meant = match text.to_ascii_lowercase().as_str() {
        "no" | "off" | "n" => "false",
        "yes" | "on" | "y" => "true",
        _ => return None,
    };
    Some(format!("in YAML 1.2 `{text}` is text; write `{meant}`"))
}
