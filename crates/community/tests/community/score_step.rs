//! `community.score` on tables.

use neuroloom_core::Table;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

use crate::step_support::{numbers, refused, run};

const STEP: &str = "community.score";

/// Levels of one graph, members named after their places.
fn partition(graph: &str, levels: &[&[i64]]) -> Table {
    let rows: Vec<(i64, i64, i64)> = (0..)
        .zip(levels)
        .flat_map(|(level, groups)| (0..).zip(*groups).map(move |(member, &group)| (level, member, group)))
        .collect();
    TableBuilder::new(kinds::PARTITION)
        .text("graph_id", rows.iter().map(|_| graph))
        .text("model_id", rows.iter().map(|_| "m"))
        .integers("level", rows.iter().map(|row| row.0))
        .integers("node_index", rows.iter().map(|row| row.1))
        .text("node", rows.iter().map(|row| row.1.to_string()))
        .integers("group", rows.iter().map(|row| row.2))
        .finish()
        .unwrap()
}

#[test]
fn every_level_is_scored_and_the_best_is_marked() {
    let found = partition("g", &[&[0, 1, 2, 3, 4, 5], &[0, 0, 0, 1, 1, 1], &[0, 0]]);
    let truth = partition("g", &[&[0, 0, 0, 1, 1, 1]]);
    let scores = &run(STEP, json!({}), &[("partition", &found), ("truth", &truth)]).unwrap().tables["scores"];
    assert_eq!(numbers(scores, "n_groups"), [6.0, 2.0, 1.0]);
    let nmi = numbers(scores, "nmi");
    assert!(nmi[0] > 0.0 && nmi[0] < 1.0);
    assert_eq!(nmi[1..], [1.0, 0.0]);
    let best = scores.bools("best").unwrap();
    assert_eq!([best.value(0), best.value(1), best.value(2)], [false, true, false]);
}

#[test]
fn only_shared_nodes_are_scored() {
    let found = partition("g", &[&[0, 0, 1, 1, 1]]);
    let truth = partition("g", &[&[0, 0, 1]]);
    let scores = &run(STEP, json!({}), &[("partition", &found), ("truth", &truth)]).unwrap().tables["scores"];
    assert_eq!((numbers(scores, "n_nodes"), numbers(scores, "nmi")), (vec![3.0], vec![1.0]));
}

#[test]
fn unfit_partitions_are_refused_with_their_graph() {
    let truth = partition("g", &[&[0, 0, 1]]);
    let report = |found: &Table| refused(STEP, json!({}), &[("partition", found), ("truth", &truth)]);
    let other = report(&partition("h", &[&[0, 0, 1]]));
    assert!(other.contains(r#"graph "h" has no true partition"#) && other.contains("found: g"), "{other}");
    let empty = report(&partition("g", &[&[0, 2, 2]]));
    assert!(empty.contains("a group has no members") && empty.contains("group 1"), "{empty}");
    let negative = report(&partition("g", &[&[0, -1, 0]]));
    assert!(negative.contains("out of range") && negative.contains("-1"), "{negative}");
    let short = report(&partition("g", &[&[0, 1, 2], &[0, 1]]));
    assert!(short.contains("members of a level are missing"), "{short}");
    let level = refused(STEP, json!({"truth_level": 1}), &[("partition", &truth), ("truth", &truth)]);
    assert!(level.contains("truth_level") && level.contains("0 to 0"), "{level}");
}
