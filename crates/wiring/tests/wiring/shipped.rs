//! What the repository ships in `data/connectome`.

use neuroloom_core::Table;
use neuroloom_table::Columns;
use neuroloom_testkit::{shared_data, workspace_root};
use serde_json::json;

use crate::support::{connectome, counts, ingest, readings};

fn shipped() -> Table {
    readings(&workspace_root().join("data/connectome"))
}

#[test]
fn the_shipped_readings_give_the_counts_of_the_papers() {
    let edges = connectome(&shipped(), &json!({})).tables.remove("edges").unwrap();
    assert_eq!(counts(&edges, "cook2019"), [300, 5138, 2188, 3707]);
    assert_eq!(counts(&edges, "chklovskii"), [279, 2993, 1031, 2194]);
    assert_eq!(counts(&edges, "white1986_n2u"), [180, 1848, 526, 1414]);
    assert_eq!(counts(&edges, "witvliet2020_8"), [180, 2371, 600, 1933]);
}

#[test]
fn the_shipped_readings_are_those_of_the_original_files() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let original = readings(&path);
    let (shipped, sources) = (shipped(), original.text("source").unwrap());
    // The JSON of animal JSE has no licence and is not shipped.
    let kept: Vec<usize> =
        (0..original.n_rows()).filter(|row| sources.get(*row) != Some("white1986_jse")).collect();
    assert_eq!(shipped.n_rows(), kept.len());
    for column in ["source", "pre", "post", "type", "weight_unit"] {
        let (ours, theirs) = (shipped.text(column).unwrap(), original.text(column).unwrap());
        assert!(kept.iter().enumerate().all(|(at, row)| ours.get(at) == theirs.get(*row)), "{column}");
    }
    let (ours, theirs) = (shipped.numbers("weight").unwrap(), original.numbers("weight").unwrap());
    assert!(kept.iter().enumerate().all(|(at, row)| ours.get(at) == theirs.get(*row)));
}

#[test]
fn the_shipped_table_of_neurons_has_all_300_with_a_type() {
    let output = ingest(&workspace_root(), &json!({ "path": "data/connectome" })).unwrap();
    let atlas = &output.tables["atlas"];
    let (slots, types) = (atlas.integers("slot").unwrap(), atlas.text("type").unwrap());
    assert_eq!(atlas.n_rows(), 300);
    assert!((0..300).all(|row| slots.value(row) == row as i64));
    let known = ["inter", "motor", "sensory", "pharyngeal"];
    assert!((0..300).all(|row| types.get(row).is_some_and(|word| known.contains(&word))));
    assert!(atlas.numbers("x_um").is_ok_and(|x_um| (0..300).all(|row| x_um.get(row).is_none())));
}
