//! The published counts, from the original files through both steps.

use neuroloom_table::Columns;
use neuroloom_testkit::shared_data;
use serde_json::json;

use crate::support::{connectome, counts, n_present, readings};

const PUBLISHED: [(&str, [usize; 4]); 9] = [
    ("white1986_whole", [299, 3145, 1132, 2266]),
    ("white1986_n2u", [180, 1848, 526, 1414]),
    ("white1986_jsh", [178, 1783, 570, 1291]),
    ("white1986_jse", [34, 94, 0, 94]),
    ("witvliet2020_7", [180, 2364, 528, 1944]),
    ("witvliet2020_8", [180, 2371, 600, 1933]),
    ("openworm", [299, 3142, 1109, 2279]),
    ("cook2019", [236, 4085, 1681, 3038]),
    ("chklovskii", [215, 2079, 676, 1537]),
];

/// Readings and the sum of their weights, by `benches/peers/connectome_counts.py` (openpyxl, xlrd, csv, json).
const READ_BY_PEERS: [(&str, usize, f64); 9] = [
    ("chklovskii", 6417, 15_975.0),
    ("cook2019", 7762, 51_426.0),
    ("openworm", 3363, 8312.0),
    ("white1986_jse", 104, 261.0),
    ("white1986_jsh", 1769, 5103.0),
    ("white1986_n2u", 1899, 4875.0),
    ("white1986_whole", 2961, 8914.0),
    ("witvliet2020_7", 2493, 7867.0),
    ("witvliet2020_8", 2496, 8400.0),
];

#[test]
fn as_many_readings_are_found_as_by_public_peers() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let table = readings(&path);
    let (sources, weights) = (table.text("source").unwrap(), table.numbers("weight").unwrap());
    for (source, expected, total) in READ_BY_PEERS {
        let rows = || (0..table.n_rows()).filter(|row| sources.get(*row) == Some(source));
        assert_eq!(rows().count(), expected, "{source}");
        assert_eq!(rows().map(|row| weights.get(row).unwrap()).sum::<f64>(), total, "{source}");
    }
}

#[test]
fn the_published_rule_gives_the_published_counts() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let edges = connectome(&readings(&path), &json!({ "profile": "compat" })).tables.remove("edges").unwrap();
    for (source, expected) in PUBLISHED {
        assert_eq!(counts(&edges, source), expected, "{source}");
    }
}

#[test]
fn the_exact_rule_finds_all_neurons_of_cook_and_chklovskii() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let edges = connectome(&readings(&path), &json!({})).tables.remove("edges").unwrap();
    assert_eq!(counts(&edges, "cook2019"), [300, 5138, 2188, 3707]);
    assert_eq!(counts(&edges, "chklovskii"), [279, 2993, 1031, 2194]);
    // Varshney et al. 2011 count 6393 chemical synapses; their file has one more. 514 pairs of two neurons have a gap
    // junction, in both.
    let (sources, pre, post) =
        (edges.text("source").unwrap(), edges.text("pre").unwrap(), edges.text("post").unwrap());
    let (gap, chem) = (edges.numbers("gap").unwrap(), edges.numbers("chem").unwrap());
    let rows = || (0..edges.n_rows()).filter(|row| sources.get(*row) == Some("chklovskii"));
    assert_eq!(rows().map(|row| chem.get(row).unwrap()).sum::<f64>(), 6394.0);
    assert_eq!(rows().filter(|row| gap.get(*row) > Some(0.0) && pre.get(*row) < post.get(*row)).count(), 514);
}

#[test]
fn signal_propagation_runs_from_the_stimulated_neuron() {
    let Some(path) = shared_data("celegans/randi2023") else { return };
    // The file cuts AWCOFF to AWCOF; the published rule does not know that name and loses the neuron.
    for (profile, expected) in [("compat", [180, 1294, 0, 1294]), ("exact", [181, 1309, 0, 1309])] {
        let edges =
            connectome(&readings(&path), &json!({ "profile": profile })).tables.remove("edges").unwrap();
        assert_eq!(counts(&edges, "funconn"), expected, "{profile}");
    }
}

#[test]
fn the_published_consensus_has_its_published_size() {
    let Some(table) = all_readings() else { return };
    let mut output = connectome(&table, &json!({ "profile": "compat" }));
    let consensus = output.tables.remove("consensus").unwrap();
    assert_eq!(consensus.n_rows(), 7292);
    let present = ["mean_gap_weight", "mean_chem_weight", "functional_weight"];
    assert_eq!(present.map(|column| n_present(&consensus, column)), [2605, 4889, 1294]);
}

/// All ten sources. They lie in two folders.
pub fn all_readings() -> Option<neuroloom_core::Table> {
    let (anatomical, functional) = (shared_data("celegans/connectome")?, shared_data("celegans/randi2023")?);
    let both = tempfile::tempdir().unwrap();
    for folder in [anatomical, functional] {
        for path in neuroloom_wiring::candidates(&folder).unwrap() {
            let target = both.path().join(path.file_name().unwrap());
            neuroloom_core::files::write_bytes(&target, &std::fs::read(&path).unwrap()).unwrap();
        }
    }
    Some(readings(both.path()))
}
