//! Files that grow.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::File;
use super::folders::with_folder;
use super::system::parent;
use crate::{Error, Result};

/// Opens `path`, for reading and for writing at its end; makes it, and the folders above it, where it is absent.
///
/// Whoever reads it must expect that its end is missing.
///
/// # Errors
/// When the operating system refuses.
pub fn open_to_append(path: &Path) -> Result<File> {
    with_folder(parent(path), |_| File::open_to_append(path)).map_err(|e| Error::io("append to", path, &e))
}

/// Appends `line` and a line break. See [`Lines`].
///
/// # Errors
/// When the operating system refuses.
pub fn append_line(path: &Path, line: &str) -> Result<()> {
    Lines::open(path)?.append(line)
}

/// A file that grows by lines, each of them in one write.
///
/// A line that a kill or a full disk cut short stays a line of its own, which its reader ignores: the next one begins
/// behind a line break.
#[derive(Debug)]
pub struct Lines {
    file: File,
    is_torn: bool,
}

impl Lines {
    /// Opens `path`; makes it, and the folders above it, where it is absent.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn open(path: &Path) -> Result<Self> {
        let mut file = open_to_append(path)?;
        let is_torn = is_torn(&mut file).map_err(|e| Error::io("append to", path, &e))?;
        Ok(Self { file, is_torn })
    }

    /// Appends `line` and a line break.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn append(&mut self, line: &str) -> Result<()> {
        let before = if self.is_torn { "\n" } else { "" };
        let written = self.file.write_all(format!("{before}{line}\n").as_bytes());
        self.is_torn = written.is_err();
        written.map_err(|e| Error::io("append to", self.file.path(), &e))
    }
}

/// Whether the last line has no break.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.size()? == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::faults::{self, Fault, Plan};
    use crate::files::read_text;

    #[test]
    fn a_line_that_a_kill_cut_short_stays_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/journal");
        append_line(&path, "first").unwrap();
        open_to_append(&path).unwrap().write_all(b"sec").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        lines.append("third").unwrap();
        lines.append("fourth").unwrap();
        assert_eq!(read_text(&path).unwrap(), "first\nsec\nthird\nfourth\n");
    }

    #[test]
    fn a_line_that_a_full_disk_cut_short_stays_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut lines = Lines::open(&path).unwrap();
        // Half of the line, then nothing more of it.
        let short = faults::inject(folder.path(), Plan::once(Fault::ShortWrite, 1));
        let full = faults::inject(folder.path(), Plan::once(Fault::DiskFull, 2));
        lines.append("cut").unwrap_err();
        assert_eq!((short.fired(), full.fired()), (1, 1));
        drop((short, full));
        lines.append("whole").unwrap();
        assert_eq!(read_text(&path).unwrap(), "cu\nwhole\n");
    }
}
