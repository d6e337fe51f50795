//! Decompression within bounds.

use std::io::Read;

use flate2::read::ZlibDecoder;
use neuroloom_core::{Error, Result};

use super::element::{TAG_BYTES, Tag};
use crate::numbers::Endian;

/// Deflate makes one byte of at most 1032 (RFC 1951: a match of 258 bytes takes at least 2 bits).
const HIGHEST_RATIO: usize = 1032;

/// The element that `compressed` holds, tag included.
///
/// # Errors
/// When the stream is damaged, ends before the element does, or the element is longer than `most` bytes.
pub(super) fn element(compressed: &[u8], endian: Endian, most: u64) -> Result<Vec<u8>> {
    let mut stream = ZlibDecoder::new(compressed);
    let mut tag = [0; TAG_BYTES];
    stream.read_exact(&mut tag).map_err(|e| damaged(&e))?;
    let length = Tag::of(&tag, endian).length;
    if length > compressed.len().saturating_mul(HIGHEST_RATIO) {
        return Err(Error::data("a compressed variable claims more than its bytes can hold")
            .expected(format!("at most {} bytes", compressed.len().saturating_mul(HIGHEST_RATIO)))
            .found(format!("{length} bytes")));
    }
    if length as u64 > most {
        return Err(super::matrix::too_large(length as u64, most));
    }
    let mut bytes = Vec::new();
    let room = bytes.try_reserve_exact(TAG_BYTES + length);
    room.map_err(|_| super::matrix::too_large(length as u64, most))?;
    bytes.extend_from_slice(&tag);
    stream.take(length as u64).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
    if bytes.len() < TAG_BYTES + length {
        return Err(Error::data("a compressed variable ends early")
            .expected(format!("{length} bytes"))
            .found(format!("{} bytes", bytes.len().saturating_sub(TAG_BYTES))));
    }
    Ok(bytes)
}

/// The first bytes of what `compressed` holds, at most `n`: enough for the headers of a variable.
pub(super) fn head(compressed: &[u8], n: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(compressed).take(n as u64).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
    Ok(bytes)
}

fn damaged(cause: &std::io::Error) -> Error {
    Error::data("a compressed variable is damaged")
        .expected("a zlib stream")
        .found(cause.to_string())
        .hint("the file is cut or damaged: copy it again")
}
