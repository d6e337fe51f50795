//! NumPy arrays: `.npy`, and `.npz` archives of them.
//!
//! Numbers, truth values and text of any shape, in C or Fortran order, versions 1 to 3 of the format (NEP 1).
//! Arrays of Python objects are pickles, which may run any code when they are loaded: they are refused.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::npy;
//!
//! let fluorescence = npy::read(Path::new("suite2p/plane0/F.npy"))?;
//! println!("{:?}", fluorescence.shape);
//!
//! let mut archive = npy::Archive::open(Path::new("session.npz"))?;
//! let times = archive.read("t")?.numbers()?.to_f64();
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod archive;
mod array;
mod dtype;
mod header;

use std::path::Path;

use neuroloom_core::{Error, Result, files};

pub use archive::Archive;
pub use array::{Array, Values};
pub use dtype::Dtype;
pub use header::Header;

/// Reads the array in the file at `path`.
///
/// # Errors
/// When the file is absent, is no NumPy file, holds Python objects, or is longer or shorter than its header says.
pub fn read(path: &Path) -> Result<Array> {
    let mut file = files::open(path)?;
    let length = length(&file, path)?;
    array::read(&mut file, length).map_err(|error| file.refusal().or(error).at_file(path))
}

/// Reads the header of the file at `path`: type and shape.
///
/// # Errors
/// Those of [`read`].
pub fn read_header(path: &Path) -> Result<Header> {
    let mut file = files::open(path)?;
    let length = length(&file, path)?;
    let header = Header::read(&mut file).and_then(|header| header.check_length(length).map(|()| header));
    header.map_err(|error| file.refusal().or(error).at_file(path))
}

fn length(file: &files::File, path: &Path) -> Result<u64> {
    file.size().map_err(|e| Error::io("read", path, &e))
}
