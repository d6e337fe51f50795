//! Stimuli as files.

use std::io::Read;

use neuroloom_mds::{npy_bytes, png_bytes};

#[test]
fn an_array_has_the_header_of_numpy() {
    let bytes = npy_bytes(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    assert_eq!((bytes.len() - 24) % 64, 0);
    assert_eq!(usize::from(bytes[8]) + 256 * usize::from(bytes[9]), bytes.len() - 24 - 10);
    let header = String::from_utf8_lossy(&bytes[10..bytes.len() - 24]).into_owned();
    assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"), "{header}");
    assert!(header.ends_with('\n'));
    assert_eq!(bytes[bytes.len() - 4..], 6.0_f32.to_le_bytes());
    assert!(npy_bytes(&[2], &[1.0]).is_err());
}

#[test]
fn a_picture_holds_its_pixels() {
    let bytes = png_bytes(3, 2, &[1, 2, 3, 4, 5, 6]).unwrap();
    let start = bytes.windows(4).position(|name| name == b"IDAT").unwrap();
    let length = u32::from_be_bytes(bytes[start - 4..start].try_into().unwrap()) as usize;
    let mut rows = Vec::new();
    flate2::read::ZlibDecoder::new(&bytes[start + 4..start + 4 + length]).read_to_end(&mut rows).unwrap();
    assert_eq!(rows, [0, 1, 2, 3, 0, 4, 5, 6]);
    // The check of an empty end is known.
    assert_eq!(bytes[bytes.len() - 4..], [0xae, 0x42, 0x60, 0x82]);
    assert!(png_bytes(3, 2, &[1]).is_err());
}
