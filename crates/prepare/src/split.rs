//! `prepare.split`: training, validation and test trials, and held-out units.

mod assign;
mod params;
mod step;
mod trials;
mod units;

pub use assign::{Part, assign, held_out};
pub use params::{Fractions, SplitParams};
pub use step::SplitStep;
