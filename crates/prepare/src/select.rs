//! `prepare.select`: choosing recordings, units, signals, intervals and stretches of time.

mod choice;
mod params;
mod restrict;
mod step;
mod units;

pub use params::{IntervalChoice, SelectParams};
pub use step::SelectStep;
