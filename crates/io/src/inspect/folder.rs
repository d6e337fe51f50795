//! Folders that programs write.

use std::path::{Path, PathBuf};

use neuroloom_core::{Result, files};

use super::{Inspection, ObjectSummary};
use crate::npy;

/// Files that are listed at most.
const MOST_FILES: usize = 500;

pub(super) fn inspect(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let mut names = names(path)?;
    // The planes of Suite2p and the collections of ALF lie a level below.
    let below: Vec<String> =
        names.iter().filter(|name| is_part(name) && files::is_folder(&path.join(name))).cloned().collect();
    for folder in below {
        names.extend(self::names(&path.join(&folder))?.into_iter().map(|name| format!("{folder}/{name}")));
    }
    names.sort();
    inspection.recognised = program(&names).map(str::to_owned);
    for name in names.iter().take(MOST_FILES) {
        inspection.objects.push(summary(path, name));
    }
    if names.len() > MOST_FILES {
        inspection.notes.push(format!("{} files, of which {MOST_FILES} are listed", names.len()));
    }
    Ok(())
}

fn is_part(name: &str) -> bool {
    name == "suite2p" || name == "alf" || name.starts_with("plane")
}

/// The program that wrote the folder, by the files that only its folders have.
fn program(names: &[String]) -> Option<&'static str> {
    let has = |name: &str| names.iter().any(|found| found == name || found.ends_with(&format!("/{name}")));
    if has("F.npy") || names.iter().any(|name| name.starts_with("suite2p/plane")) {
        return Some("Suite2p");
    }
    if has("spike_times.npy") && (has("spike_clusters.npy") || has("params.py")) {
        return Some("Kilosort/phy");
    }
    if names.iter().any(|name| name.starts_with("spikes.times.") || name.contains("/spikes.times.")) {
        return Some("ALF (IBL)");
    }
    if has(".zgroup") || has(".zattrs") || has("zarr.json") {
        return Some("zarr (Minian?)");
    }
    None
}

fn summary(path: &Path, name: &str) -> ObjectSummary {
    let file = path.join(name);
    if files::is_folder(&file) {
        return ObjectSummary::new(name).dtype("folder");
    }
    if !name.ends_with(".npy") {
        return ObjectSummary::new(name);
    }
    match npy::read_header(&file) {
        Ok(header) => {
            let shape = header.shape.iter().map(|&extent| extent as u64).collect();
            ObjectSummary::new(name).shape(shape).dtype(header.dtype)
        }
        // ops.npy and stat.npy are pickles, which are never loaded.
        Err(error) => ObjectSummary::new(name).unreadable(error.message()),
    }
}

fn names(path: &Path) -> Result<Vec<String>> {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(files::list(path)?.iter().map(name).collect())
}
