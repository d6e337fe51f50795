//! zip.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use neuroloom_core::files::{self, File};
use neuroloom_core::{Error, Result};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::sink::{Sink, damaged, refused};

/// The end of the central directory (PKWARE APPNOTE, section 4.3.16): signature, length without the comment, place of
/// the number of entries, and the longest comment.
const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const END_COUNT: usize = 10;
const LONGEST_COMMENT: u64 = 0xffff;

/// Bits of a Unix mode that tell files, folders, links and devices apart, and their values.
const KIND: u32 = 0o170_000;
const KIND_FILE: u32 = 0o100_000;
const KIND_FOLDER: u32 = 0o040_000;
const KIND_LINK: u32 = 0o120_000;

/// Reads the archive at `path` into `sink`.
pub(super) fn read(path: &Path, sink: &mut Sink<'_>) -> Result<()> {
    let mut file = files::open(path)?;
    let refusal = file.refusal();
    let declared = declared_entries(&mut file).map_err(|e| Error::io("read", path, &e))?;
    read_open(file, declared, sink).map_err(|error| refusal.or(error))
}

fn read_open(file: File, declared: Option<u16>, sink: &mut Sink<'_>) -> Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(&e))?;
    // Entries of one name are one entry to the reader, so the count tells that there were more.
    if let Some(declared) = declared.filter(|declared| usize::from(*declared) != archive.len()) {
        let error = Error::data("the archive holds two files of one name, or more entries than we unpack");
        return Err(error.expected(format!("{} entries", archive.len())).found(format!("{declared}")));
    }
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| damaged(&e))?;
        take(&mut entry, sink)?;
    }
    Ok(())
}

fn take(entry: &mut ZipFile<'_, BufReader<File>>, sink: &mut Sink<'_>) -> Result<()> {
    let name = entry.name_raw().to_vec();
    match entry.unix_mode().unwrap_or(0) & KIND {
        KIND_LINK => Err(refused("a link", &name)),
        0 | KIND_FILE | KIND_FOLDER if entry.is_dir() => sink.folder(&name),
        0 | KIND_FILE => sink.file(&name, entry),
        _ => Err(refused("a device", &name)),
    }
}

/// The number of entries that the end of the central directory states.
fn declared_entries(file: &mut File) -> std::io::Result<Option<u16>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_COMMENT + END_LENGTH as u64)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    file.rewind()?;
    let end = tail.windows(END_LENGTH).rposition(|window| window.starts_with(END_SIGNATURE));
    let count = end.and_then(|at| tail.get(at + END_COUNT..at + END_COUNT + 2));
    Ok(count.and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes))
}
