//! Identification of regions by their representational dissimilarity matrices (RDMs), and topological descriptors.

use crate::ColumnType::{Bool, Id, Integer, Number};
use crate::{ColumnSpec as C, KindSpec};

pub const RDM_GRID: KindSpec = KindSpec {
    kind: super::RDM_GRID,
    doc: "One row per (RDM, cell of thresholds, pair of conditions): the geo-topological transform over a grid.",
    columns: &[
        C::new("rdm_id", Id, "Unique name of the RDM"),
        C::new("transform", Id, "geotop, geodesic"),
        C::new("l", Number, "Lower threshold, as a quantile of the RDM").unit("1"),
        C::new("u", Number, "Upper threshold, as a quantile of the RDM").unit("1"),
        C::new("i", Integer, "Index of the first condition, from 0").unit("1"),
        C::new("j", Integer, "Index of the second condition, from 0").unit("1"),
        C::new("value", Number, "The transformed dissimilarity").unit("1"),
    ],
    key: &["rdm_id", "transform", "l", "u", "i", "j"],
    open: false,
};

pub const RDM_GRID_SIMILARITIES: KindSpec = KindSpec {
    kind: super::RDM_GRID_SIMILARITIES,
    doc: "One row per (RDM, reference RDM, cell of thresholds, measure): how similar they are after the transform.",
    columns: &[
        C::new("rdm_id", Id, "The RDM"),
        C::new("reference_id", Id, "The RDM that it is compared with, transformed in the same way"),
        C::new("transform", Id, "geotop, geodesic"),
        C::new("l", Number, "Lower threshold, as a quantile of the RDM").unit("1"),
        C::new("u", Number, "Upper threshold, as a quantile of the RDM").unit("1"),
        C::new("measure", Id, "cosine, corr, spearman, rho_a, tau_a, ..."),
        C::new("similarity", Number, "Similarity; absent where a transformed RDM has none")
            .unit("1")
            .nullable(),
    ],
    key: &["rdm_id", "reference_id", "transform", "l", "u", "measure"],
    open: false,
};

pub const IDENTIFICATION: KindSpec = KindSpec {
    kind: super::IDENTIFICATION,
    doc: "One row per (descriptor, RDM): the region that it was taken for when its subject was left out.",
    columns: &[
        C::new("descriptor", Id, "raw, rank, geotop(l=..., u=...): what the RDM was made into"),
        C::new("class", Id, "local, global, geometry, topology, intermediate; absent for raw and rank")
            .nullable(),
        C::new("l", Number, "Lower threshold, as a quantile of the RDM").unit("1").nullable(),
        C::new("u", Number, "Upper threshold, as a quantile of the RDM").unit("1").nullable(),
        C::new("rdm_id", Id, "The RDM"),
        C::new("subject", Id, "The subject that was left out"),
        C::new("region", Id, "The true region, layer, ..."),
        C::new("predicted", Id, "The region with the nearest mean over the other subjects"),
        C::new("correct", Bool, "Whether that is the true one"),
        C::new("within", Number, "Mean distance to RDMs of the same region of other subjects").unit("1"),
        C::new("across", Number, "Mean distance to RDMs of other regions of other subjects").unit("1"),
        C::new("ratio", Number, "within / across; absent where across is 0").unit("1").nullable(),
    ],
    key: &["descriptor", "rdm_id"],
    open: false,
};

pub const ACCURACY: KindSpec = KindSpec {
    kind: super::ACCURACY,
    doc: "One row per descriptor, per class of descriptors, and for the nested choice of the best: how often the region was identified.",
    columns: &[
        C::new("level", Id, "descriptor, class or nested_best"),
        C::new(
            "descriptor",
            Id,
            "raw, rank, geotop(l=..., u=...): what the RDM was made into; name of the class",
        ),
        C::new("class", Id, "local, global, geometry, topology, intermediate; absent for raw and rank")
            .nullable(),
        C::new("l", Number, "Lower threshold, as a quantile of the RDM").unit("1").nullable(),
        C::new("u", Number, "Upper threshold, as a quantile of the RDM").unit("1").nullable(),
        C::new("n_rdms", Integer, "RDMs").unit("1"),
        C::new(
            "accuracy",
            Number,
            "Share of RDMs whose region was identified; mean over the descriptors of a class",
        )
        .unit("1"),
        C::new("chance", Number, "Share that guessing among the regions would reach").unit("1"),
        C::new("se", Number, "Standard deviation over bootstrap samples").unit("1").nullable(),
        C::new("low", Number, "2.5 % quantile over bootstrap samples").unit("1").nullable(),
        C::new("high", Number, "97.5 % quantile over bootstrap samples").unit("1").nullable(),
    ],
    key: &["level", "descriptor"],
    open: false,
};

pub const ACCURACY_PAIRS: KindSpec = KindSpec {
    kind: super::ACCURACY_PAIRS,
    doc: "One row per (test, pair of classes or descriptors): which identifies better.",
    columns: &[
        C::new("test", Id, "bootstrap, or published_t (compat: authors)"),
        C::new("class_a", Id, "The first class or descriptor"),
        C::new("class_b", Id, "The second class or descriptor"),
        C::new("difference", Number, "Mean accuracy of the first minus that of the second").unit("1"),
        C::new("statistic", Number, "The t value of the published test").unit("1").nullable(),
        C::new("df", Number, "Its degrees of freedom").unit("1").nullable(),
        C::new("p", Number, "p value, two-sided").unit("1"),
        C::new("q", Number, "The same under control of the false discovery rate over pairs").unit("1"),
    ],
    key: &["test", "class_a", "class_b"],
    open: false,
};

pub const AGTIC: KindSpec = KindSpec {
    kind: super::AGTIC,
    doc: "One row per (RDM, reference, cell of thresholds): adaptive geo-topological dependence.",
    columns: &[
        C::new("rdm_id", Id, "The RDM"),
        C::new("reference_id", Id, "The RDM that it is compared with"),
        C::new("l_x", Number, "Lower threshold of the RDM, as a fraction of its maximum or a quantile")
            .unit("1"),
        C::new("u_x", Number, "Upper threshold of the RDM").unit("1"),
        C::new("l_y", Number, "Lower threshold of the reference").unit("1"),
        C::new("u_y", Number, "Upper threshold of the reference").unit("1"),
        C::new(
            "dcor",
            Number,
            "Distance correlation of the thresholded matrices; absent where one is constant",
        )
        .unit("1")
        .nullable(),
    ],
    key: &["rdm_id", "reference_id", "l_x", "u_x", "l_y", "u_y"],
    open: false,
};

pub const AGTIC_TESTS: KindSpec = KindSpec {
    kind: super::AGTIC_TESTS,
    doc: "One row per (RDM, reference, statistic): whether two representations depend on one another.",
    columns: &[
        C::new("rdm_id", Id, "The RDM"),
        C::new("reference_id", Id, "The RDM that it is compared with"),
        C::new("statistic", Id, "max, max_ratio or max_normalised over the cells"),
        C::new("value", Number, "The statistic").unit("1"),
        C::new("p", Number, "p value by permutation of the conditions, (1 + count) / (1 + n)")
            .unit("1")
            .nullable(),
        C::new("n_permutations", Integer, "Permutations").unit("1"),
        C::new("l_x", Number, "Lower threshold of the RDM in the best cell").unit("1"),
        C::new("u_x", Number, "Upper threshold of the RDM in the best cell").unit("1"),
        C::new("l_y", Number, "Lower threshold of the reference in the best cell").unit("1"),
        C::new("u_y", Number, "Upper threshold of the reference in the best cell").unit("1"),
    ],
    key: &["rdm_id", "reference_id", "statistic"],
    open: false,
};
