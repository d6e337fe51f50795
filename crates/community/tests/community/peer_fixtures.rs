//! Description lengths that graph-tool 2.45 gives to random graphs and partitions
//! (`benches/peers/make_sbm_fixtures.py`).

use neuroloom_community::{Compat, Graph, Model, WeightModel, description_length};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixtures {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    weights_model: WeightModel,
    nested: bool,
    deg_corr: bool,
    n_nodes: usize,
    edges: Vec<(u32, u32)>,
    weights: Option<Vec<f64>>,
    levels: Vec<Vec<u32>>,
    entropy: f64,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../fixtures/graph_tool_entropies.json");
    serde_json::from_str::<Fixtures>(text).unwrap().cases
}

impl Case {
    fn total(&self, compat: Compat) -> f64 {
        let graph = Graph::new(self.n_nodes, &self.edges, self.weights.as_deref()).unwrap();
        let (deg_corr, weights, nested) = (self.deg_corr, self.weights_model, self.nested);
        let model = Model { deg_corr, weights, nested, compat };
        description_length(&graph, &self.levels, &model).unwrap().total
    }
}

#[test]
fn description_lengths_equal_those_of_graph_tool() {
    let cases = cases();
    assert!(cases.len() >= 100);
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let found = case.total(Compat::GraphTool245);
        if (found - case.entropy).abs() > 1e-6 * case.entropy.abs().max(1.0) {
            let (model, nested, dc) = (case.weights_model.name(), case.nested, case.deg_corr);
            wrong.push(format!(
                "{number} {model} nested {nested} dc {dc}: {found}, graph-tool {}",
                case.entropy
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_published_formulas_differ_only_where_documented() {
    for case in cases() {
        let published = case.total(Compat::None);
        let weighted_hierarchy = case.nested && case.weights_model != WeightModel::None;
        if !case.deg_corr && !weighted_hierarchy {
            assert!((published - case.entropy).abs() <= 1e-6 * case.entropy.abs());
        }
    }
}
