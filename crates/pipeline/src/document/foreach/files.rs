//! `{ glob: "data/*/*.nwb", into: path }`: a task for each file, or for each folder where the pattern ends in `/`.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use neuroloom_core::files;

use super::super::axis::{AxisValue, Setting, TASKS_LIMIT};
use super::super::findings::{Findings, Place};
use super::super::node::{Map, Node, Value};
use super::super::steps::unknown_keys;
use super::{Labels, neighbours, parameter, required};

const KEYS: [&str; 3] = ["glob", "into", "label"];

/// Hidden files (`.git`, `._a.nwb` of macOS) are found only by patterns that name the dot, and `*` stays in its folder.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// What the label of a file is made of.
#[derive(Clone, Copy)]
enum Label {
    /// The file's name without its ending.
    Stem,
    /// The name of the folder that it lies in.
    Folder,
}

/// The values of the axis that `map` describes, sorted by path. `None` where something is wrong, which is reported.
pub(super) fn read(map: &Map, glob: &Node, base: &Path, findings: &mut Findings) -> Option<Vec<AxisValue>> {
    unknown_keys(map, &KEYS, "a `foreach` over files", findings);
    let into = required(map, "into", "PARAMETER", glob.place, findings);
    let into = into.and_then(|node| Some((parameter(node, findings)?, node.place)));
    let label = label(map, findings);
    let pattern = glob.expect_text("`glob`", findings)?;
    let paths = found(pattern, glob.place, base, findings)?;
    let (into, place) = into?;
    let mut labels = Labels::default();
    let mut values = Vec::new();
    for path in paths {
        let name = name(&path, label?, pattern.ends_with('/'));
        if let Err(why) = labels.add(&name, &format!("`{path}`")) {
            let hint = match label? {
                Label::Stem => "`label: folder` takes the name of the folder instead of the file's",
                Label::Folder => "without `label` the name of the file is taken",
            };
            findings.error(glob.place, why).hint(hint);
            return None;
        }
        let value = Node { value: Value::Text(path), place: glob.place };
        values.push(AxisValue { label: name, settings: vec![Setting { path: into.clone(), place, value }] });
    }
    Some(values)
}

fn label(map: &Map, findings: &mut Findings) -> Option<Label> {
    let Some(node) = map.get("label") else { return Some(Label::Stem) };
    match node.expect_text("`label`", findings)? {
        "file" => Some(Label::Stem),
        "folder" => Some(Label::Folder),
        other => {
            let message = format!("`label` must be `file` or `folder`, found `{other}`");
            findings.error(node.place, message);
            None
        }
    }
}

/// The paths that match, as the document would write them, sorted. At least one; otherwise that is reported.
fn found(pattern: &str, place: Place, base: &Path, findings: &mut Findings) -> Option<Vec<String>> {
    let wants_folders = pattern.ends_with('/');
    let base = plain(base);
    let whole = match absolute_or_below(&base, pattern) {
        Ok(whole) => whole,
        Err(why) => {
            findings.error(place, why);
            return None;
        }
    };
    let matches = match glob::glob_with(&whole, OPTIONS) {
        Ok(matches) => matches,
        Err(why) => {
            findings.error(place, format!("`{pattern}` is not a pattern: {}", why.msg));
            return None;
        }
    };
    let (mut paths, mut folders) = (Vec::new(), 0_usize);
    for entry in matches {
        let path = match entry {
            Ok(path) => path,
            Err(why) => {
                let message = format!("cannot look into {}: {}", why.path().display(), why.error());
                findings.error(place, message);
                return None;
            }
        };
        if files::is_folder(&path) != wants_folders {
            folders += 1;
            continue;
        }
        match written(&path, &base) {
            Some(text) => paths.push(text),
            None => {
                let message = format!("the name of {} is not UTF-8 text", path.display());
                findings.error(place, message).hint("rename it: a pipeline could not write its path");
                return None;
            }
        }
        if paths.len() > TASKS_LIMIT {
            let message = format!("more than {TASKS_LIMIT} files match `{pattern}`");
            findings.error(place, message).hint("narrow the pattern");
            return None;
        }
    }
    if paths.is_empty() {
        report_none(pattern, folders, place, &base, findings);
        return None;
    }
    paths.sort();
    Some(paths)
}

/// `folders` match where files are wanted; `glob` itself leaves files out where folders are.
fn report_none(pattern: &str, folders: usize, place: Place, base: &Path, findings: &mut Findings) {
    let noun = if pattern.ends_with('/') { "folder" } else { "file" };
    let hint = match folders {
        0 => neighbours::describe(&base.join(literal_folder(pattern))),
        1 => "a folder matches it: put a `/` at its end".to_owned(),
        _ => format!("{folders} folders match it: put a `/` at its end"),
    };
    findings.error(place, format!("no {noun} matches `{pattern}`")).hint(hint);
}

/// `base` without `.`, as `glob` gives paths back.
fn plain(base: &Path) -> PathBuf {
    base.components().filter(|part| *part != Component::CurDir).collect()
}

/// The pattern that is looked for: in `base`, whose own name is no pattern.
fn absolute_or_below(base: &Path, pattern: &str) -> Result<String, String> {
    let pattern = pattern.trim_start_matches("./");
    if pattern.is_empty() || pattern.contains('\0') {
        return Err("`glob` must be a pattern such as `data/*.nwb`".into());
    }
    if base.as_os_str().is_empty() || Path::new(pattern).is_absolute() {
        return Ok(pattern.to_owned());
    }
    let base = base.to_str().ok_or("the folder of the pipeline file has a name that is not UTF-8 text")?;
    Ok(format!("{}/{pattern}", Pattern::escape(base).trim_end_matches('/')))
}

/// The path as the document would write it: relative to `base` where it was found from there, with `/` between folders.
fn written(path: &Path, base: &Path) -> Option<String> {
    let path = path.strip_prefix(base).unwrap_or(path);
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => text.push('/'),
            part => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(part.as_os_str().to_str()?);
            }
        }
    }
    Some(text)
}

/// The folders of `pattern` before the first that stands for several.
fn literal_folder(pattern: &str) -> PathBuf {
    let parts: Vec<&str> = pattern.trim_end_matches('/').split('/').collect();
    let folders = parts.split_last().map_or(&[] as &[&str], |(_, folders)| folders);
    let literal = folders.iter().take_while(|part| !part.contains(['*', '?', '[']));
    let folder: Vec<&str> = literal.copied().collect();
    if folder == [""] { PathBuf::from("/") } else { PathBuf::from(folder.join("/")) }
}

fn name(path: &str, label: Label, is_folder: bool) -> String {
    let path = Path::new(path);
    let named = match label {
        Label::Folder => path.parent().and_then(Path::file_name),
        // A folder has no ending: `2024.03.01` is its whole name.
        Label::Stem if is_folder => path.file_name(),
        Label::Stem => path.file_stem(),
    };
    named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literal_folder_ends_before_the_first_wildcard() {
        for (pattern, folder) in [
            ("data/*/a.nwb", "data"),
            ("*.nwb", ""),
            ("a/b/c.nwb", "a/b"),
            ("/x/**/y", "/x"),
            ("a/b?/c/*", "a"),
        ] {
            assert_eq!(literal_folder(pattern), PathBuf::from(folder), "{pattern}");
        }
    }

    #[test]
    fn the_folder_of_the_pipeline_is_no_pattern() {
        assert_eq!(absolute_or_below("a[1]".as_ref(), "./*.nwb").unwrap(), "a[[]1[]]/*.nwb");
        assert_eq!(absolute_or_below("".as_ref(), "x/*.nwb").unwrap(), "x/*.nwb");
        assert!(absolute_or_below("a".as_ref(), "./").is_err());
    }

    #[test]
    fn paths_are_written_as_the_document_would() {
        assert_eq!(written("a/b/c.nwb".as_ref(), "a".as_ref()).unwrap(), "b/c.nwb");
        assert_eq!(written("a/../c.nwb".as_ref(), "a".as_ref()).unwrap(), "../c.nwb");
        assert_eq!(written("/x/c.nwb".as_ref(), "a".as_ref()).unwrap(), "/x/c.nwb");
    }
}
