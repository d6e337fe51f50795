//! Searchlights: representational similarity analysis in the neighbourhood of every channel (Kriegeskorte, Goebel &
//! Bandettini 2006, PNAS 103:3863).
//!
//! [`Neighbourhoods`] say which channels a searchlight sees, [`Searchlight`] makes the dissimilarities there. Nothing is
//! kept from centre to centre: memory does not grow with their number.

mod local;
mod neighbourhoods;
mod spheres;

pub use local::{Searchlight, Window};
pub use neighbourhoods::Neighbourhoods;
pub use spheres::Spheres;
