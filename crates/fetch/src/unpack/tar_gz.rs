//! tar, compressed with gzip.

use std::io::BufReader;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use neuroloom_core::Result;
use neuroloom_core::files::{self, File};
use tar::{Archive, EntryType};

use super::meter::Meter;
use super::sink::{Sink, damaged, refused};

/// Bytes of the heads before one entry, long names among them, which are read into memory.
const MOST_HEAD_BYTES: u64 = 1 << 20;
/// Bytes after the contents of a file up to the next head.
const BLOCK: u64 = 512;

/// Reads the archive at `path` into `sink`.
pub(super) fn read(path: &Path, sink: &mut Sink<'_>) -> Result<()> {
    let file = files::open(path)?;
    let refusal = file.refusal();
    read_open(file, sink).map_err(|error| refusal.or(error))
}

fn read_open(file: File, sink: &mut Sink<'_>) -> Result<()> {
    let (meter, allowance) = Meter::new(MultiGzDecoder::new(BufReader::new(file)));
    let mut archive = Archive::new(meter);
    let mut entries = archive.entries().map_err(|e| damaged(&e))?;
    loop {
        allowance.set(MOST_HEAD_BYTES);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry.map_err(|e| damaged(&e))?;
        let name = entry.path_bytes().into_owned();
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                allowance.set(sink.bytes_left().saturating_add(BLOCK));
                sink.file(&name, &mut entry)?;
            }
            EntryType::Directory => sink.folder(&name)?,
            // What `git archive` writes at the beginning: the commit, and no file.
            EntryType::XGlobalHeader => {}
            EntryType::Symlink | EntryType::Link => return Err(refused("a link", &name)),
            EntryType::Block | EntryType::Char | EntryType::Fifo => return Err(refused("a device", &name)),
            _ => return Err(refused("an entry of an unusual kind", &name)),
        }
    }
}
