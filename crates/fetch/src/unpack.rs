//! Archives, unpacked so that nothing in them can do harm.
//!
//! An archive is read into a folder with a temporary name, which gets its final name when all is well. Every entry is a
//! file or a folder with a name that stays inside; links, devices and second files of one name are refused, and so is
//! an archive that unpacks to far more than it is.

mod meter;
mod sink;
mod tar_gz;
mod zip_file;

use std::path::Path;

use neuroloom_core::files::StagedFolder;
use neuroloom_core::{CancelToken, Error, Result, files};

use crate::catalogue::Unpack;
use crate::place::MARK;
use sink::Sink;

/// Unpacked bytes for one packed byte: traces and text do not reach that, bombs do.
const MOST_RATIO: u64 = 100;
/// A small archive may hold this much in any case: empty pages compress a thousandfold.
const LEAST_BYTES: u64 = 16 << 20;
/// No archive may hold more than this unless the catalogue says so.
const MOST_BYTES: u64 = 256 << 30;
/// What the directory of a zip archive without extensions can count.
const MOST_ENTRIES: usize = 65_534;

/// What an archive may unpack to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Files and folders.
    pub entries: usize,
}

impl UnpackLimits {
    /// For an archive of `archive_bytes`; `declared` is what the catalogue says of its contents.
    pub fn new(archive_bytes: u64, declared: Option<u64>) -> Self {
        let usual = archive_bytes.saturating_mul(MOST_RATIO).clamp(LEAST_BYTES, MOST_BYTES);
        Self { bytes: declared.unwrap_or(usual), entries: MOST_ENTRIES }
    }
}

/// Unpacks the archive `archive` into the folder `target`, which must not exist, and leaves `mark` in it.
///
/// # Errors
/// When the archive is damaged, holds what is refused, or exceeds `limits`; then there is no `target`. When the
/// operating system refuses.
pub fn unpack(
    archive: &Path,
    kind: Unpack,
    target: &Path,
    limits: UnpackLimits,
    mark: &[u8],
    cancel: &CancelToken,
) -> Result<()> {
    let staged = StagedFolder::new(target.parent().unwrap_or(Path::new(".")))?;
    let mut sink = Sink::new(staged.path(), limits, cancel);
    match kind {
        Unpack::Zip => zip_file::read(archive, &mut sink),
        Unpack::TarGz => tar_gz::read(archive, &mut sink),
        Unpack::None => Err(Error::internal("a file that is no archive was to be unpacked")),
    }
    .map_err(|e| e.at_file(archive))?;
    files::write_bytes(&staged.path().join(MARK), mark)?;
    staged.commit(target)
}
