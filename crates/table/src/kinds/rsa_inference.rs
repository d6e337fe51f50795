//! Inference on models of representational dissimilarity matrices (RDMs).

use crate::ColumnType::{Id, Integer, Number};
use crate::{ColumnSpec as C, KindSpec};

pub const RSA_EVALUATIONS: KindSpec = KindSpec {
    kind: super::RSA_EVALUATIONS,
    doc: "One row per (measure, model, resample, RDM): how well a model predicts the data.",
    columns: &[
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("model_id", Id, "The model"),
        C::new(
            "resampled",
            Id,
            "What was drawn or relabelled: rdms, conditions, both, labels; absent for the data themselves",
        )
        .nullable(),
        C::new(
            "resample",
            Integer,
            "Number of the bootstrap sample or permutation, from 0; absent for the data themselves",
        )
        .unit("1")
        .nullable(),
        C::new("rdm_id", Id, "The RDM; absent for the mean over RDMs").nullable(),
        C::new(
            "value",
            Number,
            "Similarity of prediction and data; NaN where the resample has too few conditions",
        )
        .unit("1"),
    ],
    key: &["measure", "model_id", "resampled", "resample", "rdm_id"],
    open: false,
};

pub const RSA_MODEL_STATS: KindSpec = KindSpec {
    kind: super::RSA_MODEL_STATS,
    doc: "One row per (measure, model): mean similarity, its uncertainty and tests.",
    columns: &[
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("model_id", Id, "The model"),
        C::new("mean", Number, "Mean similarity over RDMs").unit("1"),
        C::new("variance", Number, "Estimated variance of the mean").unit("1").nullable(),
        C::new("df", Number, "Degrees of freedom of its t distribution; absent for permutations")
            .unit("1")
            .nullable(),
        C::new("ci_low", Number, "Lower end of the confidence interval of level 1 - alpha")
            .unit("1")
            .nullable(),
        C::new("ci_high", Number, "Upper end of the confidence interval of level 1 - alpha")
            .unit("1")
            .nullable(),
        C::new("p_zero", Number, "p value against a similarity of 0, one-sided").unit("1").nullable(),
        C::new("q_zero", Number, "The same under control of the false discovery rate over models")
            .unit("1")
            .nullable(),
        C::new("p_ceiling", Number, "p value against the lower noise ceiling, two-sided")
            .unit("1")
            .nullable(),
        C::new("q_ceiling", Number, "The same under control of the false discovery rate over models")
            .unit("1")
            .nullable(),
    ],
    key: &["measure", "model_id"],
    open: false,
};

pub const RSA_MODEL_PAIRS: KindSpec = KindSpec {
    kind: super::RSA_MODEL_PAIRS,
    doc: "One row per (measure, pair of models): which of two predicts better.",
    columns: &[
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("model_a", Id, "The first model"),
        C::new("model_b", Id, "The second model"),
        C::new("difference", Number, "Mean similarity of the first minus that of the second").unit("1"),
        C::new("variance", Number, "Estimated variance of the difference").unit("1").nullable(),
        C::new("df", Number, "Degrees of freedom of its t distribution; absent for permutations")
            .unit("1")
            .nullable(),
        C::new("p", Number, "p value, two-sided").unit("1").nullable(),
        C::new("q", Number, "The same under control of the false discovery rate over pairs")
            .unit("1")
            .nullable(),
    ],
    key: &["measure", "model_a", "model_b"],
    open: false,
};

pub const RSA_CEILING: KindSpec = KindSpec {
    kind: super::RSA_CEILING,
    doc: "One row per measure: the similarity that the best possible model would reach.",
    columns: &[
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new(
            "lower",
            Number,
            "Mean similarity of every subject with the pool of the others; absent for one subject",
        )
        .unit("1")
        .nullable(),
        C::new(
            "upper",
            Number,
            "Mean similarity of every subject with the pool of all; absent for one subject",
        )
        .unit("1")
        .nullable(),
        C::new("variance_lower", Number, "Estimated variance of the lower end").unit("1").nullable(),
        C::new("variance_upper", Number, "Estimated variance of the upper end").unit("1").nullable(),
        C::new("p_zero", Number, "p value of the lower end against a similarity of 0, one-sided")
            .unit("1")
            .nullable(),
    ],
    key: &["measure"],
    open: false,
};

pub const RSA_MODEL_WEIGHTS: KindSpec = KindSpec {
    kind: super::RSA_MODEL_WEIGHTS,
    doc: "One row per (measure, model, split, component): the fitted parameters of flexible models.",
    columns: &[
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("model_id", Id, "The model"),
        C::new(
            "split",
            Integer,
            "Number of the cross-validation split, from 0; absent for the fit to all data",
        )
        .unit("1")
        .nullable(),
        C::new("component", Id, "RDM that the parameter belongs to"),
        C::new("weight", Number, "The parameter").unit("1"),
    ],
    key: &["measure", "model_id", "split", "component"],
    open: false,
};
