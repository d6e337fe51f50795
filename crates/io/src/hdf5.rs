//! HDF5 files behind one small interface.
//!
//! Two readers can stand behind it: `rust-hdf5` (feature `hdf5-rust`, the default: nothing to install, memory
//! safe) and the C library through `hdf5-metno` (feature `hdf5-c`, which wins where both are on). Every call
//! is bounded: sizes that a file cannot hold are refused before anything is allocated, links are followed to
//! a fixed depth, and a panic of the reader beneath becomes an error that names file and object.

#[cfg(feature = "hdf5-c")]
#[path = "hdf5/c_library.rs"]
mod backend;
#[cfg(all(feature = "hdf5-rust", not(feature = "hdf5-c")))]
#[path = "hdf5/pure_rust.rs"]
mod backend;
#[cfg(not(any(feature = "hdf5-rust", feature = "hdf5-c")))]
compile_error!("neuroloom-io needs one of its features `hdf5-rust` (the default) or `hdf5-c`");

mod contain;
mod dtype;
mod fault;
mod file;
mod superblock;
mod values;
mod walk;

pub use dtype::{DatasetInfo, Dtype};
pub use file::{Attribute, Child, File, ObjectKind};
pub use values::{Number, Values};
pub use walk::{Object, Visit, walk};

#[cfg(feature = "zarr")]
pub(crate) use contain::contain;
pub(crate) use contain::contained;
#[cfg(feature = "zarr")]
pub(crate) use fault::Fault;
pub(crate) use walk::join;
