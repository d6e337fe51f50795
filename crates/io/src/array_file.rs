//! Arrays in any file: NumPy (`.npy`, `.npz`), MATLAB (5 and 7.3) and plain HDF5, by the name of the object.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::array_file::{self, Params};
//!
//! let mut params = Params::new("MackeviciusData.mat");
//! params.object = Some("NEURAL".into());
//! params.fs_hz = Some(30.0);
//! let read = array_file::read(Path::new("."), &params)?;
//! println!("{} traces", read.traces.map_or(0, |traces| traces.n_rows()));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod hdf5_objects;
mod loaded;
mod mat_objects;
mod params;
mod read;
mod source;
mod step;

pub use params::{Kind, Orientation, Params};
pub use read::read;
pub use step::IngestArray;
