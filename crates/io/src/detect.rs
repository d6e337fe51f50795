//! What a file is, by its first bytes.

use std::fmt;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use neuroloom_core::{Error, Result, files};
use serde::{Deserialize, Serialize};

const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// HDF5 that is no NWB.
    Hdf5,
    /// Neurodata Without Borders 2.x in HDF5.
    Nwb,
    /// Parquet.
    Parquet,
    /// One NumPy array.
    Npy,
    /// A zip archive, as `.npz` and `.xlsx` are.
    Zip,
    /// MATLAB 5 to 7.2.
    MatV5,
    /// MATLAB 7.3: HDF5 behind a block of text.
    #[serde(rename = "mat_v7_3")]
    MatV73,
    /// A compound file of Microsoft's, as `.xls` is.
    CompoundFile,
    /// Anything compressed by gzip.
    Gzip,
    /// Text.
    Text,
    /// A folder.
    Folder,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hdf5 => "HDF5",
            Self::Nwb => "NWB 2",
            Self::Parquet => "Parquet",
            Self::Npy => "a NumPy array (.npy)",
            Self::Zip => "a zip archive",
            Self::MatV5 => "MATLAB 5 (.mat)",
            Self::MatV73 => "MATLAB 7.3 (.mat, HDF5)",
            Self::CompoundFile => "a compound file (.xls)",
            Self::Gzip => "gzip",
            Self::Text => "text",
            Self::Folder => "a folder",
            Self::Empty => "an empty file",
            Self::Unknown => "an unknown format",
        })
    }
}

/// The format of the file at `path`. HDF5 is opened to see whether it is NWB; of other files only the first
/// bytes are read.
///
/// # Errors
/// When the file is absent, is a folder, or cannot be read.
pub fn detect(path: &Path) -> Result<Format> {
    let Signature { format, .. } = signature(path)?;
    if format != Format::Hdf5 {
        return Ok(format);
    }
    // Damaged HDF5 is HDF5 still; opening it for reading will say what is wrong.
    let version = crate::hdf5::File::open(path).and_then(|file| file.text_attribute("/", "nwb_version"));
    Ok(if matches!(version, Ok(Some(_))) { Format::Nwb } else { Format::Hdf5 })
}

/// Checks that `path` is a file with the signature of HDF5, and gives its length in bytes and where the
/// signature stands.
pub(crate) fn require_hdf5(path: &Path) -> Result<(u64, u64)> {
    match signature(path)? {
        Signature { format: Format::Hdf5 | Format::MatV73, length, offset } => Ok((length, offset)),
        Signature { format, .. } => {
            let hint = match format {
                Format::Gzip => "unpack it first (gunzip)",
                Format::Zip => "unpack it first (unzip)",
                Format::Empty => "the copy or download failed: fetch the file again",
                Format::Text => "it may be the pointer of a large-file store, or an error page of a download",
                _ => "give the path of an HDF5 or NWB file",
            };
            Err(Error::data("this is no HDF5 file")
                .at_file(path)
                .expected("the HDF5 signature at its start")
                .found(format.to_string())
                .hint(hint))
        }
    }
}

/// What the first bytes of a file show.
struct Signature {
    format: Format,
    /// Bytes of the file.
    length: u64,
    /// Where the signature stands.
    offset: u64,
}

fn signature(path: &Path) -> Result<Signature> {
    let io_error = |e: std::io::Error| Error::io("read", path, &e);
    if files::is_folder(path) {
        return Err(Error::data("this is a folder, not a file")
            .at_file(path)
            .expected("a file")
            .hint("name the file inside the folder"));
    }
    let mut file = files::open(path)?;
    let length = file.size().map_err(io_error)?;
    let head = head_at(&mut file, 0).map_err(io_error)?;
    let format = known(&head);
    if matches!(format, Format::Text | Format::Unknown)
        && let Some(offset) = hdf5_after_user_block(&mut file, length).map_err(io_error)?
    {
        let is_matlab = head.starts_with(b"MATLAB 7.3");
        let format = if is_matlab { Format::MatV73 } else { Format::Hdf5 };
        return Ok(Signature { format, length, offset });
    }
    Ok(Signature { format, length, offset: 0 })
}

pub(crate) fn known(head: &[u8]) -> Format {
    match head {
        [] => Format::Empty,
        _ if head.starts_with(HDF5) => Format::Hdf5,
        _ if head.starts_with(b"PAR1") => Format::Parquet,
        _ if head.starts_with(b"\x93NUMPY") => Format::Npy,
        _ if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => Format::Zip,
        _ if head.starts_with(b"\x1f\x8b") => Format::Gzip,
        _ if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Format::CompoundFile,
        _ if head.starts_with(b"MATLAB 5.0") => Format::MatV5,
        _ if is_text(head) => Format::Text,
        _ => Format::Unknown,
    }
}

/// HDF5 may begin after a user block of 512, 1024, 2048 … bytes, as in MATLAB 7.3.
fn hdf5_after_user_block(file: &mut files::File, length: u64) -> std::io::Result<Option<u64>> {
    let mut offset = 512;
    while offset < length {
        if head_at(file, offset)?.starts_with(HDF5) {
            return Ok(Some(offset));
        }
        offset *= 2;
    }
    Ok(None)
}

fn head_at(file: &mut files::File, offset: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut head = Vec::with_capacity(512);
    file.take(512).read_to_end(&mut head)?;
    Ok(head)
}

fn is_text(head: &[u8]) -> bool {
    let readable = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end within a character.
        Err(error) => error.error_len().is_none(),
    };
    readable && !head.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}
