//! From features to expected counts.

mod features;
mod poisson;

pub use features::Features;
pub use poisson::{Glm, fit_poisson};
