//! The tables of the atlas.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::atlas::Community;
use super::classes::Overlap;

/// A row per community.
pub fn communities(communities: &[Community]) -> Result<Table> {
    let rows = || communities.iter();
    let wiring = || rows().map(|community| community.wiring);
    TableBuilder::new(kinds::COMMUNITIES)
        .text("graph_id", rows().map(|community| &community.graph_id))
        .integers("rank", rows().map(|community| community.key.0))
        .integers("component", rows().map(|community| community.key.1))
        .integers("community", rows().map(|community| i64::from(community.number)))
        .integers("n_members", rows().map(|community| community.n_members() as i64))
        .optional_text_lists(
            "members",
            rows().map(|community| Some(community.members().map(str::to_owned).collect())),
        )
        .optional_numbers("lambda", rows().map(|community| community.component.lambda))
        .optional_numbers("share", rows().map(|community| community.component.share))
        .optional_numbers("from_t_s", rows().map(|community| community.component.from_t_s))
        .optional_numbers("peak_t_s", rows().map(|community| community.component.peak_t_s))
        .optional_numbers("until_t_s", rows().map(|community| community.component.until_t_s))
        .optional_text_lists(
            "top_animals",
            rows().map(|community| Some(community.component.top_animals.clone())),
        )
        .optional_numbers("affinity_inside", rows().map(|community| community.affinity_inside))
        .optional_numbers("affinity_outside", rows().map(|community| community.affinity_outside))
        .optional_integers("n_wired", wiring().map(|wiring| Some(wiring?.size as i64)))
        .optional_numbers("wiring_inside", wiring().map(|wiring| wiring?.inside))
        .optional_numbers("wiring_outside", wiring().map(|wiring| wiring?.outside))
        .optional_numbers("wiring_z", wiring().map(|wiring| wiring?.z))
        .optional_numbers("wiring_p", wiring().map(|wiring| wiring?.p))
        .optional_numbers("wiring_q", rows().map(|community| community.wiring_q))
        .finish()
}

/// A row per community and class that share members.
pub fn overlaps(communities: &[Community], overlaps: &[Overlap]) -> Result<Table> {
    let community = |overlap: &Overlap| &communities[overlap.community];
    let rows = || overlaps.iter();
    TableBuilder::new(kinds::OVERLAPS)
        .text("graph_id", rows().map(|overlap| &community(overlap).graph_id))
        .integers("rank", rows().map(|overlap| community(overlap).key.0))
        .integers("component", rows().map(|overlap| community(overlap).key.1))
        .integers("community", rows().map(|overlap| i64::from(community(overlap).number)))
        .text("grouping", rows().map(|overlap| overlap.grouping.column()))
        .text("class", rows().map(|overlap| &overlap.class))
        .integers("n_overlap", rows().map(|overlap| overlap.n_overlap as i64))
        .integers("n_community", rows().map(|overlap| overlap.n_community as i64))
        .integers("n_class", rows().map(|overlap| overlap.n_class as i64))
        .integers("n_nodes", rows().map(|overlap| overlap.n_nodes as i64))
        .numbers("jaccard", rows().map(Overlap::jaccard))
        .numbers("p_value", rows().map(|overlap| overlap.p_value))
        .numbers("q_value", rows().map(|overlap| overlap.q_value))
        .finish()
}
