//! `bicluster.sample`

mod agreement;
mod choice;
mod input;
mod output;
mod params;
mod pilots;
mod prior_params;
mod report;
mod run;
mod step;
mod warm;

use choice::settings;

pub use params::{
    ChooseLatents, FamilyChoice, InteractionChoice, SampleParams, Silent, Store, Until, Variant,
};
pub use prior_params::{NeuronLaw, PriorParams};
pub use step::SampleStep;
