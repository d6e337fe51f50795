//! The quickstart gives a real result: the ring of head directions in ADN, none in CA1.

use std::collections::BTreeMap;

use neuroloom_core::Table;
use neuroloom_table::Columns;

use crate::support::{folder, pipeline, succeed, table};

#[test]
fn adn_carries_a_ring_and_ca1_does_not() {
    let folder = folder();
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let run = folder.path().join("run");
    assert!(run.join("report.html").is_file() && run.join("manifest.json").is_file());
    let similarity = similarities(&table(&run, "comparison/comparisons.parquet"));
    let of = |region: &str, model: &str| {
        let found = similarity.iter().find(|((rdm, reference, measure), _)| {
            rdm.contains(region) && reference.contains(model) && measure == "corr"
        });
        *found.unwrap_or_else(|| panic!("no {region} against {model} in {similarity:?}")).1
    };
    assert!(of("adn", "ring") > 0.6, "ADN, ring: {}", of("adn", "ring"));
    assert!(of("adn", "ring") > of("adn", "line") + 0.2);
    assert!(of("adn", "ring") > of("ca1", "ring") + 0.2);
}

fn similarities(table: &Table) -> BTreeMap<(String, String, String), f64> {
    let text = |name: &str, row: usize| table.text(name).unwrap().get(row).unwrap().to_owned();
    let row = |row: usize| {
        let key = (text("rdm_id", row), text("reference_id", row), text("measure", row));
        (key, table.numbers("similarity").unwrap().get(row).unwrap())
    };
    (0..table.n_rows()).map(row).collect()
}

#[test]
fn the_report_stands_alone() {
    let folder = folder();
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).unwrap();
    for needle in ["<svg", "crossnobis", "ingest.nwb", "A2929"] {
        assert!(page.contains(needle), "{needle}");
    }
    for loader in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(loader), "{loader}");
    }
    let here = folder.path().display().to_string();
    assert!(!page.contains(&here), "the page names a folder of this computer");
}
