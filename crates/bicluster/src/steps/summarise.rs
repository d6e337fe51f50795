//! `bicluster.summarise`

mod agreement;
mod analysis;
mod counts;
mod diagnostics;
mod draws;
mod epochs;
mod figures;
mod index;
mod latents;
mod params;
mod step;
mod tables;

pub use params::SummariseParams;
pub use step::SummariseStep;
