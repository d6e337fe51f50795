//! Non-negative tensor factorisation: activity of several animals as a few components, each with its time course,
//! its animals and its neurons.
//!
//! [`affinity`] makes a tensor of recordings: which neurons change together, when, in which animal. A [`Problem`] is a
//! tensor in one of several forms ([`operand`]), a [`Mask`] of the entries that count and [`FitOptions`]; a [`Fitting`]
//! takes several [`Start`]s of it to their end, round by round, so that it can be interrupted anywhere.
//!
//! ```
//! use neuroloom_core::Seed;
//! use neuroloom_ntf::operand::{DenseRows, Operand, TwoPass};
//! use neuroloom_ntf::{FitOptions, Fitting, Mask, Problem, Start, Tensor};
//!
//! // Two components in 8 x 6 x 10 entries.
//! let entry = |i: usize, j: usize, k: usize| {
//!     let first = ((1 + i) * (1 + j % 3) * (k % 4)) as f64;
//!     first + ((i % 2) * (6 - j) * (1 + k)) as f64
//! };
//! let values = (0..480).map(|at| entry(at / 60, at / 10 % 6, at % 10)).collect();
//! let tensor = TwoPass::new(DenseRows::new(Tensor::<f64>::new(vec![8, 6, 10], values)?));
//!
//! let options = FitOptions { tolerance: 1e-9, ..FitOptions::of_rank(2) };
//! let problem = Problem { operand: &tensor, mask: &Mask::Full, options: &options };
//! let start = |number| Start::random(tensor.shape(), 2, tensor.squared_norm(), &Seed::root(1), number);
//! let mut fitting = Fitting::new((0..3).map(start).collect(), false);
//! while !fitting.is_done() {
//!     fitting.round(&problem, None)?;
//! }
//! let fit = fitting.finish();
//! assert!(fit.starts[fit.best].error() < 1e-4);
//! # Ok::<(), neuroloom_ntf::NtfError>(())
//! ```

pub mod affinity;
mod entries;
mod error;
mod factors;
mod fit;
mod implicit;
mod kernels;
mod mask;
mod nndsvd;
pub mod operand;
mod options;
pub mod rank;
mod real;
mod similarity;
mod start;
mod steps;
mod sweep;
mod tensor;
mod update;

pub use entries::Entries;
pub use error::NtfError;
pub use factors::{Factor, Model, gram, model_squared_norm};
pub use fit::{Fit, Fitting, POLISH};
pub use implicit::{ImplicitAffinity, Layout, Worm};
pub use mask::{ColumnMask, Grams, Hidden, Mask};
pub use nndsvd::nndsvd;
pub use options::{FitOptions, Loss, Method, ModeOptions};
pub use real::Real;
pub use similarity::{matches, similarity};
pub use start::{Start, Status};
pub use steps::{
    AffinityParams, AffinityStep, Compat, Dtype, FactoriseParams, FactoriseStep, Init, Missing, RankParams,
    RankStep, Select, SelectRank, read_affinity, register,
};
pub use sweep::Problem;
pub use tensor::{MAX_MODES, SparseTensor, Tensor};
pub use update::Penalty;
