//! The weighted benchmark of Lancichinetti, Fortunato and Radicchi: communities in a graph whose degrees, strengths and
//! sizes of communities follow power laws.
//!
//! 1. Degrees are drawn from a power law of exponent `tau1` up to `max_degree`, whose lower end makes the mean
//!    `mean_degree`; a share `1 - mu_t` of the edges of a node stays in its community ([`degrees`]).
//! 2. Sizes of communities are drawn from a power law of exponent `tau2`, and nodes put into communities that are
//!    larger than their degree inside ([`communities`]).
//! 3. Edges within communities and between them are wired with these degrees, without loops and parallel edges,
//!    and shuffled by exchanges of ends ([`wiring`]).
//! 4. A node of degree k has the strength k^beta, a share `1 - mu_w` of it inside; the weights are made to fit
//!    ([`weights`]).

mod communities;
mod degrees;
mod params;
mod step;
mod weights;
mod wiring;

use neuroloom_core::{Result, Seed};

pub use communities::Communities;
pub use degrees::Degrees;
pub use params::LfrParams;
pub use step::LfrStep;

use super::PlantedGraph;

/// Draws a graph. Edges that no exchange of ends can place are left out, which a small or dense graph may have a few of.
///
/// # Errors
/// When no power law has the mean degree, or no sizes of communities leave room for the degrees.
pub fn lfr(params: &LfrParams, seed: Seed) -> Result<PlantedGraph> {
    let mut degrees = Degrees::draw(params, &mut seed.child("degrees").rng())?;
    let communities = Communities::draw(params, &degrees, &mut seed.child("communities").rng())?;
    let edges = wiring::wire(&mut degrees, &communities, &mut seed.child("wiring").rng());
    let weights = weights::fit(params, &communities.of_node, &edges);
    let edges = edges.iter().zip(weights).map(|(&(i, j), weight)| (i, j, weight));
    Ok(PlantedGraph::new(&communities.of_node, edges))
}
