//! Weighted nested stochastic block models: how many groups a weighted graph has, which, and in what hierarchy.
//!
//! A [`Graph`] is an undirected multigraph with an optional weight per edge. [`fit`] looks for the hierarchy of
//! groups with the least description length, [`description_length`] itemises that of any hierarchy, and
//! [`marginals`] says how certain each membership is. There is no resolution to choose: a group is found only
//! where it shortens the description of the data.
//!
//! ```
//! use neuroloom_community::{Graph, SbmOptions, WeightModel, fit};
//! use neuroloom_core::Seed;
//!
//! // Two cliques of six nodes and one edge between them.
//! let clique = |first: u32| (first..first + 6).flat_map(move |i| (i + 1..first + 6).map(move |j| (i, j)));
//! let edges: Vec<(u32, u32)> = clique(0).chain(clique(6)).chain([(0, 6)]).collect();
//! let graph = Graph::new(12, &edges, None)?;
//! let options = SbmOptions { weights: WeightModel::None, ..SbmOptions::default() };
//! let found = fit(&graph, &options, Seed::root(1), &())?;
//! assert_eq!(found.levels[0], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
//! # Ok::<(), neuroloom_community::CommunityError>(())
//! ```
//!
//! Methods: Peixoto, Phys. Rev. E 89, 012804 (2014), Phys. Rev. X 4, 011047 (2014), Phys. Rev. E 95, 012317
//! (2017), 97, 012306 (2018) and 102, 012305 (2020).

mod blocks;
mod degree_counts;
mod description_length;
mod enrichment;
mod error;
mod fit;
mod graph;
mod hierarchy;
mod log_gamma;
mod marginals;
mod module_wiring;
mod options;
mod score;
mod search;
pub mod steps;
mod weights;

pub use blocks::BlockSum;
pub use description_length::{DescriptionLength, description_length};
pub use enrichment::{benjamini_hochberg, hypergeometric_tail};
pub use error::{CommunityError, Result};
pub use fit::{Compared, Restart, SbmFit, Status, TracePoint, Warning, fit};
pub use graph::Graph;
pub use marginals::{Marginals, Membership, marginals};
pub use module_wiring::{ModuleWiring, module_wiring};
pub use options::{Compat, DegCorr, Mcmc, Model, Observer, SbmOptions, WeightModel};
pub use score::{Score, score};
pub use steps::register;
