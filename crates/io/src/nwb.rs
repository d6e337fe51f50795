//! Neurodata Without Borders 2.x (HDF5).
//!
//! | in the file | table |
//! | --- | --- |
//! | session, `/general/subject` | recordings |
//! | `/units` | spikes |
//! | `RoiResponseSeries` | traces |
//! | other numeric time series | behaviour |
//! | `TimeIntervals`: trials, epochs … | intervals |
//!
//! [`read`] reads a file, the step [`IngestNwb`] does so in a pipeline. What is read from where, and what is
//! left out, stands in `docs/formats/nwb.md`.

mod behaviour;
mod clock;
mod contents;
mod electrodes;
mod extra;
mod intervals;
mod matrix;
mod names;
mod open;
mod plan;
mod planes;
mod read;
mod rois;
mod series;
mod session;
mod step;
mod table;
mod traces;
mod transpose;
mod units;

pub use read::{ReadOptions, Recording, read};
pub use session::Session;
pub use step::{IngestNwb, Params};

pub(crate) use contents::neurodata_type;
