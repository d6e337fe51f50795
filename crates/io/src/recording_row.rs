//! The table of recordings, for formats that say next to nothing of the session.

use std::path::{Component, Path};

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

/// Name of a recording by the path of its source, as the user wrote it: the last part of which `is_generic` does
/// not hold, without its ending where the source is a file. The folders above a relative path do not count, so that
/// the name does not depend on where a pipeline lies.
pub(crate) fn recording_id(path: &Path, is_generic: impl Fn(&str) -> bool, otherwise: &str) -> String {
    let names = path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.into_iter().find(|name| !is_generic(name)).unwrap_or_else(|| otherwise.to_owned())
}

/// The table of one recording, read from `path`.
pub(crate) fn table(
    recording_id: &str,
    source: &str,
    path: &Path,
    n_units: usize,
    duration_s: Option<f64>,
) -> Result<Table> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    TableBuilder::new(kinds::RECORDINGS)
        .text("recording_id", [recording_id])
        .text("source", [source])
        .text("source_file", [name])
        .integers("n_units", [n_units as i64])
        .optional_numbers("duration_s", [duration_s])
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_folders_name_no_recording() {
        let id = |path: &str| recording_id(Path::new(path), |name| name == "suite2p", "none");
        assert_eq!(id("data/mouse1/suite2p"), "mouse1");
        assert_eq!(id("../suite2p/"), "none");
        assert_eq!(id("."), "none");
    }
}
