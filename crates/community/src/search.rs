//! The search for the hierarchy of least description length.

mod bundle;
mod chain;
mod flow;
mod level_graph;
mod merge;
mod multilevel;
mod nested;
mod node_move;
mod pair_change;
mod proposal;
mod random;
mod regroup;
mod shared;
mod split;
mod state;
mod sweep;
#[cfg(test)]
mod tests;
mod tier;
mod upper;

pub(crate) use chain::Chain;
pub(crate) use nested::{Found, polish, search};
pub(crate) use random::Random;
pub(crate) use shared::Shared;
