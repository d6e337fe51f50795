//! Representational similarity analysis (RSA) and topological RSA.
//!
//! Responses of many neurons to many conditions become a representational dissimilarity matrix ([`Rdm`]) by an
//! [estimator](estimators); a [transform](transforms) makes it sensitive to topology rather than to the
//! smallest and largest distances; [`compare`](compare::compare) says which model it resembles. Every function
//! takes arrays and plain structs; [`steps`] adapts them to pipelines.
//!
//! ```
//! use ndarray::array;
//! use neuroloom_trsa::{Rdm, compare, estimators, models};
//!
//! let patterns = array![[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0], [1.0, 0.0, 1.0]];
//! let conditions: Vec<String> = ["0", "90", "180", "270"].map(String::from).into();
//! let data = Rdm::new("cells", conditions.clone(), estimators::euclidean(&patterns)?)?;
//! let ring = Rdm::new("ring", conditions, models::ring(&[0.0, 90.0, 180.0, 270.0], 360.0)?)?;
//! let similarity = compare::compare(&[data], &[ring], compare::Measure::Spearman)?;
//! assert!(similarity[[0, 0]] > 0.9);
//! # Ok::<(), neuroloom_trsa::RsaError>(())
//! ```

pub mod agtic;
pub mod compare;
pub mod embed;
mod error;
pub mod estimators;
pub mod fit;
pub mod identify;
pub mod inference;
pub mod models;
pub mod noise;
mod rdm;
pub mod searchlight;
pub mod steps;
pub mod transforms;

pub use error::{Result, RsaError};
use rdm::is_constant;
pub use rdm::{Rdm, n_pairs, pairs};
pub use steps::register;
