//! What speaks for a number of components.
//!
//! No criterion decides alone: each is computed for all ranks, and each has a rule that suggests one.

mod core_consistency;
mod hold_out;
mod spectrum;
mod suggest;

pub use core_consistency::core_consistency;
pub use hold_out::{HoldOut, held_out_error};
pub use spectrum::nuclear_norm;
pub use suggest::{Criterion, Curve, suggest};
