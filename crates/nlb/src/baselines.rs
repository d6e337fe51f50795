//! Simple predictors of rates, which a model has to beat.

mod choice;
mod condition_mean;
mod factors;
mod output;
mod readout;
mod smooth;
mod smoothing;

pub use condition_mean::{ConditionMeanParams, ConditionMeanStep};
pub use factors::{FactorAnalysisParams, FactorAnalysisStep};
pub use readout::Scale;
pub use smooth::{SmoothRatesParams, SmoothRatesStep};
