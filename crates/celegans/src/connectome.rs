//! From readings of connections to weights per ordered pair of neurons, and to a consensus of several sources.

mod consensus;
mod edges;
mod params;
mod reading;
mod scale;

pub use consensus::{ConsensusEdge, MIXED_UNITS, consensus};
pub use edges::{Dropped, SourceEdges, Weights, source_edges};
pub use params::{ConnectomeParams, PRIMARY_MEMBERS, UnitScale};
pub use reading::{Reading, ReadingType};
pub use scale::{SECTIONS, SYNAPSES, ScaleFactors, match_total};

/// An ordered pair of neurons, by their [slots](crate::names::slot).
pub type Pair = (usize, usize);
