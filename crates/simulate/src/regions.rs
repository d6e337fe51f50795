//! `simulate.regions`: regions with a geometry of their own, in several subjects.
//!
//! Region `r` has coordinates `G_r` of the conditions, the same for all subjects. A subject sees them through a random orthonormal embedding
//! of its own, so that no channel of one subject says anything about a channel of another: only distances are shared. Without
//! signal nothing is, and identification must be at chance, `1/n_regions`.

mod params;
mod step;

pub use params::RegionsParams;
pub use step::RegionsStep;
