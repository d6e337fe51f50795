//! Files as the Parquet reader wants them.

use std::fmt::Display;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;
use neuroloom_core::files::{self, File};
use neuroloom_core::{Error, Result};

/// An open file that the Parquet reader reads from.
///
/// The reader makes text of an error of the operating system. A clone of the source that it was given still has the
/// error itself, and [`explain`](Self::explain) tells a disk that fails from a file that is damaged.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: File,
    size: u64,
}

impl Source {
    /// Opens `path`.
    ///
    /// # Errors
    /// When the file is absent, is a folder, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(files::open(path)?)
    }

    /// Of an open file.
    ///
    /// # Errors
    /// When its size cannot be had.
    pub fn new(file: File) -> Result<Self> {
        let size = file.size().map_err(|e| Error::io("read", file.path(), &e))?;
        Ok(Self(Arc::new(Inner { file, size })))
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// What the operating system said, where it refused to read.
    pub fn refusal(&self) -> Option<Error> {
        self.0.file.refusal().get()
    }

    /// The error of a reader that failed with `cause`.
    pub fn explain(&self, cause: impl Display) -> Error {
        let file = &self.0.file;
        let damaged = Error::data(format!("not a readable Parquet file: {cause}"));
        file.refusal().or(damaged.at_file(file.path()))
    }

    fn at(&self, start: u64) -> io::Result<File> {
        let mut file = self.0.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file)
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.size
    }
}

impl ChunkReader for Source {
    type T = BufReader<File>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(self.at(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.0.size) {
            let message = format!("{length} bytes at {start}, and the file has {}", self.0.size);
            return Err(ParquetError::EOF(message));
        }
        let mut bytes = vec![0; length];
        self.at(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neuroloom_core::ErrorKind;
    use neuroloom_core::files::faults::{self, Fault, Plan};

    #[test]
    fn bytes_come_from_their_places_and_never_from_beyond_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        files::write_bytes(&path, b"0123456789").unwrap();
        let source = Source::open(&path).unwrap();
        let mut rest = String::new();
        source.get_read(7).unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), source.size()), ("789", 10));
        assert_eq!(source.get_bytes(2, 3).unwrap(), "234");
        assert!(matches!(source.get_bytes(8, 3), Err(ParquetError::EOF(_))));
        assert!(matches!(source.get_bytes(u64::MAX, 1), Err(ParquetError::EOF(_))));
        assert!(source.refusal().is_none());
    }

    #[test]
    fn a_disk_that_fails_is_told_from_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        files::write_bytes(&path, b"0123456789").unwrap();
        for k in 1..=2 {
            let source = Source::open(&path).unwrap();
            assert_eq!(source.explain("odd bytes").kind(), ErrorKind::Data);
            // The clone of the handle, then the read.
            let guard = faults::inject(folder.path(), Plan::once(Fault::Io, k));
            assert!(source.get_bytes(0, 3).is_err());
            drop(guard);
            let error = source.explain("odd bytes");
            assert_eq!((error.kind(), error.location().file.as_deref()), (ErrorKind::Io, Some(&*path)));
        }
    }
}
