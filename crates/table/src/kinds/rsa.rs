//! Responses, representational dissimilarity matrices (RDMs) and what is made of them.

use crate::ColumnType::{Id, Integer, Number};
use crate::{ColumnSpec as C, KindSpec};

const RDM: C = C::new("rdm_id", Id, "Unique name of the RDM");

pub const RESPONSES: KindSpec = KindSpec {
    kind: super::RESPONSES,
    doc: "One row per (recording, unit, condition, fold): the response of a neuron to a condition.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("unit_id", Id, "The neuron, unique within its recording"),
        C::new("region", Id, "Brain region, as the source writes it").nullable(),
        C::new("condition", Id, "Label of the condition: stimulus, or bin of a behavioural variable"),
        C::new("condition_value", Number, "Value of the condition where it has one: centre of the bin")
            .nullable(),
        C::new("condition_unit", Id, "Unit of condition_value").nullable(),
        C::new("fold", Integer, "Cross-validation fold or repeat, from 0").unit("1"),
        C::new("response", Number, "The response, in response_unit; NaN where the condition was never met"),
        C::new("response_unit", Id, "Unit of the response"),
        C::new("occupancy_s", Number, "Time spent in the condition").unit("s").nullable(),
    ],
    key: &["recording_id", "unit_id", "fold", "condition_value", "condition"],
    open: false,
};

pub const RDMS: KindSpec = KindSpec {
    kind: super::RDMS,
    doc: "One row per (RDM, pair of conditions i < j), row-major: the upper triangle of the matrix.",
    columns: &[
        RDM,
        C::new("i", Integer, "Index of the first condition, from 0").unit("1"),
        C::new("j", Integer, "Index of the second condition, from 0").unit("1"),
        C::new("condition_i", Id, "Label of the first condition"),
        C::new("condition_j", Id, "Label of the second condition"),
        C::new("dissimilarity", Number, "Dissimilarity of the pair, in dissimilarity_unit"),
        C::new("dissimilarity_unit", Id, "Unit of the dissimilarity"),
    ],
    key: &["rdm_id", "i", "j"],
    open: false,
};

pub const RDM_INDEX: KindSpec = KindSpec {
    kind: super::RDM_INDEX,
    doc: "One row per RDM: where it comes from and how it was made.",
    columns: &[
        RDM,
        C::new("recording_id", Id, "The recording; absent for models and pooled recordings").nullable(),
        C::new(
            "subject",
            Id,
            "The animal, person or trained network; absent where the recording stands for it",
        )
        .nullable(),
        C::new("region", Id, "The group of neurons: brain region, layer, ...").nullable(),
        C::new("time_s", Number, "Centre of the time bin in a movie of RDMs, from the event")
            .unit("s")
            .nullable(),
        C::new("measure", Id, "Estimator and transforms: crossnobis, correlation, rank, ..."),
        C::new("dissimilarity_unit", Id, "Unit of the dissimilarities"),
        C::new("n_conditions", Integer, "Conditions").unit("1"),
        C::new("n_channels", Integer, "Neurons or other channels that entered; absent for models")
            .unit("1")
            .nullable(),
        C::new("n_folds", Integer, "Cross-validation folds or repeats; absent for models")
            .unit("1")
            .nullable(),
    ],
    key: &["rdm_id"],
    open: false,
};

pub const COMPARISONS: KindSpec = KindSpec {
    kind: super::COMPARISONS,
    doc: "One row per (RDM, reference RDM, measure): how similar they are.",
    columns: &[
        RDM,
        C::new("reference_id", Id, "The RDM that it is compared with: a model, another region"),
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("similarity", Number, "Similarity, at most 1").unit("1"),
        C::new("n_pairs", Integer, "Pairs of conditions that entered").unit("1"),
    ],
    key: &["rdm_id", "reference_id", "measure"],
    open: false,
};

pub const EMBEDDING: KindSpec = KindSpec {
    kind: super::EMBEDDING,
    doc: "One row per (RDM, condition, dimension): coordinates whose distances approximate the dissimilarities.",
    columns: &[
        RDM,
        C::new("i", Integer, "Index of the condition, from 0").unit("1"),
        C::new("condition", Id, "Label of the condition"),
        C::new("dimension", Integer, "Dimension of the map, from 0, the largest first").unit("1"),
        C::new("coordinate", Number, "Position along the dimension, in coordinate_unit"),
        C::new(
            "coordinate_unit",
            Id,
            "Unit of the coordinate: that of the dissimilarity, or its root if squared",
        ),
        C::new("explained", Number, "Share of the dimension in the sum of absolute eigenvalues").unit("1"),
    ],
    key: &["rdm_id", "dimension", "i"],
    open: false,
};

pub const RDM_DIAGONAL: KindSpec = KindSpec {
    kind: super::RDM_DIAGONAL,
    doc: "One row per (RDM across runs, condition): the dissimilarity of a condition with itself in another run.",
    columns: &[
        RDM,
        C::new("i", Integer, "Index of the condition, from 0").unit("1"),
        C::new("condition", Id, "Label of the condition"),
        C::new("dissimilarity", Number, "Dissimilarity of the two runs, in dissimilarity_unit"),
        C::new("dissimilarity_unit", Id, "Unit of the dissimilarity"),
    ],
    key: &["rdm_id", "i"],
    open: false,
};

pub const RESIDUALS: KindSpec = KindSpec {
    kind: super::RESIDUALS,
    doc: "One row per (recording, unit, observation): what a model of the responses leaves unexplained.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("unit_id", Id, "The neuron, unique within its recording"),
        C::new("observation", Integer, "Number of the observation, from 0, the same for all units").unit("1"),
        C::new("fold", Integer, "The fold that it belongs to; absent where the noise is the same in all")
            .unit("1")
            .nullable(),
        C::new("residual", Number, "The residual, in residual_unit"),
        C::new("residual_unit", Id, "Unit of the residual"),
    ],
    key: &["recording_id", "unit_id", "observation"],
    open: false,
};
