//! A journal that grows by lines.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::File;
use super::folders::create_folders;
use super::system::parent;
use crate::{Error, Result};

/// Appends `line` and a line break in one write; a reader that finds a last line without a break ignores it.
///
/// Where an earlier line was cut short, by a kill or a full disk, the new one begins on a line of its own.
///
/// # Errors
/// When the operating system refuses.
pub fn append_line(path: &Path, line: &str) -> Result<()> {
    create_folders(parent(path))?;
    append(path, line).map_err(|e| Error::io("append to", path, &e))
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = File::open_to_append(path)?;
    let torn = if ends_in_a_break(&mut file)? { "" } else { "\n" };
    file.write_all(format!("{torn}{line}\n").as_bytes())
}

fn ends_in_a_break(file: &mut File) -> io::Result<bool> {
    if file.size()? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::read_text;

    #[test]
    fn a_torn_line_stays_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/journal");
        append_line(&path, "first").unwrap();
        append_line(&path, "second").unwrap();
        let mut file = File::open_to_append(&path).unwrap();
        file.write_all(b"thi").unwrap();
        append_line(&path, "fourth").unwrap();
        assert_eq!(read_text(&path).unwrap(), "first\nsecond\nthi\nfourth\n");
    }
}
