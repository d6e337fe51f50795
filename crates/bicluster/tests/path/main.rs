//! Latent paths, dynamics, likelihoods and moves of bi-clustering, against slow obvious versions.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at what it did not expect")]

mod dense;
mod dynamics;
mod evidence;
mod filter;
mod laplace;
mod likelihood;
mod moves;
mod peer;
mod problem;
