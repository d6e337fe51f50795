//! `nlb.trials`: trials of a session, cut as the benchmark cuts them.

mod behaviour;
mod counts;
mod decimate;
mod events;
mod grid;
mod params;
mod reference;
mod step;
mod tables;

pub use decimate::decimate;
pub use params::{BehaviourSignal, CutParams, Jitter};
pub use step::CutStep;
