//! Leifer2023: three text files per worm.
//!
//! `{i}_gcamp.txt` has a line per sample and a value per neuron, `{i}_t.txt` the times, `{i}_labels.txt` a label per line, an
//! empty one where there is none. Which columns are dropped, and how classes get sides, is for `celegans.homogenise`.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

use super::text_matrix;
use crate::shape::{self, Extents, Order};
use crate::worm::{Header, Layout, Worm};

const TRACES: &str = "_gcamp.txt";

/// Three files, which are one worm.
pub(super) struct LeiferFiles {
    traces: PathBuf,
    length: u64,
}

/// Opens the file of traces at `path`; text has no headers, so that nothing is read yet.
///
/// # Errors
/// When it, or one of those that belong to it, is absent.
pub(super) fn open(path: &Path) -> Result<LeiferFiles> {
    let length = files::size(path)?;
    if let Some(missing) = companions(path).into_iter().find(|path| !files::is_file(path)) {
        return Err(Error::data("a file that belongs to the traces is not there")
            .at_file(path)
            .expected(missing.file_name().unwrap_or_default().to_string_lossy()));
    }
    Ok(LeiferFiles { traces: path.to_path_buf(), length })
}

/// The files with the labels and the times of the traces at `path`.
pub(crate) fn companions(path: &Path) -> [PathBuf; 2] {
    let stem = name(path);
    ["_labels.txt", "_t.txt"].map(|ending| path.with_file_name(format!("{stem}{ending}")))
}

/// The name that the three files share: `{i}`.
pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(TRACES).unwrap_or(&name).to_owned()
}

impl Layout for LeiferFiles {
    fn worms(&self) -> Vec<Header> {
        vec![Header::text(name(&self.traces), self.length)]
    }

    fn read(&self, _: usize) -> Result<Worm> {
        let [labels, times] = companions(&self.traces);
        let rows = text_matrix::read(&self.traces)?;
        let times_s = text_matrix::read(&times)?.concat();
        let text = files::read_text(&labels)?;
        let mut labels: Vec<Option<String>> = text.lines().map(|line| Some(line.to_owned())).collect();
        let extents = Extents { n_samples: rows.len(), n_columns: rows.first().map_or(0, Vec::len) };
        // Whether the last, empty label ends in a line break of its own is up to the editor.
        if labels.len() + 1 == extents.n_columns {
            labels.push(None);
        }
        extents.check_exactly(labels.len(), times_s.len())?;
        let mut worm = Worm::new(times_s, shape::columns(&rows.concat(), Order::BySample, extents, labels));
        worm.notes.extend(extents.suspicion());
        Ok(worm)
    }
}
