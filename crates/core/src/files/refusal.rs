//! Why an open file could not be read.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::Error;

/// The first error that the operating system gave while a file was read; all handles on the file share it.
///
/// A decoder calls everything that stops it damage. Whoever gave it the file asks here whether the disk failed.
#[derive(Clone, Debug, Default)]
pub struct Refusal(Arc<OnceLock<Error>>);

impl Refusal {
    /// What the operating system said, where it refused.
    pub fn get(&self) -> Option<Error> {
        self.0.get().cloned()
    }

    /// What the operating system said, or `error` where it did not refuse.
    pub fn or(&self, error: Error) -> Error {
        self.get().unwrap_or(error)
    }

    /// Keeps the error of `read`, unless there is one already.
    pub(super) fn noted<T>(&self, path: &Path, read: io::Result<T>) -> io::Result<T> {
        read.inspect_err(|e| {
            self.0.get_or_init(|| Error::io("read", path, e));
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::files::faults::{self, Fault, Plan};
    use crate::files::{open, write_bytes};
    use crate::{ErrorKind, Result};

    #[test]
    fn a_disk_that_fails_is_told_from_damage() -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write_bytes(&path, b"12")?;
        let file = open(&path)?;
        let (refusal, mut clone) = (file.refusal(), file.try_clone().unwrap());
        let too_short = clone.read_exact(&mut [0; 3]).unwrap_err();
        assert_eq!(refusal.or(Error::data(too_short.to_string())).kind(), ErrorKind::Data);
        let guard = faults::inject(folder.path(), Plan::once(Fault::Io, 1));
        clone.read_exact(&mut [0]).unwrap_err();
        drop(guard);
        let error = refusal.or(Error::data("damaged"));
        assert_eq!((error.kind(), error.location().file.as_deref()), (ErrorKind::Io, Some(&*path)));
        Ok(())
    }
}
