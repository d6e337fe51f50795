//! The label dictionary of the Flavell laboratory: `{uid: [{"<region>": {label, …}}, …]}`, regions from 1.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_core::{Error, Result};

use super::json::{self, Entries, Labelled};

/// Labels of the regions of every recording.
#[derive(Clone, Debug)]
pub(crate) struct Dictionary {
    /// Where it was read.
    pub path: PathBuf,
    recordings: Arc<BTreeMap<String, Entries<Labelled>>>,
}

impl Dictionary {
    /// Labels of the `n` regions of the recording `uid`; none where the recording is not in the dictionary.
    ///
    /// # Errors
    /// When a region has a number that no trace has, or is there twice.
    pub(super) fn labels(&self, uid: &str, n: usize) -> Result<Option<Vec<Option<String>>>> {
        let entries = self.recordings.get(uid);
        entries.map(|entries| json::labels(entries, n).map_err(|error| error.at_file(&self.path))).transpose()
    }

    /// Whether the recording `uid` is in it.
    pub(super) fn has(&self, uid: &str) -> bool {
        self.recordings.contains_key(uid)
    }
}

/// Reads the dictionary at `path`.
///
/// # Errors
/// When it is absent, no JSON, or of another shape.
pub(crate) fn read(path: &Path) -> Result<Dictionary> {
    let Entries(entries) = json::read::<Entries<Vec<Option<Entries<Labelled>>>>>(path)?;
    let mut recordings = BTreeMap::new();
    for (uid, parts) in entries {
        let Some(Some(regions)) = parts.into_iter().next() else {
            return Err(Error::data("a recording of the label dictionary has no regions")
                .at_file(path)
                .at_object(uid)
                .expected("a list that begins with an object of regions"));
        };
        recordings.insert(uid, regions);
    }
    Ok(Dictionary { path: path.to_path_buf(), recordings: Arc::new(recordings) })
}
