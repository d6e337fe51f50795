//! `simulate.worms`: calcium-like traces of several animals with planted motifs.
//!
//! A motif is a group of neurons that are active together, in intervals and animals of its own; neurons may be in
//! several. At its events all its neurons rise and decay at once ([`Event`]); each neuron also has events of its
//! own, and noise. Who is in which motif, when and in whom is known ([`Motif`]): methods that look for groups of
//! neurons in several animals show on it that they find them.

mod activity;
mod event;
mod figures;
mod motif;
mod params;
mod step;
mod tables;

pub use activity::Animal;
pub use event::Event;
pub use motif::{Motif, motifs};
pub use params::WormsParams;
pub use step::WormsStep;
