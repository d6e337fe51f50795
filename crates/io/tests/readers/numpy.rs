//! NumPy files, written byte by byte.

use std::path::Path;

use neuroloom_core::files;

/// A `.npy` file of `shape` whose items of type `descr` have the bytes `data`.
pub fn npy(descr: &str, shape: &[usize], data: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({extents}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Writes 64-bit floats, one dimension.
pub fn write_f64(path: &Path, values: &[f64]) {
    let bytes = npy("<f8", &[values.len()], values.iter().flat_map(|value| value.to_le_bytes()));
    files::write_bytes(path, &bytes).unwrap();
}

/// Writes 32-bit integers, one dimension.
pub fn write_i32(path: &Path, values: &[i32]) {
    let bytes = npy("<i4", &[values.len()], values.iter().flat_map(|value| value.to_le_bytes()));
    files::write_bytes(path, &bytes).unwrap();
}
