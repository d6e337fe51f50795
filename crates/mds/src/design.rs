//! Stimuli as files for the rig.

mod folder;

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use neuroloom_core::{Error, Result};

pub use folder::{DesignFormat, WrittenFile, write_design};

/// An array of 32-bit floats in the format of NumPy, version 1.0.
///
/// # Errors
/// When the values do not fill the shape.
pub fn npy_bytes(shape: &[usize], values: &[f32]) -> Result<Vec<u8>> {
    if shape.iter().product::<usize>() != values.len() {
        return Err(Error::internal(format!("{} values for an array of {shape:?}", values.len())));
    }
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes.trim_end());
    // Ten bytes before it and a line feed behind it: a multiple of 64 in all.
    let padding = 64 - (10 + header.len() + 1) % 64;
    header.extend(std::iter::repeat_n(' ', padding % 64));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    Ok(bytes)
}

/// A grey picture of 8 bits as a PNG.
///
/// # Errors
/// When the pixels do not fill the picture.
pub fn png_bytes(width: usize, height: usize, pixels: &[u8]) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| Error::internal(format!("a picture cannot be compressed: {e}"));
    if width == 0 || width * height != pixels.len() {
        return Err(Error::internal(format!("{} pixels for {width} x {height}", pixels.len())));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks_exact(width) {
        // Every row begins with its filter: none.
        packed.write_all(&[0]).map_err(failed)?;
        packed.write_all(row).map_err(failed)?;
    }
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // Eight bits, grey, the usual compression and filters, not interlaced.
    header.extend([8, 0, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut bytes, b"IHDR", &header);
    chunk(&mut bytes, b"IDAT", &packed.finish().map_err(failed)?);
    chunk(&mut bytes, b"IEND", &[]);
    Ok(bytes)
}

fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let mut check = Crc::new();
    check.update(name);
    check.update(data);
    bytes.extend((data.len() as u32).to_be_bytes());
    bytes.extend(name);
    bytes.extend(data);
    bytes.extend(check.sum().to_be_bytes());
}

/// A value as a display level.
pub(crate) fn level(value: f64, offset: f64, scale: f64) -> u8 {
    (offset + scale * value).round().clamp(0.0, 255.0) as u8
}
