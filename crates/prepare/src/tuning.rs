//! `prepare.tuning`: mean responses to the values of a behavioural variable or to stimuli.
//!
//! Both are the same computation on a list of [`Visit`]s: stretches of time in which a condition held, each in a
//! cross-validation fold. [`tally_spikes`] and [`tally_samples`] add up what a neuron did in them,
//! [`Tally::responses`] divides by the time spent.

mod axis;
mod behaviour;
mod conditions;
mod figures;
mod folds;
mod information;
mod neurons;
mod params;
mod step;
mod stimulus;
mod tally;
mod track;
mod visits;

pub use axis::BehaviourAxis;
pub use conditions::{Condition, Conditions};
pub use folds::{contiguous_folds, interleaved_folds};
pub use information::bits_per_spike;
pub use params::{BehaviourParams, Geometry, StimulusParams, TuningParams};
pub use step::TuningStep;
pub use tally::{SmoothBins, Tally, tally_samples, tally_spikes};
pub use visits::{Visit, clip_visits, sample_cells, visits_of_samples};
