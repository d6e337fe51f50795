//! `community.dynamic` on a small factorisation whose communities, classes and wiring are known.

use neuroloom_core::Table;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

use crate::step_support::{bytes_on, edges, numbers, refused, run, texts, wrong_params};

const STEP: &str = "community.dynamic";
const NODES: [&str; 12] =
    ["AVAL", "AVAR", "AVBL", "AVBR", "RIML", "RIMR", "ASEL", "ASER", "AWCL", "AWCR", "AFDL", "AFDR"];

/// Component 0 parts the nodes into six and six; component 1 is one community.
fn partition() -> Table {
    let rows: Vec<(usize, usize)> =
        (0..2).flat_map(|component| (0..12).map(move |node| (component, node))).collect();
    TableBuilder::new(kinds::PARTITION)
        .text("graph_id", rows.iter().map(|row| format!("rank 2 component {}", row.0)))
        .text("model_id", rows.iter().map(|_| "m"))
        .integers("level", rows.iter().map(|_| 0))
        .integers("node_index", rows.iter().map(|row| row.1 as i64))
        .text("node", rows.iter().map(|row| NODES[row.1]))
        .integers("group", rows.iter().map(|row| i64::from(row.0 == 0 && row.1 >= 6)))
        .finish()
        .unwrap()
}

fn components() -> Table {
    TableBuilder::new(kinds::NTF_COMPONENTS)
        .integers("rank", [2, 2])
        .integers("component", [0, 1])
        .numbers("lambda", [5.0, 3.0])
        .numbers("share", [0.7, 0.3])
        .optional_numbers("peak_t_s", [Some(10.0), Some(2.0)])
        .optional_numbers("from_t_s", [Some(8.0), Some(0.0)])
        .optional_numbers("until_t_s", [Some(12.0), Some(4.0)])
        .optional_text_lists("top_animals", [Some(vec!["w1".into(), "w2".into()]), Some(vec!["w2".into()])])
        .finish()
        .unwrap()
}

fn factors() -> Table {
    let rows: Vec<(i64, i64)> =
        (0..2).flat_map(|component| (0..15).map(move |time| (component, time))).collect();
    let value = |&(component, time): &(i64, i64)| {
        let peak = if component == 0 { 10.0 } else { 2.0 };
        (-(time as f64 - peak).powi(2) / 8.0).exp()
    };
    TableBuilder::new(kinds::NTF_FACTORS)
        .integers("rank", rows.iter().map(|_| 2))
        .integers("mode", rows.iter().map(|_| 0))
        .text("mode_name", rows.iter().map(|_| "time"))
        .integers("component", rows.iter().map(|row| row.0))
        .integers("index", rows.iter().map(|row| row.1))
        .text("label", rows.iter().map(|row| row.1.to_string()))
        .optional_numbers("t_s", rows.iter().map(|row| Some(row.1 as f64)))
        .numbers("value", rows.iter().map(value))
        .finish()
        .unwrap()
}

/// The first six nodes are interneurons, the others sensory.
fn neurons() -> Table {
    TableBuilder::new(kinds::NEURONS)
        .text("neuron", NODES)
        .integers("slot", 0..12)
        .text("class", NODES.map(|name| &name[..3]))
        .optional_text("type", (0..12).map(|node| Some(if node < 6 { "inter" } else { "sensory" })))
        .finish()
        .unwrap()
}

/// The first six nodes are all connected to each other; each of the others to one of them.
fn connectome() -> Table {
    let clique = (0..6).flat_map(|i| (0..6).filter(move |&j| i != j).map(move |j| (i, j)));
    let pairs: Vec<(usize, usize)> = clique.chain((6..12).map(|i| (i, i - 6))).collect();
    let n = pairs.len();
    TableBuilder::new(kinds::CONNECTOME_CONSENSUS)
        .text("pre", pairs.iter().map(|pair| NODES[pair.0]))
        .text("post", pairs.iter().map(|pair| NODES[pair.1]))
        .integers("pre_slot", pairs.iter().map(|pair| pair.0 as i64))
        .integers("post_slot", pairs.iter().map(|pair| pair.1 as i64))
        .optional_numbers("mean_chem_weight", vec![Some(3.0); n])
        .integers("n_gap", vec![0; n])
        .integers("n_chem", vec![2; n])
        .text("weight_unit", vec!["synapses"; n])
        .finish()
        .unwrap()
}

fn row_of(table: &Table, component: f64, community: f64) -> usize {
    let rows = numbers(table, "component").into_iter().zip(numbers(table, "community"));
    rows.into_iter().position(|row| row == (component, community)).unwrap()
}

#[test]
fn the_atlas_tells_members_time_and_animals() {
    let (partition, components, factors) = (partition(), components(), factors());
    let inputs = [("partition", &partition), ("components", &components), ("factors", &factors)];
    let output = run(STEP, json!({}), &inputs).unwrap();
    let atlas = &output.tables["communities"];
    assert_eq!(atlas.n_rows(), 3);
    assert!(!output.tables.contains_key("overlaps"));
    let row = row_of(atlas, 0.0, 1.0);
    assert_eq!(atlas.text_lists("members").unwrap().get(row), NODES[6..]);
    assert_eq!(atlas.text_lists("top_animals").unwrap().get(row), ["w1", "w2"]);
    let time = ["from_t_s", "peak_t_s", "until_t_s"].map(|name| numbers(atlas, name)[row]);
    assert_eq!(time, [8.0, 10.0, 12.0]);
    assert!(atlas.numbers("wiring_inside").unwrap().get(row).is_none());
    let figure = &output.summary.figures[0];
    let neuroloom_core::figure::Content::Heatmap(course) = &figure.panels[0].content else { panic!() };
    assert_eq!(course.row_labels, ["1: 1", "0: 2"], "in the order of their peaks");
    assert_eq!((course.n_columns, course.values[2]), (15, 1.0));
    assert!(output.summary.warnings[0].contains("1 components are one community each"));
    let large = run(STEP, json!({"min_size": 7}), &inputs).unwrap();
    assert_eq!(large.tables["communities"].n_rows(), 1);
}

#[test]
fn affinity_is_the_mean_over_all_pairs() {
    let graph = "rank 2 component 0";
    let rows = [(graph, "AVAL", "AVAR", 6.0), (graph, "AVBL", "AVAL", 9.0), (graph, "AVAL", "ASEL", 3.6)];
    let (partition, components, factors, edges) = (partition(), components(), factors(), edges(&rows));
    let inputs =
        [("partition", &partition), ("components", &components), ("factors", &factors), ("edges", &edges)];
    let atlas = &run(STEP, json!({}), &inputs).unwrap().tables["communities"];
    let row = row_of(atlas, 0.0, 0.0);
    let value = |name: &str, row: usize| atlas.numbers(name).unwrap().get(row);
    assert_eq!(value("affinity_inside", row), Some(1.0));
    assert_eq!(value("affinity_outside", row), Some(0.1));
    let whole = row_of(atlas, 1.0, 0.0);
    assert_eq!((value("affinity_inside", whole), value("affinity_outside", whole)), (Some(0.0), None));
}

#[test]
fn classes_that_gather_in_a_community_stand_out() {
    let (partition, components, factors, neurons) = (partition(), components(), factors(), neurons());
    let inputs = [
        ("partition", &partition),
        ("components", &components),
        ("factors", &factors),
        ("neurons", &neurons),
    ];
    let overlaps = &run(STEP, json!({}), &inputs).unwrap().tables["overlaps"];
    let classes = texts(overlaps, "class");
    let row = (0..overlaps.n_rows())
        .find(|&row| classes[row] == "sensory" && numbers(overlaps, "component")[row] == 0.0)
        .unwrap();
    let value = |name: &str| numbers(overlaps, name)[row];
    assert_eq!(["n_overlap", "n_community", "n_class", "n_nodes"].map(value), [6.0, 6.0, 6.0, 12.0]);
    assert_eq!(value("jaccard"), 1.0);
    // One of the 924 ways to choose six of twelve.
    assert!((value("p_value") - 1.0 / 924.0).abs() < 1e-12);
    assert!(value("q_value") >= value("p_value"));
    let whole = (0..overlaps.n_rows()).filter(|&row| numbers(overlaps, "component")[row] == 1.0);
    assert!(whole.into_iter().all(|row| numbers(overlaps, "p_value")[row] == 1.0), "all nodes are drawn");
}

#[test]
fn wired_communities_stand_out() {
    let (partition, components, factors, connectome) = (partition(), components(), factors(), connectome());
    let inputs = [
        ("partition", &partition),
        ("components", &components),
        ("factors", &factors),
        ("connectome", &connectome),
    ];
    let output = run(STEP, json!({}), &inputs).unwrap();
    let atlas = &output.tables["communities"];
    let value = |name: &str, row: usize| atlas.numbers(name).unwrap().get(row);
    let (wired, apart) = (row_of(atlas, 0.0, 0.0), row_of(atlas, 0.0, 1.0));
    assert_eq!((value("wiring_inside", wired), value("wiring_outside", wired)), (Some(1.0), Some(1.0 / 6.0)));
    assert!(value("wiring_p", wired).unwrap() < 0.01 && value("wiring_z", wired).unwrap() > 3.0);
    assert_eq!((value("wiring_inside", apart), value("wiring_p", apart)), (Some(0.0), Some(1.0)));
    let whole = row_of(atlas, 1.0, 0.0);
    assert_eq!((value("wiring_z", whole), value("wiring_p", whole)), (None, Some(1.0)));
    assert!(output.summary.figures.iter().any(|figure| figure.name == "wiring"));
    let run = || run(STEP, json!({}), &inputs).unwrap();
    assert_eq!(bytes_on(1, run), bytes_on(2, run));
}

#[test]
fn one_source_and_one_sort_of_synapse_can_be_asked_for() {
    let rows = [
        ("cook", "AVAL", "AVAR", 5.0, 0.0),
        ("cook", "AVAL", "RIML", 0.0, 2.0),
        ("other", "AVBL", "AVBR", 0.0, 9.0),
    ];
    let connectome = TableBuilder::new(kinds::CONNECTOME_EDGES)
        .text("source", rows.map(|row| row.0))
        .text("pre", rows.map(|row| row.1))
        .text("post", rows.map(|row| row.2))
        .integers("pre_slot", 0..3)
        .integers("post_slot", 3..6)
        .numbers("gap", rows.map(|row| row.3))
        .numbers("chem", rows.map(|row| row.4))
        .text("weight_unit", rows.map(|_| "synapses"))
        .finish()
        .unwrap();
    let (partition, components, factors) = (partition(), components(), factors());
    let inputs = [
        ("partition", &partition),
        ("components", &components),
        ("factors", &factors),
        ("connectome", &connectome),
    ];
    // Neurons that the source names, and the share of their pairs that it connects.
    let wiring = |params| {
        let atlas = &run(STEP, params, &inputs).unwrap().tables["communities"];
        let row = row_of(atlas, 0.0, 0.0);
        ["n_wired", "wiring_inside"].map(|name| atlas.numbers(name).unwrap().get(row).unwrap())
    };
    assert_eq!(wiring(json!({})), [5.0, 0.3]);
    assert_eq!(wiring(json!({"source": "cook"})), [3.0, 2.0 / 3.0]);
    assert_eq!(wiring(json!({"source": "cook", "synapse": "gap"})), [3.0, 1.0 / 3.0]);
    assert_eq!(wiring(json!({"min_weight": 4})), [5.0, 0.2]);
}

#[test]
fn unfit_tables_are_refused_with_a_way_out() {
    let (partition, components, factors, connectome) = (partition(), components(), factors(), connectome());
    let report = |partition: &Table, more: Option<(&str, &Table)>, params| {
        let mut inputs = vec![("partition", partition), ("components", &components), ("factors", &factors)];
        inputs.extend(more);
        refused(STEP, params, &inputs)
    };
    let rename = |graph: &str| {
        TableBuilder::new(kinds::PARTITION)
            .text("graph_id", [graph])
            .text("model_id", ["m"])
            .integers("level", [0])
            .integers("node_index", [0])
            .text("node", ["a"])
            .integers("group", [0])
            .finish()
            .unwrap()
    };
    let other = report(&rename("karate"), None, json!({}));
    assert!(other.contains("rank R component C") && other.contains("karate"), "{other}");
    let missing = report(&rename("rank 2 component 7"), None, json!({}));
    assert!(
        missing.contains("the components lack one") && missing.contains("rank 2 component 0"),
        "{missing}"
    );
    let kind = report(&partition, Some(("connectome", &components)), json!({}));
    assert!(
        kind.contains("connectome_consensus or connectome_edges") && kind.contains("ntf_components"),
        "{kind}"
    );
    let strong = report(&partition, Some(("connectome", &connectome)), json!({"min_weight": 100}));
    assert!(strong.contains("no two neurons") && strong.contains("lower `min_weight`"), "{strong}");
    let strange = TableBuilder::new(kinds::NEURONS)
        .text("neuron", ["X"])
        .integers("slot", [0])
        .text("class", ["X"])
        .finish()
        .unwrap();
    let unknown = report(&partition, Some(("neurons", &strange)), json!({}));
    assert!(unknown.contains("knows no node") && unknown.contains("AVAL"), "{unknown}");
    assert_eq!(
        wrong_params(STEP, json!({"groupings": ["type", "type"]})),
        ["groupings.1 names type a second time"]
    );
    assert_eq!(wrong_params(STEP, json!({"min_size": 0})), ["min_size must be at least 1, got 0"]);
}
