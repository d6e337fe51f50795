//! Which region, or layer, is this RDM from?
//!
//! Every RDM belongs to a subject (an animal, a person, a trained network) and a region. With one subject left out, the
//! RDMs of the others give a mean per region, and an RDM of the subject is taken for the region whose mean is nearest
//! (Euclidean distance over the pairs of conditions). The share that is right says how much of the region's signature a
//! [`Descriptor`] keeps: the dissimilarities as they are, their ranks, or a geo-topological transform of them.
//! Lin & Kriegeskorte, arXiv 2309.11028.
//!
//! The distance to a mean needs no mean: with squared distances `D` between rows and a set `T` of `n` training rows
//! `|x - m|² = sum_t D(x,t)/n - sum_tt' D(t,t')/(2n²)`, so that one matrix of inner products per descriptor serves all
//! left-out subjects, the nested selection and the mean distances within and across regions.
//!
//! ```
//! use neuroloom_trsa::identify::{Descriptor, Design, Observations};
//! use neuroloom_trsa::Rdm;
//!
//! let labels: Vec<String> = ["a", "b", "c"].map(String::from).into();
//! let rdm = |name: &str, d: [f64; 3]| Rdm::new(name, labels.clone(), d.into());
//! let rdms = [
//!     rdm("s1/V1", [1.0, 2.0, 3.0])?,
//!     rdm("s1/IT", [3.0, 2.0, 1.0])?,
//!     rdm("s2/V1", [1.1, 2.2, 2.9])?,
//!     rdm("s2/IT", [3.1, 2.1, 0.9])?,
//! ];
//! let design = Design::new(&["s1", "s1", "s2", "s2"], &["V1", "IT", "V1", "IT"])?;
//! let found = Observations::new(&rdms, design)?.identify(Descriptor::Rank)?;
//! assert_eq!(found.accuracy(), 1.0);
//! # Ok::<(), neuroloom_trsa::RsaError>(())
//! ```

mod bootstrap;
mod classes;
mod descriptor;
mod design;
mod difference;
mod distances;
mod nearest;
mod nested;
mod observations;
mod ranks;
mod sample;

pub use bootstrap::{Bootstrap, Resample};
pub use classes::{Class, grid, random_cells};
pub use descriptor::{Cell, Descriptor};
pub use design::Design;
pub use difference::{Difference, bootstrap_difference, published_t_test};
pub use nearest::{Identified, Outcome};
pub use nested::{Nested, nested_best};
pub use observations::Observations;
