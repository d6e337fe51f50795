//! How well models predict RDMs, with what uncertainty, and how well any model could.
//!
//! A [`Problem`] holds models and data; an [`Evaluator`] prepares it for one measure of similarity. [`evaluate_fixed`]
//! tests models over subjects, [`resample`] over bootstrap samples of subjects, conditions or both, with
//! cross-validation of flexible models, and [`permutation_test`] against relabelled conditions. Methods and defaults
//! are those of rsatoolbox 0.3.2 (Schütt et al. 2023, eLife 12:e82566), its defects aside.
//!
//! No RDM is ever resampled. A bootstrap sample gives condition i a multiplicity `w_i` and pair (i, j) the weight
//! `w_i w_j`; pairs of a condition with its own copy have none. All similarities and both noise ceilings follow from
//! one weighted matrix of inner products per sample, or from weighted ranks.

mod bootstrap;
mod ceiling;
mod crossval;
mod draw;
mod evaluator;
mod fixed;
mod folds;
mod gram;
mod pairs;
mod permutation;
mod problem;
mod rank_view;
mod ranks;
mod significance;
mod student;
mod variance;
mod view;
mod whole;

pub use bootstrap::{Boot, Record, Resampling, Scheme, resample};
pub use ceiling::Ceiling;
pub use crossval::{FoldOutcome, cross_validate};
pub use draw::{Draw, Multiplicities};
pub use evaluator::Evaluator;
pub use fixed::{FixedResult, evaluate_fixed};
pub use folds::{Fold, default_k_conditions, default_k_rdms, k_folds};
pub use permutation::{PermutationResult, permutation_test};
pub use problem::Problem;
pub use significance::{
    CeilingTest, ModelTest, PairTest, Tests, false_discovery_rate, t_tests, two_sided, upper_tail,
};
pub use student::StudentT;
pub use variance::{Variances, variances};
