//! Tables of text.

use std::path::Path;

use neuroloom_core::{Error, Inputs, PlanContext, PlannedInputs, Registry, Result, RunContext, TimeBase};
use neuroloom_io::Recordings;
use neuroloom_io::table_file::{self, IngestTable, Params};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::folder_with;

pub fn params(value: Value) -> Params {
    serde_json::from_value(value).unwrap()
}

fn read(text: &str, value: Value) -> Result<Recordings> {
    let folder = folder_with("m1.csv", text.as_bytes());
    let mut value = value;
    value["path"] = json!("m1.csv");
    table_file::read(folder.path(), &params(value))
}

fn refused(text: &str, value: Value) -> Error {
    read(text, value).map(drop).unwrap_err()
}

fn object(error: &Error) -> &str {
    error.location().object.as_deref().unwrap_or("")
}

#[test]
fn a_wide_table_is_a_column_per_unit() {
    let text = "# 10 Hz\nt,a,\"b, left\"\n0.0,1,4\n0.1,2,NA\n0.2,3,6\n";
    let read =
        read(text, json!({ "columns": { "time": "t" }, "signal": "dff", "value_unit": "ratio" })).unwrap();
    let traces = read.traces.unwrap();
    assert_eq!(traces.text("unit_id").unwrap().get(1), Some("b, left"));
    assert_eq!(traces.text("signal").unwrap().get(0), Some("dff"));
    assert_eq!(traces.text("trace_unit").unwrap().get(0), Some("1"));
    assert_eq!(traces.lists("trace").unwrap().get(0).unwrap().as_ref(), [1.0, 2.0, 3.0]);
    let second = traces.lists("trace").unwrap().get(1).unwrap();
    assert!(second[0] == 4.0 && second[1].is_nan());
    assert_eq!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 0.1 });
    assert_eq!(read.recordings.text("recording_id").unwrap().get(0), Some("m1"));
    assert_eq!(read.recordings.numbers("duration_s").unwrap().get(0), Some(0.2));
}

#[test]
fn an_irregular_clock_is_kept() {
    let read =
        read("t;a\n0,0;1\n0,1;2\n0,35;3\n", json!({ "columns": { "time": "t" }, "decimal_comma": true }));
    let traces = read.unwrap().traces.unwrap();
    assert_eq!(traces.time_base(0).unwrap(), TimeBase::Explicit(vec![0.0, 0.1, 0.35]));
}

#[test]
fn a_row_per_unit_needs_a_rate() {
    let text = "cell region 0 1 2\nA CA1 1 2 3\nB CA3 4 5 6\n";
    let value = json!({ "units_in": "rows", "columns": { "unit": "cell" }, "keep": ["region"], "fs_hz": 4 });
    let traces = read(text, value).unwrap().traces.unwrap();
    assert_eq!(traces.lists("trace").unwrap().get(1).unwrap().as_ref(), [4.0, 5.0, 6.0]);
    assert_eq!(traces.numbers("dt_s").unwrap().get(0), Some(0.25));
    // Tables of traces have a column of that name: it is filled.
    assert_eq!(traces.text("region").unwrap().get(1), Some("CA3"));
}

#[test]
fn a_long_table_is_grouped_by_recording_and_unit() {
    let text =
        "worm,neuron,t,x,kind\nw2,AVAL,0,5,n\nw1,AVAL,0,1,n\nw1,AVAL,0.5,2,n\nw1,RIML,0,3,m\nw1,RIML,1,4,m\n";
    let columns = json!({ "recording": "worm", "unit": "neuron", "time": "t", "value": "x" });
    let read = read(text, json!({ "layout": "long", "columns": columns, "keep": ["kind"] })).unwrap();
    let traces = read.traces.unwrap();
    assert_eq!((read.recordings.n_rows(), traces.n_rows()), (2, 3));
    assert_eq!(read.recordings.integers("n_units").unwrap().value(0), 2);
    assert_eq!(traces.text("kind").unwrap().get(1), Some("m"));
    assert_eq!(traces.numbers("dt_s").unwrap().get(1), Some(1.0));
}

#[test]
fn long_spikes_are_trains_in_seconds() {
    let text = "unit\tms\n2.0\t10\n1\t5\n2\t250\n";
    let value = json!({ "as": "spikes", "layout": "long", "columns": { "unit": "unit", "time": 1 }, "time_unit": "ms" });
    let spikes = read(text, value).unwrap().spikes.unwrap();
    assert_eq!(spikes.text("unit_id").unwrap().get(1), Some("2"));
    assert_eq!(spikes.lists("spike_times_s").unwrap().get(1).unwrap().as_ref(), [0.01, 0.25]);
}

#[test]
fn intervals_and_responses_are_read() {
    let text = "start,stop,stimulus\n1,2,A\n3,4.5,B\n";
    let columns = json!({ "start": "start", "stop": "stop" });
    let value = json!({ "as": "intervals", "columns": columns, "keep": ["stimulus"], "signal": "trials" });
    let intervals = read(text, value).unwrap().intervals.unwrap();
    assert_eq!(intervals.text("interval_set").unwrap().get(0), Some("trials"));
    assert_eq!(intervals.text("stimulus").unwrap().get(1), Some("B"));
    assert_eq!(intervals.numbers("stop_s").unwrap().get(1), Some(4.5));

    let text = "stimulus,n1,n2\nface,1,2\nhouse,3,4\n";
    let value = json!({ "as": "responses", "columns": { "condition": "stimulus" }, "value_unit": "Hz" });
    let responses = read(text, value).unwrap().responses.unwrap();
    assert_eq!(responses.n_rows(), 4);
    assert_eq!(responses.text("response_unit").unwrap().get(0), Some("Hz"));
    assert_eq!(responses.numbers("response").unwrap().get(3), Some(4.0));
}

#[test]
fn behaviour_may_be_wide_or_one_series() {
    let text = "t,x,y\n0,1,2\n1,3,4\n";
    let value = json!({ "as": "behaviour", "columns": { "time": "t" }, "value_unit": "cm" });
    assert_eq!(read(text, value).unwrap().behaviour.unwrap().n_rows(), 2);
    let value = json!({ "as": "behaviour", "layout": "long", "columns": { "time": "t", "value": "y" } });
    let behaviour = read(text, value).unwrap().behaviour.unwrap();
    assert_eq!(behaviour.text("signal").unwrap().get(0), Some("y"));
    assert_eq!(behaviour.lists("value").unwrap().get(0).unwrap().as_ref(), [2.0, 4.0]);
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let wide = || json!({ "columns": { "time": "t" } });
    let error = refused("time,a\n0,1\n", json!({ "columns": { "time": "tim" } }));
    assert_eq!(error.hint_text(), Some("did you mean \"time\"?"));
    assert_eq!(error.found_text(), Some("time, a"));
    let error = refused("t,a\n0,1\n1,high\n", wide());
    assert_eq!((object(&error), error.found_text()), ("line 3, column \"a\"", Some("\"high\"")));
    assert_eq!(object(&refused("t,a\n0,1\n\n1,2,3\n", wide())), "line 4");
    assert_eq!(object(&refused("# x\r\n\r\nt,a\r\n# y\r\n0,1\r\n1,x\r\n", wide())), "line 6, column \"a\"");
    assert_eq!(object(&refused("t,a\n0,x", wide())), "line 2, column \"a\"");
    let error = refused("t,a\n0,1\n2,2\n1,3\n", wide());
    assert_eq!((object(&error), error.found_text()), ("line 4, column \"t\"", Some("1 s after 2 s")));
    assert!(refused("t,a,a\n0,1,2\n", wide()).message().contains("twice"));
    assert!(refused("t,t,a\n0,1,2\n", wide()).message().contains("same name"));
    let error = refused("t;a\n0,5;1\n", wide());
    assert_eq!(error.hint_text(), Some("set `decimal_comma: true`"));
    assert!(refused("t,a\n0,1\n", json!({})).message().contains("fs_hz"));
    let columns = json!({ "unit": "u", "time": "t" });
    let long = || json!({ "as": "spikes", "layout": "long", "columns": columns });
    assert_eq!(object(&refused("u,t\nA,1\n,2\n", long())), "line 3, column \"u\"");
    assert_eq!(object(&refused("u,t\nA,2\nB,1\nA,1\n", long())), "line 4, column \"t\"");
    let error = refused("a,b\n3,1\n", json!({ "as": "intervals", "columns": { "start": "a", "stop": "b" } }));
    assert_eq!(object(&error), "line 2");
}

#[test]
fn times_are_sorted_on_request_with_their_samples() {
    let value = json!({ "columns": { "time": "t" }, "sort": true });
    let traces = read("t,a\n2,30\n0,10\n1,20\n", value).unwrap().traces.unwrap();
    assert_eq!(traces.lists("trace").unwrap().get(0).unwrap().as_ref(), [10.0, 20.0, 30.0]);
    assert_eq!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 1.0 });
}

#[test]
fn the_songbird_events_are_read_as_by_the_step_for_events() {
    let Some(path) = shared_data("spikes/songbird_hvc/songbird_spikes.txt") else { return };
    let value = json!({
        "path": "songbird_spikes.txt", "as": "spikes", "layout": "long", "columns": { "unit": 0, "time": 1 }, "sort": true,
    });
    let spikes = table_file::read(path.parent().unwrap(), &params(value)).unwrap().spikes.unwrap();
    let events =
        neuroloom_io::events::read(&path, &neuroloom_io::events::ReadOptions::default()).unwrap().spikes;
    assert_eq!(spikes.n_rows(), 74);
    for row in 0..74 {
        assert_eq!(spikes.text("unit_id").unwrap().get(row), events.text("unit_id").unwrap().get(row));
        let times = |table: &neuroloom_core::Table| {
            table.lists("spike_times_s").unwrap().get(row).unwrap().into_owned()
        };
        assert_eq!(times(&spikes), times(&events));
    }
}

#[test]
fn the_binned_counts_are_read_row_by_row() {
    let Some(path) = shared_data("spikes/allen_719161530_binned/Y.csv") else { return };
    let value = json!({ "path": "Y.csv", "units_in": "rows", "fs_hz": 2, "signal": "spike_count", "value_unit": "count" });
    let read = table_file::read(path.parent().unwrap(), &params(value)).unwrap();
    let traces = read.traces.unwrap();
    assert_eq!(traces.n_rows(), 63);
    let trains = traces.lists("trace").unwrap();
    assert!((0..63).all(|row| trains.length(row) == 720));
    let total: f64 = (0..63).flat_map(|row| trains.get(row).unwrap().into_owned()).sum();
    // Mean count 3.99 by the provenance of the file.
    assert!((total / (63.0 * 720.0) - 3.99).abs() < 0.005, "{total}");
    assert_eq!(read.recordings.numbers("duration_s").unwrap().get(0), Some(359.5));
}

#[test]
fn the_step_gives_what_it_plans() {
    let folder = folder_with("a.csv", b"t,a,b\n0,1,2\n1,3,4\n");
    let registry = Registry::default().with(IngestTable);
    let step = registry.get("ingest.table").unwrap();
    let checked = step.check(&json!({ "path": "a.csv", "columns": { "time": "t" } })).unwrap();
    let context = PlanContext { base: folder.path().to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &checked, &PlannedInputs::default()).unwrap();
    let run = step.run(&RunContext::for_test(folder.path()), &checked, &Inputs::default()).unwrap();
    assert!(run.tables.keys().eq(plan.outputs.keys()));
    assert_eq!(run.summary.figures.len(), 1);
    let wrong = json!({ "path": "", "as": "spikes", "fs_hz": 0, "recording_id": "", "comment": "//" });
    assert_eq!(step.check(&wrong).err().unwrap().len(), 5);
}

#[test]
fn damaged_tables_are_read_or_refused() {
    let text = "t,a,b\n0,1,2\n0.1,3,4\n0.2,5,6\n0.3,\"7\",8\n";
    let outcomes = assert_survives(text.as_bytes(), 300, |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        let value = json!({ "path": name, "columns": { "time": "t" } });
        table_file::read(path.parent().unwrap(), &params(value))
    });
    assert!(outcomes.refused > 30, "{outcomes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_text_is_read_back(
        values in prop::collection::vec(prop::collection::vec(-1e6_f64..1e6, 3), 1..20),
        mark in prop::sample::select(vec![',', '\t', ';', '|']),
    ) {
        let row = |(i, row): (usize, &Vec<f64>)| {
            let cells = row.iter().map(f64::to_string).collect::<Vec<_>>();
            format!("{i}{mark}{}\n", cells.join(&mark.to_string()))
        };
        let rows: String = values.iter().enumerate().map(row).collect();
        let text = format!("t{mark}\"a {mark} \"{mark}b{mark}c\n{rows}");
        let traces = read(&text, json!({ "columns": { "time": "t" } })).unwrap().traces.unwrap();
        for unit in 0..3 {
            let expected: Vec<f64> = values.iter().map(|row| row[unit]).collect();
            let trace = traces.lists("trace").unwrap().get(unit).unwrap().into_owned();
            prop_assert_eq!(trace, expected);
        }
    }
}
