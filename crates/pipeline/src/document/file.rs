//! One file: its bytes, its text, its tree.

use std::io::Read;
use std::path::Path;

use neuroloom_core::files;

use super::findings::{Findings, Place, SourceId};
use super::node::{Map, Node, Value};
use super::yaml::{self, Origin};

/// Larger files are no pipelines.
const SIZE_LIMIT: usize = 4 << 20;
/// The version of the language that this program reads.
const LANGUAGE: u64 = 1;

/// A file's tree, whose root is a map, and the text that it was read from.
pub(super) struct File {
    pub source: SourceId,
    pub map: Map,
    pub text: String,
}

/// Reads the file at `path`, which `named_at` asked for. `None` when that fails, which is reported.
pub(super) fn read(path: &Path, named_at: Option<Place>, findings: &mut Findings) -> Option<File> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let place = named_at.unwrap_or_else(|| findings.add_source(path, "").start());
            findings.error(place, why);
            return None;
        }
    };
    let text = text(path, bytes, findings)?;
    let source = findings.add_source(path, &text);
    let before = findings.errors();
    let root = yaml::parse(&text, Origin { source, indent: 0 }, findings);
    match root {
        Some(Node { value: Value::Map(map), .. }) => {
            check_version(&map, source, named_at.is_none(), findings);
            Some(File { source, map, text })
        }
        None | Some(Node { value: Value::Null, .. }) => {
            if findings.errors() == before {
                let hint = "a pipeline begins with `neuroloom: 1` and has `steps`";
                findings.error(source.start(), "the file is empty").hint(hint);
            }
            None
        }
        Some(node) => {
            findings.error(node.place, format!("a pipeline is a map, found {}", node.what()));
            None
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file =
        files::open(path).map_err(|error| format!("cannot read {}: {}", path.display(), error.message()))?;
    let mut bytes = Vec::new();
    let read = file.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if bytes.len() > SIZE_LIMIT {
        return Err(format!(
            "{} is larger than {} MiB, which no pipeline is",
            path.display(),
            SIZE_LIMIT >> 20
        ));
    }
    Ok(bytes)
}

fn text(path: &Path, bytes: Vec<u8>, findings: &mut Findings) -> Option<String> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let before = text.get(..valid).unwrap_or_default();
    let source = findings.add_source(path, &text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let place = Place {
        source,
        line: 1 + before.matches('\n').count(),
        column: 1 + before.get(line_start..).unwrap_or_default().chars().count(),
        length: 1,
    };
    let byte = error.as_bytes().get(valid).copied().unwrap_or_default();
    let message = format!("the file is not UTF-8 text: byte 0x{byte:02X} at offset {valid}");
    findings.error(place, message).hint("save the file as UTF-8");
    None
}

/// The file that is run must name the version; a base may.
fn check_version(map: &Map, source: SourceId, required: bool, findings: &mut Findings) {
    match map.get("neuroloom") {
        None if required => {
            let message = "`neuroloom`, the version of the language, is missing";
            findings
                .error(source.start(), message)
                .hint(format!("begin the file with `neuroloom: {LANGUAGE}`"));
        }
        Some(node) if !matches!(&node.value, Value::Number(n) if n.as_u64() == Some(LANGUAGE)) => {
            let message =
                format!("this program reads version {LANGUAGE} of the language, found {}", node.what());
            findings.error(node.place, message).hint(format!("write `neuroloom: {LANGUAGE}`"));
        }
        _ => {}
    }
}
