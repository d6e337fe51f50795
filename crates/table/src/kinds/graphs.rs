//! Weighted graphs and the communities that are found in them.

use crate::ColumnType::{Bool, Id, Integer, Number, NumberList, TextList};
use crate::{ColumnSpec as C, KindSpec};

const GRAPH: C = C::new("graph_id", Id, "The graph");
const MODEL: C = C::new(
    "model_id",
    Id,
    "The model: degree-corrected (dc) or not (ndc), nested or flat, and its weights; truth of a planted partition",
);
const LEVEL: C = C::new("level", Integer, "Level of the hierarchy, from 0, that of the nodes").unit("1");
const NODE: C = C::new("node", Id, "Name of the node");
const NODE_INDEX: C =
    C::new("node_index", Integer, "Place of the node in the order of the graph, from 0").unit("1");
const RANK: C =
    C::new("rank", Integer, "Components of the factorisation that the graph is from").unit("1").nullable();
const COMPONENT: C =
    C::new("component", Integer, "The component that the graph is of, from 0").unit("1").nullable();
const COMMUNITY: C = C::new("community", Integer, "The community: a group of level 0").unit("1");

pub const EDGES: KindSpec = KindSpec {
    kind: super::EDGES,
    doc: "One row per edge of an undirected graph; several graphs may stand in one table.",
    columns: &[
        GRAPH,
        C::new("pre", Id, "One end of the edge"),
        C::new("post", Id, "The other end"),
        C::new("weight", Number, "Weight of the edge").unit("a.u."),
    ],
    key: &["graph_id", "pre", "post"],
    open: true,
};

pub const PARTITION: KindSpec = KindSpec {
    kind: super::PARTITION,
    doc: "One row per (graph, model, level, member): level 0 puts nodes into groups, level l the groups of level l - 1.",
    columns: &[
        GRAPH,
        MODEL,
        LEVEL,
        C::new("node_index", Integer, "Place of the node, or number of the group of the level below, from 0")
            .unit("1"),
        C::new("node", Id, "Name of the node, or the number of the group of the level below"),
        C::new("group", Integer, "Its group, from 0, in the order of first appearance").unit("1"),
    ],
    key: &["graph_id", "model_id", "level", "node_index"],
    open: false,
};

pub const MEMBERSHIP: KindSpec = KindSpec {
    kind: super::MEMBERSHIP,
    doc: "One row per (graph, node, group) that was sampled: how often the node was in the group.",
    columns: &[
        GRAPH,
        NODE_INDEX,
        NODE,
        C::new("group", Integer, "The group, aligned over samples").unit("1"),
        C::new("probability", Number, "Share of the samples with the node in the group").unit("1"),
        C::new(
            "consensus",
            Integer,
            "Group of the node in the partition that overlaps most with all samples",
        )
        .unit("1"),
    ],
    key: &["graph_id", "node_index", "group"],
    open: false,
};

pub const SBM_FIT: KindSpec = KindSpec {
    kind: super::SBM_FIT,
    doc: "One row per (graph, model): the best fit of the model and its description length.",
    columns: &[
        GRAPH,
        MODEL,
        C::new("deg_corr", Bool, "Whether nodes of a group may differ in degree"),
        C::new(
            "weight_model",
            Id,
            "none, exponential, normal, lognormal, geometric, poisson, binomial: what weights are drawn from",
        ),
        C::new("transform", Id, "What the weights were taken through: none or log"),
        C::new("nested", Bool, "Whether groups are grouped in turn"),
        C::new("n_nodes", Integer, "Nodes").unit("1"),
        C::new("n_edges", Integer, "Edges that entered, with multiplicity").unit("1"),
        C::new(
            "n_levels",
            Integer,
            "Levels of the hierarchy; of the best model, as all that follows but dl_nats",
        )
        .unit("1")
        .nullable(),
        C::new("n_groups", NumberList, "Groups of every level, that of the nodes first").unit("1").nullable(),
        C::new(
            "dl_nats",
            Number,
            "Description length; with continuous weights a density, of which only differences have a meaning",
        )
        .unit("nat"),
        C::new("best", Bool, "Whether it is the shortest of the graph"),
        C::new("restarts", Integer, "Fits from different starts, of which this is the best")
            .unit("1")
            .nullable(),
        C::new(
            "accepted_moves",
            Integer,
            "Moves that were accepted in the best search and the chain after it",
        )
        .unit("1")
        .nullable(),
        C::new("status", Id, "converged or max_sweeps").nullable(),
    ],
    key: &["graph_id", "model_id"],
    open: false,
};

pub const SBM_TERMS: KindSpec = KindSpec {
    kind: super::SBM_TERMS,
    doc: "One row per (graph, model, term): what the description length is made of.",
    columns: &[
        GRAPH,
        MODEL,
        C::new(
            "term",
            Id,
            "adjacency, degree, partition_l*, edges_l*, edges_top, weights_l*, weights_hyper, jacobian",
        ),
        C::new("nats", Number, "The term").unit("nat"),
    ],
    key: &["graph_id", "model_id", "term"],
    open: false,
};

pub const BLOCKS: KindSpec = KindSpec {
    kind: super::BLOCKS,
    doc: "One row per (graph, model, level, pair of groups r <= s with edges): what runs between them.",
    columns: &[
        GRAPH,
        MODEL,
        LEVEL,
        C::new("r", Integer, "One group").unit("1"),
        C::new("s", Integer, "The other group, or the same").unit("1"),
        C::new("n_edges", Integer, "Edges between the groups").unit("1"),
        C::new("weight_sum", Number, "Sum of their weights, as the model takes them").unit("a.u.").nullable(),
        C::new("weight_sum_squares", Number, "Sum of the squares of these weights").unit("a.u.").nullable(),
    ],
    key: &["graph_id", "model_id", "level", "r", "s"],
    open: false,
};

pub const ENTROPY_TRACE: KindSpec = KindSpec {
    kind: super::ENTROPY_TRACE,
    doc: "One row per (graph, model, sweep): how the description length fell in the best restart.",
    columns: &[
        GRAPH,
        MODEL,
        C::new("sweep", Integer, "Place in the search, from 0").unit("1"),
        C::new("dl_nats", Number, "Description length").unit("nat"),
    ],
    key: &["graph_id", "model_id", "sweep"],
    open: false,
};

pub const COMMUNITIES: KindSpec = KindSpec {
    kind: super::COMMUNITIES,
    doc: "One row per (graph, community): who is in it, when and in whom its component is strong, and how it is wired.",
    columns: &[
        GRAPH,
        RANK,
        COMPONENT,
        COMMUNITY,
        C::new("n_members", Integer, "Members").unit("1"),
        C::new("members", TextList, "Names of the members, in the order of the graph"),
        C::new("lambda", Number, "Weight of the component, in the unit of the tensor").unit("a.u.").nullable(),
        C::new("share", Number, "Share of the component in the sum of squares of all").unit("1").nullable(),
        C::new("from_t_s", Number, "First time at which the component is at least half its maximum")
            .unit("s")
            .nullable(),
        C::new("peak_t_s", Number, "Time at which the component is largest").unit("s").nullable(),
        C::new("until_t_s", Number, "Last time at which the component is at least half its maximum")
            .unit("s")
            .nullable(),
        C::new("top_animals", TextList, "Animals by descending weight, at most five").nullable(),
        C::new("affinity_inside", Number, "Mean weight of the component's pairs within the community")
            .unit("1")
            .nullable(),
        C::new("affinity_outside", Number, "Mean weight of the pairs of a member and a non-member")
            .unit("1")
            .nullable(),
        C::new("n_wired", Integer, "Members that the connectome names").unit("1").nullable(),
        C::new("wiring_inside", Number, "Share of the pairs of members that are connected")
            .unit("1")
            .nullable(),
        C::new("wiring_outside", Number, "Share of the pairs of a member and a non-member that are connected")
            .unit("1")
            .nullable(),
        C::new(
            "wiring_z",
            Number,
            "Distance of wiring_inside from its mean over random communities of the size, in standard deviations",
        )
        .unit("1")
        .nullable(),
        C::new(
            "wiring_p",
            Number,
            "Probability of so much wiring inside, or more, among random communities of the size",
        )
        .unit("1")
        .nullable(),
        C::new("wiring_q", Number, "The probability after Benjamini and Hochberg, over all communities")
            .unit("1")
            .nullable(),
    ],
    key: &["graph_id", "community"],
    open: false,
};

pub const OVERLAPS: KindSpec = KindSpec {
    kind: super::OVERLAPS,
    doc: "One row per (graph, community, neuron class with a member in it): more of them than chance would bring?",
    columns: &[
        GRAPH,
        RANK,
        COMPONENT,
        COMMUNITY,
        C::new("grouping", Id, "What the neurons were grouped by: class, type or transmitter"),
        C::new("class", Id, "The class"),
        C::new("n_overlap", Integer, "Members of the community that are of the class").unit("1"),
        C::new("n_community", Integer, "Members of the community with a known class").unit("1"),
        C::new("n_class", Integer, "Nodes of the graph that are of the class").unit("1"),
        C::new("n_nodes", Integer, "Nodes of the graph with a known class").unit("1"),
        C::new("jaccard", Number, "Overlap over union of community and class").unit("1"),
        C::new("p_value", Number, "Hypergeometric probability of so large an overlap, or larger").unit("1"),
        C::new("q_value", Number, "The probability after Benjamini and Hochberg, over all rows").unit("1"),
    ],
    key: &["graph_id", "community", "grouping", "class"],
    open: false,
};

pub const SCORES: KindSpec = KindSpec {
    kind: super::SCORES,
    doc: "One row per (graph, model, level): how near a partition comes to the true one.",
    columns: &[
        GRAPH,
        MODEL,
        LEVEL,
        C::new("n_nodes", Integer, "Nodes that both partitions have").unit("1"),
        C::new("n_groups", Integer, "Groups").unit("1"),
        C::new("n_true_groups", Integer, "True groups").unit("1"),
        C::new("nmi", Number, "Mutual information over the mean of the two entropies").unit("1"),
        C::new("ari", Number, "Rand index adjusted for chance").unit("1"),
        C::new(
            "overlap",
            Number,
            "Share of nodes in matched groups, under the matching that makes it largest",
        )
        .unit("1"),
        C::new("best", Bool, "Whether no other level of the graph and model has a larger nmi"),
    ],
    key: &["graph_id", "model_id", "level"],
    open: false,
};
