//! Data for tests: in the workspace, and beside it.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_path_buf()
}

/// `relative` in `shared/data` beside the workspace; where it is absent, says on standard error that the test
/// is skipped and gives none. These data may not be redistributed, so a clone of the repository lacks them.
///
/// ```
/// let Some(path) = neuroloom_testkit::shared_data("no/such/file.nwb") else { return };
/// ```
pub fn shared_data(relative: &str) -> Option<PathBuf> {
    let root = workspace_root();
    let path = root.parent()?.join("shared/data").join(relative);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("shared/data/{relative} is not beside the workspace"));
    None
}

/// Says on standard error that a test is skipped, and why: past the test harness, which swallows what passing tests
/// print, because a skip must be seen and counted.
pub fn skip(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}
