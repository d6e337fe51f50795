//! `simulate.topology`: populations whose responses lie on curves of known shape.
//!
//! A stimulus runs once around a closed curve, `t = i/n` for `n` stimuli. What a method that is sensitive to topology must see is whether a curve is
//! one loop, two loops, or a loop that meets itself; what it must not mind is how the curve is bent. [`Shape`] has both.
//! After the toy examples of Lin & Kriegeskorte, arXiv 2309.11028.

mod figures;
mod params;
mod shapes;
mod step;

pub use params::TopologyParams;
pub use shapes::Shape;
pub use step::TopologyStep;
