//! Searchlights: representational similarity analysis in the neighbourhood of every channel.

use crate::ColumnType::{Id, Integer, Number};
use crate::{ColumnSpec as C, KindSpec};

pub const POSITIONS: KindSpec = KindSpec {
    kind: super::POSITIONS,
    doc: "One row per channel: where it lies.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("unit_id", Id, "The channel: neuron, voxel"),
        C::new("x", Number, "First coordinate, in position_unit"),
        C::new("y", Number, "Second coordinate, in position_unit"),
        C::new("z", Number, "Third coordinate, in position_unit").nullable(),
        C::new("position_unit", Id, "Unit of the coordinates"),
    ],
    key: &["recording_id", "unit_id"],
    open: false,
};

pub const NEIGHBOURHOODS: KindSpec = KindSpec {
    kind: super::NEIGHBOURHOODS,
    doc: "One row per (centre, channel): the channels that a searchlight sees.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("centre_id", Id, "The centre of the searchlight"),
        C::new("unit_id", Id, "A channel in its neighbourhood"),
    ],
    key: &["recording_id", "centre_id", "unit_id"],
    open: false,
};

pub const SEARCHLIGHT: KindSpec = KindSpec {
    kind: super::SEARCHLIGHT,
    doc: "One row per (centre, model, measure): how well a model predicts the dissimilarities around a channel.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("centre_id", Id, "The centre of the searchlight"),
        C::new("model_id", Id, "The model"),
        C::new(
            "measure",
            Id,
            "cosine, corr, spearman, rho_a, tau_a, tau_b, cosine_cov, corr_cov, bures, neg_riem_dist",
        ),
        C::new("n_channels", Integer, "Channels that entered").unit("1"),
        C::new("similarity", Number, "Similarity of model and local RDM; absent where the status is not ok")
            .unit("1")
            .nullable(),
        C::new("status", Id, "ok, or why there is no value"),
    ],
    key: &["recording_id", "centre_id", "model_id", "measure"],
    open: false,
};

pub const SEARCHLIGHT_RDMS: KindSpec = KindSpec {
    kind: super::SEARCHLIGHT_RDMS,
    doc: "One row per (centre, pair of conditions): the dissimilarities around every channel.",
    columns: &[
        C::new("recording_id", Id, "The recording"),
        C::new("centre_id", Id, "The centre of the searchlight"),
        C::new("i", Integer, "Index of the first condition, from 0").unit("1"),
        C::new("j", Integer, "Index of the second condition, from 0").unit("1"),
        C::new("dissimilarity", Number, "Dissimilarity of the pair, in dissimilarity_unit"),
        C::new("dissimilarity_unit", Id, "Unit of the dissimilarity"),
    ],
    key: &["recording_id", "centre_id", "i", "j"],
    open: false,
};
