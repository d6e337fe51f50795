//! What lies where a pattern found nothing: for the message that says so.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use neuroloom_core::files;

/// So many entries are looked at: a hint is not worth a walk through an archive.
const LOOKED_AT: usize = 10_000;

/// "in data are 12 files: 10 `.mat`, 2 without ending".
pub(super) fn describe(folder: &Path) -> String {
    let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !files::is_folder(shown) {
        return format!("there is no folder {}", shown.display());
    }
    let (endings, all) = endings(shown);
    let count: usize = endings.values().sum();
    if count == 0 {
        return format!("in {} and below are no files", shown.display());
    }
    let mut endings: Vec<(String, usize)> = endings.into_iter().collect();
    endings.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let listed: Vec<String> = endings.iter().take(6).map(|(ending, count)| written(ending, *count)).collect();
    let more = if endings.len() > listed.len() { ", …" } else { "" };
    let least = if all { "" } else { "more than " };
    let counted = if count == 1 { "is 1 file".to_owned() } else { format!("are {least}{count} files") };
    format!("in {} and below {counted}: {}{more}", shown.display(), listed.join(", "))
}

fn written(ending: &str, count: usize) -> String {
    if ending.is_empty() { format!("{count} without ending") } else { format!("{count} `.{ending}`") }
}

/// How many files have which ending, and whether all were looked at. What cannot be read counts as not there.
fn endings(folder: &Path) -> (BTreeMap<String, usize>, bool) {
    let mut endings = BTreeMap::new();
    let mut pending: Vec<PathBuf> = vec![folder.to_path_buf()];
    let mut seen = 0;
    while let Some(folder) = pending.pop() {
        for path in files::list(&folder).unwrap_or_default() {
            seen += 1;
            if seen > LOOKED_AT {
                return (endings, false);
            }
            let is_hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
            if path.file_name().is_some_and(is_hidden) {
                continue;
            }
            // A link is not followed: it may lead in a circle.
            if files::is_folder(&path) && !files::is_link(&path) {
                pending.push(path);
            } else {
                let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
                *endings.entry(ending.unwrap_or_default()).or_default() += 1;
            }
        }
    }
    (endings, true)
}
