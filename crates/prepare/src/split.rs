//! `prepare.split`: training, validation and test trials or blocks of time, and held-out units.

mod assign;
mod blocks;
mod params;
mod step;
mod trials;
mod units;

pub use assign::{Part, assign, held_out};
pub use blocks::{Block, time_blocks};
pub use params::{BlockOrder, Blocks, Fractions, SplitParams};
pub use step::SplitStep;
