//! `prepare.align`: traces cut around events into trials.

mod cut;
mod events;
mod params;
mod step;

pub use params::{AlignParams, Anchor, Incomplete};
pub use step::AlignStep;
