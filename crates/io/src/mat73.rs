//! MATLAB 7.3 files (`save -v7.3`): HDF5 behind a user block, read as the values that [`mat5`](crate::mat5) reads.
//!
//! MATLAB keeps an array as a dataset with its extents in reverse order, so that the bytes stand in MATLAB's order; the
//! class is the attribute `MATLAB_class`. Text is `uint16`. The items of a cell array, and of each field of a struct
//! array, lie in the group `#refs#` and are named by object references; a struct that is one record is a group. An empty
//! array is marked by `MATLAB_empty` and holds its extents; a sparse matrix is a group of `ir`, `jc` and `data`.
//!
//! ```no_run
//! use std::path::Path;
//!
//! let file = neuroloom_io::mat73::File::open(Path::new("session.mat"))?;
//! let variable = file.read("est")?;
//! let traces = variable.view().field("neurons")?.cell(1)?.numbers()?;
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Layout: as MATLAB R2006b and later write it; The MathWorks documents only that it is HDF5. Complex numbers, function
//! handles and objects are listed and skipped.

mod file;
mod header;
mod reader;
mod sparse;

pub use file::{File, VariableInfo};

pub(crate) use reader::numbers;
