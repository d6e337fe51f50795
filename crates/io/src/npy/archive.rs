//! `.npz`: a zip archive of arrays.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files, nearest};
use zip::ZipArchive;
use zip::result::ZipError;

use super::array::{self, Array};

/// Deflate makes one byte of at most 1032.
const HIGHEST_RATIO: u64 = 1032;

/// An archive whose arrays are known by name.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<files::File>>,
    refusal: files::Refusal,
    names: Vec<String>,
}

impl Archive {
    /// Opens the archive at `path` and lists its arrays.
    ///
    /// # Errors
    /// When the file is absent or is no zip archive.
    pub fn open(path: &Path) -> Result<Self> {
        let file = files::open(path)?;
        let refusal = file.refusal();
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|e| refusal.or(damaged(path, &e)))?;
        let mut names: Vec<String> =
            zip.file_names().filter_map(|name| name.strip_suffix(".npy")).map(str::to_owned).collect();
        names.sort();
        Ok(Self { path: path.to_path_buf(), zip, refusal, names })
    }

    /// Names of the arrays, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is an array called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Bytes of all arrays when unpacked, as the archive claims; no more than its length could hold.
    pub fn unpacked_bytes(&self) -> u64 {
        let packed = files::size(&self.path).unwrap_or(0);
        let claimed = self.zip.decompressed_size().unwrap_or(u128::MAX);
        u64::try_from(claimed).unwrap_or(u64::MAX).min(packed.saturating_mul(HIGHEST_RATIO))
    }

    /// Reads the array called `name`.
    ///
    /// # Errors
    /// When there is none, its checksum is wrong, or it is no array of a type that is read.
    pub fn read(&mut self, name: &str) -> Result<Array> {
        if !self.has(name) {
            return Err(self.no_such(name));
        }
        self.read_entry(name).map_err(|error| self.refusal.or(error))
    }

    fn read_entry(&mut self, name: &str) -> Result<Array> {
        let path = self.path.as_path();
        let entry = self.zip.by_name(&format!("{name}.npy"));
        let mut entry = entry.map_err(|e| damaged(path, &e).at_object(name))?;
        let (length, packed) = (entry.size(), entry.compressed_size());
        if length > packed.saturating_mul(HIGHEST_RATIO) {
            return Err(Error::data("an array of an archive claims more than its bytes can hold")
                .at_file(path)
                .at_object(name)
                .expected(format!("at most {} bytes", packed.saturating_mul(HIGHEST_RATIO)))
                .found(length.to_string()));
        }
        array::read(&mut entry, length).map_err(|error| error.at_object(name).at_file(path))
    }

    fn no_such(&self, name: &str) -> Error {
        let error = Error::data("no such array")
            .at_file(&self.path)
            .at_object(name)
            .expected(format!("one of {}", self.names.join(", ")));
        match nearest(name, self.names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        }
    }
}

fn damaged(path: &Path, cause: &ZipError) -> Error {
    Error::data("this is no zip archive, or a damaged one")
        .at_file(path)
        .expected("an archive of numpy.savez, stored or deflated")
        .found(cause.to_string())
}
