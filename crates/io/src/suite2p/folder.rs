//! The planes of a folder.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

/// The file that makes a folder a plane.
const FLUORESCENCE: &str = "F.npy";

/// A folder of one imaging plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlaneFolder {
    /// `plane0`
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// Whether a folder of this name is Suite2p's own and names no recording.
pub(super) fn is_generic(name: &str) -> bool {
    name == "suite2p" || plane_number(name).is_some()
}

/// The planes of the folder `path`, by their numbers: itself, its folders `plane0`, `plane1` …, or those of its
/// folder `suite2p`. The folder `combined`, which repeats them, is left out.
///
/// # Errors
/// When it is no folder or holds no plane.
pub(super) fn planes(path: &Path) -> Result<Vec<PlaneFolder>> {
    if files::is_file(&path.join(FLUORESCENCE)) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![PlaneFolder { name, path: path.to_path_buf() }]);
    }
    for folder in [path.to_path_buf(), path.join("suite2p")] {
        let planes = planes_within(&folder)?;
        if !planes.is_empty() {
            return Ok(planes);
        }
    }
    let found = if files::is_folder(path) { "a folder without them" } else { "no such folder" };
    Err(Error::data("no Suite2p output")
        .at_file(path)
        .expected("a folder with F.npy, or with plane0/F.npy, plane1/F.npy …")
        .found(found)
        .hint("give the folder `suite2p` that Suite2p made"))
}

fn planes_within(folder: &Path) -> Result<Vec<PlaneFolder>> {
    if !files::is_folder(folder) {
        return Ok(Vec::new());
    }
    let mut planes = Vec::new();
    for path in files::list(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(number) = plane_number(&name)
            && files::is_file(&path.join(FLUORESCENCE))
        {
            planes.push((number, PlaneFolder { name, path }));
        }
    }
    planes.sort_by(|(a, plane_a), (b, plane_b)| a.cmp(b).then_with(|| plane_a.name.cmp(&plane_b.name)));
    Ok(planes.into_iter().map(|(_, plane)| plane).collect())
}

fn plane_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("plane")?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
