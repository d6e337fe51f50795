//! The first 128 bytes.

use neuroloom_core::{Error, Result};

use crate::numbers::Endian;

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 128;
const VERSION_5: u16 = 0x0100;
const VERSION_7_3: u16 = 0x0200;
const HDF5: &[u8] = b"\x89HDF";

/// The byte order of a file that begins with `head`.
///
/// # Errors
/// When it is no MATLAB 5 file; versions 4 and 7.3 are told by name.
pub(super) fn endian(head: &[u8]) -> Result<Endian> {
    let (version, endian) = match head.get(124..HEADER_BYTES) {
        Some([a, b, b'I', b'M']) => (u16::from_le_bytes([*a, *b]), Endian::Little),
        Some([a, b, b'M', b'I']) => (u16::from_be_bytes([*a, *b]), Endian::Big),
        _ => return Err(no_mat5(head)),
    };
    match version {
        VERSION_5 => Ok(endian),
        VERSION_7_3 => Err(version_7_3()),
        other => Err(Error::data("a MATLAB file of an unknown version")
            .at_offset(124)
            .expected(format!("{VERSION_5:#06x} (MATLAB 5 to 7.2)"))
            .found(format!("{other:#06x}"))),
    }
}

fn no_mat5(head: &[u8]) -> Error {
    if head.starts_with(HDF5) || head.starts_with(b"MATLAB 7.3") {
        return version_7_3();
    }
    let error = Error::data("this is no MATLAB 5 file")
        .expected("a header of 128 bytes that ends with the letters IM or MI")
        .found(format!("{} bytes without them", head.len()));
    if is_version_4(head) {
        return error
            .found("a MATLAB 4 file, it seems")
            .hint("load it in MATLAB or Octave and save it again with -v7");
    }
    error
}

fn version_7_3() -> Error {
    Error::data("this is a MATLAB 7.3 file, which is HDF5")
        .expected("a MATLAB 5 file (saved with -v6 or -v7)")
        .hint("open it with `mat::open`, which reads either version, or save it again with -v7")
}

/// MATLAB 4 begins with a type number of four decimal digits (`MOPT`) below 5000 and small extents.
fn is_version_4(head: &[u8]) -> bool {
    let word = |i: usize, big: bool| {
        let bytes = head.get(4 * i..4 * i + 4)?.first_chunk::<4>()?;
        Some(if big { i32::from_be_bytes(*bytes) } else { i32::from_le_bytes(*bytes) })
    };
    [false, true].into_iter().any(|big| {
        let words: Option<Vec<i32>> = (0..5).map(|i| word(i, big)).collect();
        let Some([code, rows, columns, complex, name]) = words.as_deref() else { return false };
        (0..5000).contains(code)
            && matches!(code % 10, 0..=2)
            && *rows >= 0
            && *columns >= 0
            && matches!(complex, 0 | 1)
            && (1..=256).contains(name)
    })
}
