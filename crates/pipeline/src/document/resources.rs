//! `resources`: what a task asks for, in the words of a batch system.

mod amounts;

use super::findings::{Findings, Place};
use super::node::{Entry, Map, Node, Value};
use super::steps::unknown_keys;
use crate::resources::ResourceRequest;

const KEYS: [&str; 9] =
    ["cores", "memory", "time", "partition", "account", "qos", "constraint", "gres", "tasks_per_job"];

/// Cores of one task, and tasks of one job: more is a slip.
const COUNT_LIMIT: u64 = 100_000;

/// Reads the value of `resources`.
pub(super) fn read(node: &Node, findings: &mut Findings) -> ResourceRequest {
    let mut request = ResourceRequest::default();
    let Some(map) = node.expect_map("`resources`", findings) else { return request };
    unknown_keys(map, &KEYS, "`resources`", findings);
    for Entry { key, value, .. } in map.entries() {
        entry(&mut request, key, value, findings);
    }
    request
}

fn entry(request: &mut ResourceRequest, key: &str, value: &Node, findings: &mut Findings) {
    match key {
        // As everywhere in a document, `null` is the same as leaving a key out.
        _ if matches!(value.value, Value::Null | Value::Broken) => {}
        "cores" => request.cores = amount(key, value, COUNT, count, findings),
        "tasks_per_job" => request.tasks_per_job = amount(key, value, COUNT, count, findings),
        "memory" => request.memory_bytes = amount(key, value, MEMORY, amounts::bytes, findings),
        "time" => request.time_s = amount(key, value, TIME, amounts::seconds, findings),
        "partition" => request.partition = words(key, value, findings),
        "account" => request.account = words(key, value, findings),
        "qos" => request.qos = words(key, value, findings),
        "constraint" => request.constraint = words(key, value, findings),
        "gres" => request.gres = words(key, value, findings),
        _ => {}
    }
}

const COUNT: &str = "a whole number from 1 to 100000";
const MEMORY: &str = "an amount above 0: `8G`, `500M`, or bytes";
const TIME: &str = "a time above 0: `2h`, `90m`, `1h30m`, `HH:MM:SS`, or seconds";

/// The amount that `read` finds in the text of a scalar; reports what is none, with what was `expected`.
fn amount<T>(
    key: &str,
    value: &Node,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
    findings: &mut Findings,
) -> Option<T> {
    let text = match &value.value {
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let amount = text.as_deref().and_then(read);
    if amount.is_none() {
        findings.error(value.place, format!("`{key}` must be {expected}, found {}", value.what()));
    }
    amount
}

fn count(text: &str) -> Option<usize> {
    let count = text.parse::<u64>().ok().filter(|count| (1..=COUNT_LIMIT).contains(count))?;
    usize::try_from(count).ok()
}

/// A word of the batch system. It lands in a job script, where white space would end it and quotes, `$` or a leading
/// `-` would mean something else.
fn words(key: &str, value: &Node, findings: &mut Findings) -> Option<String> {
    const LENGTH_LIMIT: usize = 200;
    let text = value.scalar_text();
    let Some(text) = text.filter(|_| !matches!(value.value, Value::Bool(_))) else {
        findings.error(value.place, format!("`{key}` must be text, found {}", value.what()));
        return None;
    };
    let fits = !text.is_empty() && text.len() <= LENGTH_LIMIT && !text.starts_with('-');
    if fits && text.chars().all(is_plain) {
        return Some(text);
    }
    report_word(key, value.place, findings);
    None
}

/// What Slurm's names, feature expressions (`intel&gpu`, `[rack1|rack2]`) and counts (`gpu:a100:2`) are made of.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.,:+=/@%&|[]()*".contains(c)
}

fn report_word(key: &str, place: Place, findings: &mut Findings) {
    let message = format!("`{key}` cannot stand in a job script");
    let hint = "use letters, digits and `_-.,:+=/@%&|[]()*`, no `-` in front, no white space, at most 200";
    findings.error(place, message).hint(hint);
}

/// The defaults at the top of the document.
pub(super) fn defaults(root: &Map, vars: &mut super::vars::Vars, findings: &mut Findings) -> ResourceRequest {
    let Some(node) = root.get("resources") else { return ResourceRequest::default() };
    let node = vars.expand(node, findings);
    read(&node, findings)
}
