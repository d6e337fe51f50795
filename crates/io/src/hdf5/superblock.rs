//! The superblock: enough of it to see that a file was cut short.
//!
//! Most NWB files are in the old file format, which has no checksums, and a reader may take what is missing at
//! their end for zeros. The superblock says where the file ends.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use neuroloom_core::{Error, Result, files};

/// Bytes that hold the superblock of any version up to the end-of-file address.
const HEAD: usize = 64;

/// Checks that the file reaches as far as its superblock, which begins at `signature`, says.
///
/// # Errors
/// When it is shorter.
pub(super) fn check_complete(path: &Path, length: u64, signature: u64) -> Result<()> {
    let mut head = Vec::with_capacity(HEAD);
    let mut file = files::open(path)?;
    file.seek(SeekFrom::Start(signature))
        .and_then(|_| file.take(HEAD as u64).read_to_end(&mut head))
        .map_err(|e| Error::io("read", path, &e))?;
    match end_of_file(&head) {
        Some(end) if end > length => Err(Error::data("the HDF5 file was cut short")
            .at_file(path)
            .at_offset(length)
            .expected(format!("{end} bytes, as its superblock says"))
            .found(format!("{length} bytes"))
            .hint("the copy or download stopped early: fetch the file again")),
        // An unknown version is for the reader beneath to refuse.
        _ => Ok(()),
    }
}

/// The end-of-file address (HDF5 file format 3.0, sections II.A and II.B); none in a version that is not known,
/// or where it is undefined.
fn end_of_file(head: &[u8]) -> Option<u64> {
    let version = *head.get(8)?;
    // Version 1 has four bytes of its own before the addresses.
    let (width_at, addresses) = match version {
        0 => (13, 24),
        1 => (13, 28),
        2 | 3 => (9, 12),
        _ => return None,
    };
    let width = usize::from(*head.get(width_at)?);
    if !matches!(width, 2 | 4 | 8) {
        return None;
    }
    // Of the addresses, the base and one other come before it.
    let start = addresses + 2 * width;
    let bytes = head.get(start..start + width)?;
    let undefined = bytes.iter().all(|&byte| byte == 0xff);
    let end = bytes.iter().rev().fold(0, |end, &byte| end << 8 | u64::from(byte));
    (!undefined).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(version: u8, width_at: usize, end_at: usize, end: u64) -> Vec<u8> {
        let mut head = vec![0; HEAD];
        head[8] = version;
        head[width_at] = 8;
        head[end_at..end_at + 8].copy_from_slice(&end.to_le_bytes());
        head
    }

    #[test]
    fn the_end_is_found_in_every_version() {
        assert_eq!(end_of_file(&head(0, 13, 40, 7_200_244)), Some(7_200_244));
        assert_eq!(end_of_file(&head(1, 13, 44, 7_200_244)), Some(7_200_244));
        assert_eq!(end_of_file(&head(2, 9, 28, 7_200_244)), Some(7_200_244));
        assert_eq!(end_of_file(&head(3, 9, 28, 7_200_244)), Some(7_200_244));
    }

    #[test]
    fn an_undefined_end_or_a_short_head_says_nothing() {
        assert_eq!(end_of_file(&head(0, 13, 40, u64::MAX)), None);
        assert_eq!(end_of_file(&head(9, 13, 40, 1)), None);
        assert_eq!(end_of_file(b"\x89HDF"), None);
    }
}
