//! `prepare.align`: traces and spikes cut around events into trials.

mod cut;
mod events;
mod figures;
mod params;
mod psth;
mod spikes;
mod step;
mod traces;

pub use params::{AlignParams, Anchor, Incomplete};
pub use psth::{Psth, SpikeTrial, peri_stimulus_histogram};
pub use step::AlignStep;
