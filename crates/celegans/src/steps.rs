//! The steps: tables in, tables out.

mod connectome;
mod homogenise;
mod warnings;

pub use connectome::ConnectomeStep;
pub use homogenise::HomogeniseStep;
