//! The digest in the footer.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ::parquet::file::metadata::KeyValue;
use neuroloom_core::files::File;
use neuroloom_core::{Digest, Error, Result};

use super::not_ours;

/// Metadata key of the digest.
const KEY: &str = "neuroloom.blake3";
/// Digits of the digest.
const DIGITS: usize = 64;
/// Length of what stands after the footer: its own length and the magic.
const TAIL: u64 = 8;
const MAGIC: &[u8; 4] = b"PAR1";

/// The metadata entry before the digest is known.
pub(super) fn unsealed() -> KeyValue {
    KeyValue::new(KEY.to_owned(), "0".repeat(DIGITS))
}

/// Computes the digest and puts it in its place.
pub(super) fn seal(file: &mut File) -> io::Result<()> {
    let slot = find_slot(file)?.ok_or_else(|| io::Error::other("the footer has no place for a digest"))?;
    let digest = hash_without_slot(file, slot)?.sealed;
    file.seek(SeekFrom::Start(slot))?;
    file.write_all(digest.to_string().as_bytes())
}

/// Compares the digest with the bytes; returns the plain digest of the whole file.
pub(super) fn verify(file: &mut File, path: &Path) -> Result<Digest> {
    let io_error = |e: io::Error| Error::io("read", path, &e);
    let slot = find_slot(file).map_err(io_error)?.ok_or_else(|| not_ours(path))?;
    let hashes = hash_without_slot(file, slot).map_err(io_error)?;
    if hashes.recorded == hashes.sealed.to_string().as_bytes() {
        return Ok(hashes.whole);
    }
    Err(Error::data("the file is damaged: its bytes do not match the digest in its footer")
        .at_file(path)
        .expected(String::from_utf8_lossy(&hashes.recorded))
        .found(hashes.sealed.to_string())
        .hint("delete it and run the pipeline again"))
}

/// Offset of the digits, from the start of the file; none where the footer has none.
fn find_slot(file: &mut File) -> io::Result<Option<u64>> {
    let length = file.seek(SeekFrom::End(0))?;
    if length < TAIL + MAGIC.len() as u64 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - TAIL))?;
    let (mut size, mut magic) = ([0; 4], [0; 4]);
    file.read_exact(&mut size)?;
    file.read_exact(&mut magic)?;
    let footer_length = u64::from(u32::from_le_bytes(size));
    if magic != *MAGIC || footer_length > length - TAIL {
        return Ok(None);
    }
    let start = length - TAIL - footer_length;
    file.seek(SeekFrom::Start(start))?;
    let mut footer = vec![0; footer_length as usize];
    file.read_exact(&mut footer)?;
    // Thrift compact: key, a field byte, the length of the value (one byte below 128), the value.
    let key = KEY.as_bytes();
    let found = footer.windows(key.len()).rposition(|window| window == key);
    let slot = found.map(|at| at + key.len() + 2).filter(|at| at + DIGITS <= footer.len());
    Ok(slot.map(|at| start + at as u64))
}

struct Hashes {
    /// Of the file as it is.
    whole: Digest,
    /// Of the file with zeros in the slot.
    sealed: Digest,
    /// What stands in the slot.
    recorded: Vec<u8>,
}

fn hash_without_slot(file: &mut File, slot: u64) -> io::Result<Hashes> {
    file.seek(SeekFrom::Start(0))?;
    let (mut whole, mut sealed) = (blake3::Hasher::new(), blake3::Hasher::new());
    copy_to_both(&mut file.take(slot), &mut whole, &mut sealed)?;
    let mut recorded = vec![0; DIGITS];
    file.read_exact(&mut recorded)?;
    whole.update(&recorded);
    sealed.update(&[b'0'; DIGITS]);
    copy_to_both(file, &mut whole, &mut sealed)?;
    let digest = |hasher: blake3::Hasher| Digest::from(*hasher.finalize().as_bytes());
    Ok(Hashes { whole: digest(whole), sealed: digest(sealed), recorded })
}

fn copy_to_both(reader: &mut impl Read, a: &mut blake3::Hasher, b: &mut blake3::Hasher) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = reader.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        let chunk = buffer.get(..n).unwrap_or_default();
        a.update(chunk);
        b.update(chunk);
    }
}
