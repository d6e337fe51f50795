//! MATLAB 5 files (`.mat`, `save -v6` and `save -v7`): numbers, text, logical, sparse, cell and struct arrays,
//! in either byte order, compressed or not.
//!
//! [`File::open`] lists the variables by their headers; [`File::read`] reads one. A [`View`] walks into structs
//! and cells and knows where it stands, so that an error says `est.neurons(2).C` and the file.
//!
//! ```no_run
//! use std::path::Path;
//!
//! let file = neuroloom_io::mat5::File::open(Path::new("session.mat"))?;
//! let variable = file.read("est")?;
//! let traces = variable.view().field("neurons")?.cell(1)?.numbers()?;
//! println!("{} × {} of type {}", traces.shape[0], traces.shape[1], traces.values.number_type().name());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Layout: The MathWorks, *MAT-File Format* (version 5). Version 7.3 is HDF5: see [`crate::mat73`]; [`crate::mat`] opens either.

mod chars;
mod element;
mod file;
mod header;
mod inflate;
mod matrix;
mod sparse;
mod value;
mod view;

pub use file::{File, Limits, Variable, VariableInfo};
pub use value::{
    CellArray, CharArray, Class, LogicalArray, MatValue, NumericArray, SparseArray, StructArray,
};
pub use view::View;

pub(crate) use matrix::{Budget, DEEPEST, moved};
