//! The short entries at the top of a document.

use std::path::Path;

use super::findings::Findings;
use super::node::{Map, Value};
use super::steps::unknown_keys;

/// All keys of a document.
const KEYS: [&str; 8] = ["neuroloom", "name", "seed", "vars", "extends", "resources", "steps", "outputs"];

/// Name and seed of a pipeline.
pub(super) struct Header {
    pub name: String,
    pub seed: u64,
}

/// Reads the header of the document that was loaded from `file`.
pub(super) fn read(root: &Map, file: &Path, findings: &mut Findings) -> Header {
    unknown_keys(root, &KEYS, "a pipeline", findings);
    Header { name: name(root, findings).unwrap_or_else(|| stem(file)), seed: seed(root, findings) }
}

fn name(root: &Map, findings: &mut Findings) -> Option<String> {
    let node = root.get("name")?;
    let text = node.expect_text("`name`", findings)?;
    if text.is_empty() || text.chars().count() > 100 || !text.chars().all(fits_name) {
        let hint = "use letters, digits, `-`, `_` and `.`, at most 100";
        findings.error(node.place, "this cannot be the name of a pipeline").hint(hint);
    }
    Some(text.to_owned())
}

fn fits_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    stem.chars().map(|c| if fits_name(c) { c } else { '-' }).collect()
}

fn seed(root: &Map, findings: &mut Findings) -> u64 {
    let Some(node) = root.get("seed") else { return 0 };
    let seed = match &node.value {
        Value::Number(number) => number.as_u64(),
        Value::Broken => return 0,
        _ => None,
    };
    if seed.is_none() {
        let message = format!("`seed` must be a whole number that is not negative, found {}", node.what());
        findings.error(node.place, message);
    }
    seed.unwrap_or(0)
}
