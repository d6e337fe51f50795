//! The implicit tensor in its table and back.

use neuroloom_core::Table;
use neuroloom_ntf::{ImplicitAffinity, read_affinity};
use neuroloom_table::{TableBuilder, kinds};
use serde_json::json;

use crate::support::{run, traces, wave};

/// A row of a table of affinities.
#[derive(Clone)]
struct Row {
    recording: &'static str,
    neuron: String,
    index: i64,
    layout: &'static str,
    observed: bool,
    t0_s: f64,
    dt_s: f64,
    h: Vec<f64>,
}

/// Two recordings of three neurons and four frames; the second one lacks the last neuron.
fn rows() -> Vec<Row> {
    let row = |recording, index: usize| {
        let observed = recording == "a" || index < 2;
        let h = (0..4).map(|t| if observed { (t + index) as f64 - 1.5 } else { 0.0 }).collect();
        Row {
            recording,
            neuron: format!("N{index}"),
            index: index as i64,
            layout: "pairs",
            observed,
            t0_s: 1.0,
            dt_s: 0.5,
            h,
        }
    };
    ["a", "b"].into_iter().flat_map(|recording| (0..3).map(move |index| row(recording, index))).collect()
}

fn table(rows: &[Row]) -> Table {
    TableBuilder::new(kinds::AFFINITY)
        .text("recording_id", rows.iter().map(|row| row.recording))
        .text("neuron", rows.iter().map(|row| &row.neuron))
        .integers("neuron_index", rows.iter().map(|row| row.index))
        .text("layout", rows.iter().map(|row| row.layout))
        .optional_bools("observed", rows.iter().map(|row| Some(row.observed)))
        .numbers("t0_s", rows.iter().map(|row| row.t0_s))
        .numbers("dt_s", rows.iter().map(|row| row.dt_s))
        .lists("h", rows.iter().map(|row| row.h.clone()))
        .finish()
        .unwrap()
}

fn read(change: impl FnOnce(&mut Vec<Row>)) -> Result<ImplicitAffinity, String> {
    let mut rows = rows();
    change(&mut rows);
    read_affinity(&table(&rows)).map_err(|error| error.report())
}

#[test]
fn a_table_gives_the_tensor_that_it_holds() {
    let found = read(|_| {}).unwrap();
    assert_eq!(found.neurons, ["N0", "N1", "N2"]);
    assert_eq!((found.t0_s, found.dt_s, found.n_frames()), (1.0, 0.5, 4));
    assert!(found.has_gaps());
    assert_eq!(found.worms[1].observed, [true, true, false]);
    assert_eq!(found.worms[0].h.row(2).to_vec(), [0.5, 1.5, 2.5, 3.5]);
}

#[test]
fn what_the_step_writes_is_what_is_read() {
    let rows: Vec<_> = ["w2", "w10", "w1"]
        .into_iter()
        .flat_map(|id| (0..3).map(move |neuron| wave(id, neuron, 40)))
        .collect();
    let table =
        run("ntf.affinity", json!({}), &[("traces", &traces(&rows))]).unwrap().tables["affinity"].clone();
    let affinity = read_affinity(&table).unwrap();
    let ids: Vec<&str> = affinity.worms.iter().map(|worm| worm.recording_id.as_str()).collect();
    assert_eq!(ids, ["w1", "w10", "w2"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("affinity.parquet");
    neuroloom_table::parquet::write(&path, &table).unwrap();
    assert_eq!(read_affinity(&neuroloom_table::parquet::read(&path).unwrap()).unwrap(), affinity);
}

#[test]
fn inconsistent_tables_are_refused_with_their_place() {
    let refused = |needles: &[&str], change: &dyn Fn(&mut Vec<Row>)| {
        let report = read(|rows| change(rows)).unwrap_err();
        assert!(needles.iter().all(|needle| report.contains(needle)), "{report}");
    };
    refused(&["no rows"], &Vec::clear);
    refused(&["where: b", "not every neuron once", "3 rows"], &|rows| {
        rows.pop();
    });
    refused(&["not every neuron once", "0 to 2"], &|rows| rows[5].index = 1);
    refused(&["not every neuron once", "found: -1"], &|rows| rows[5].index = -1);
    refused(&["the neuron at a place", "b: neuron N1", "found: X"], &|rows| rows[4].neuron = "X".into());
    refused(&["the clock differs", "b: neuron N0"], &|rows| rows[3].dt_s = 0.25);
    refused(&["the clock makes no sense"], &|rows| rows[0].dt_s = 0.0);
    refused(&["the layout differs"], &|rows| rows[4].layout = "square");
    refused(&["a layout is unknown", "found: cube"], &|rows| rows[0].layout = "cube");
    refused(&["the number of frames differs", "found: 5"], &|rows| rows[4].h.push(1.0));
    refused(&["a root is not finite", "a: neuron N1 at 2"], &|rows| rows[1].h[2] = f64::NAN);
    refused(&["was not observed has an affinity", "b: neuron N2"], &|rows| rows[5].h[1] = 0.1);
    refused(&["no pair of neurons", "1 neurons"], &|rows| rows.retain(|row| row.index == 0));
    refused(&["no pair of neurons", "0 frames"], &|rows| rows.iter_mut().for_each(|row| row.h.clear()));
}
