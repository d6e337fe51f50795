//! Reading a whole file.

use std::io::{self, Read};
use std::path::Path;

use super::File;
use crate::{Digest, Error, Result};

/// Opens `path` for reading.
///
/// # Errors
/// When the file is absent, is a folder, or cannot be opened.
pub fn open(path: &Path) -> Result<File> {
    opened(path).map_err(|e| Error::io("open", path, &e))?.ok_or_else(|| is_folder(path))
}

/// The bytes of `path`.
///
/// # Errors
/// When the file is absent or cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut file = open(path)?;
    bytes_of(&mut file).map_err(|e| Error::io("read", path, &e))
}

/// The text of `path`.
///
/// # Errors
/// When the file is absent, cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    text(path, read_bytes(path)?)
}

/// The text of `path`; none where there is no such file.
///
/// # Errors
/// When the file is there and cannot be read, or is not UTF-8.
pub fn read_text_if_present(path: &Path) -> Result<Option<String>> {
    let mut file = match opened(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(|e| Error::io("open", path, &e))?.ok_or_else(|| is_folder(path))?,
    };
    let bytes = bytes_of(&mut file).map_err(|e| Error::io("read", path, &e))?;
    text(path, bytes).map(Some)
}

/// Digest of the bytes of `path`.
///
/// # Errors
/// When the file is absent or cannot be read.
pub fn digest(path: &Path) -> Result<Digest> {
    Digest::of_reader(open(path)?).map_err(|e| Error::io("read", path, &e))
}

/// None where `path` is a folder: some systems open folders as files.
fn opened(path: &Path) -> io::Result<Option<File>> {
    let file = File::open(path)?;
    let is_folder = file.metadata()?.is_dir();
    Ok((!is_folder).then_some(file))
}

pub(super) fn is_folder(path: &Path) -> Error {
    Error::data("this is a folder").at_file(path).expected("a file")
}

fn bytes_of(file: &mut File) -> io::Result<Vec<u8>> {
    let size = usize::try_from(file.size()?).unwrap_or(0);
    let mut bytes = Vec::new();
    // A size that no memory could hold is an error, not the end of the process.
    bytes.try_reserve_exact(size)?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        Error::data("the file is not text")
            .at_file(path)
            .at_offset(e.utf8_error().valid_up_to() as u64)
            .expected("UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_bytes;

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for error in [
            open(folder.path()).unwrap_err(),
            read_bytes(folder.path()).unwrap_err(),
            read_text_if_present(folder.path()).unwrap_err(),
        ] {
            assert!(error.to_string().contains("folder"), "{error}");
        }
    }

    #[test]
    fn absence_is_told_from_refusal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        assert_eq!(read_text_if_present(&path).unwrap(), None);
        assert!(read_text(&path).is_err());
        write_bytes(&path, b"a\xff").unwrap();
        assert_eq!(read_text_if_present(&path).unwrap_err().location().offset, Some(1));
    }
}
