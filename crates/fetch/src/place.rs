//! Where a source lies on disk.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use serde::{Deserialize, Serialize};

use crate::catalogue::{RemoteFile, Source, Unpack};
use crate::digests::Digests;
use crate::part::part_exists;

/// The name of a [`Mark`].
pub(crate) const MARK: &str = ".neuroloom-archive";

/// The folder of a source: `ROOT/ID`.
#[derive(Clone, Debug)]
pub struct Place {
    folder: PathBuf,
}

/// How much of a source is there, by names and sizes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// A part of it.
    Part,
    /// All of it.
    Here,
}

impl Place {
    /// The place of `source` below `root`.
    pub fn new(root: &Path, source: &Source) -> Self {
        Self { folder: root.join(&source.id) }
    }

    /// The folder of the source.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a pipeline names to read the source.
    pub fn readable(&self, source: &Source) -> PathBuf {
        match &source.reads_with.path {
            Some(path) => self.folder.join(path),
            None => self.folder.clone(),
        }
    }

    /// How much of `source` is there.
    ///
    /// # Errors
    /// When a file of the source has no name.
    pub fn state(&self, source: &Source) -> Result<State> {
        let mut present = 0;
        let mut begun = false;
        for file in &source.files {
            let complete = self.is_complete(file)?;
            present += usize::from(complete);
            begun |= complete || part_exists(&self.download_path(file)?);
        }
        Ok(match present {
            0 if !begun => State::Absent,
            n if n == source.files.len() => State::Here,
            _ => State::Part,
        })
    }

    /// Where the file lies as it came.
    pub(crate) fn download_path(&self, file: &RemoteFile) -> Result<PathBuf> {
        Ok(file.file_name()?.below(&self.folder))
    }

    /// Where the file, or what was in it, lies in the end.
    pub(crate) fn final_path(&self, file: &RemoteFile) -> Result<PathBuf> {
        Ok(file.final_name()?.below(&self.folder))
    }

    fn is_complete(&self, file: &RemoteFile) -> Result<bool> {
        let path = self.final_path(file)?;
        Ok(match file.unpack {
            Unpack::None => {
                let size = files::size(&path).ok();
                size.is_some_and(|size| file.bytes.is_none_or(|bytes| bytes == size))
            }
            Unpack::Zip | Unpack::TarGz => mark(&path).is_some(),
        })
    }
}

/// The digests of the archive that was unpacked into `folder`.
pub(crate) fn mark(folder: &Path) -> Option<Mark> {
    let text = files::read_bytes(&folder.join(MARK)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// What is written into the folder of an unpacked archive: the archive itself is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Size of the archive.
    pub bytes: u64,
    /// Its digests.
    pub digests: Digests,
}

impl Mark {
    /// The text of the file [`MARK`].
    pub fn to_bytes(self) -> Result<Vec<u8>> {
        serde_json::to_vec(&self).map_err(|e| Error::internal(e.to_string()))
    }
}
