//! The files of a recording.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

/// Folders deeper than this are not listed.
const MAX_DEPTH: usize = 8;
/// Files beyond this are no recording.
const MAX_FILES: usize = 10_000;

/// The `.npz` files at `path`, with their names: the file itself, or those in the folder and below it, by path. Links
/// to folders are not followed.
///
/// # Errors
/// When there is nothing at `path`, a folder cannot be listed, or there are no or too many files.
pub(super) fn files(path: &Path) -> Result<Vec<(String, PathBuf)>> {
    if !files::is_folder(path) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(name, path.to_path_buf())]);
    }
    let mut found = Vec::new();
    let mut open = vec![(path.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        for entry in files::list(&folder)? {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if depth < MAX_DEPTH && files::is_folder(&entry) && !files::is_link(&entry) {
                open.push((entry, format!("{prefix}{name}/"), depth + 1));
            } else if let Some(stem) = name.strip_suffix(".npz").filter(|_| files::is_file(&entry)) {
                found.push((format!("{prefix}{stem}"), entry));
            }
        }
        if found.len() > MAX_FILES {
            return Err(Error::data("too many files for one recording")
                .at_file(path)
                .expected(format!("at most {MAX_FILES} .npz files"))
                .hint("give the folder of one recording"));
        }
    }
    if found.is_empty() {
        return Err(Error::data("no Pynapple files")
            .at_file(path)
            .expected("a file of Pynapple's save(), or a folder with such .npz files")
            .found("a folder without .npz files"));
    }
    found.sort();
    Ok(found)
}
