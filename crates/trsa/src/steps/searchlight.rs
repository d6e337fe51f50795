//! `rsa.searchlight`

mod figures;
mod input;
mod output;
mod params;
mod run;
mod step;

pub use params::{SearchlightParams, Shard};
pub use step::SearchlightStep;
