//! The readers on real files, on files made here, and on damaged ones.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests and their helpers fail by panicking"
)]

mod alf;
mod disk_faults;
mod events;
mod hdf5_interface;
mod mat5;
mod npy;
mod numpy;
mod nwb_corruption;
mod nwb_files;
mod nwb_refuses;
mod nwb_step;
mod nwb_values;
mod phy;
mod right_values;
mod suite2p;
