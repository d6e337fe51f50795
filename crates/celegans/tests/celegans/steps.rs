//! The steps, tables in and tables out.

use std::sync::Arc;

use crate::support::{Uniform, jittered};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int32Type};
use arrow_array::{Array, Int64Array, StringArray};
use neuroloom_core::{
    CancelToken, Digest, ErrorKind, Inputs, NoProgress, PlanContext, PlannedInputs, PlannedTable, Registry,
    RunContext, Seed, StepOutput, Table, Unit,
};
use neuroloom_table::{Columns, TableBuilder, kinds, parquet, whole};
use serde_json::{Value, json};

struct Worm {
    id: &'static str,
    labels: Vec<Option<&'static str>>,
    times_s: Vec<f64>,
}

fn worm(id: &'static str, labels: &[Option<&'static str>], times_s: Vec<f64>) -> Worm {
    Worm { id, labels: labels.to_vec(), times_s }
}

fn worms() -> Vec<Worm> {
    let labels = [
        Some("VB02"),
        None,
        Some("AVAL"),
        Some("AVA?"),
        Some("merge"),
        Some("RIS"),
        None,
        None,
        Some("AIBL"),
        None,
    ];
    vec![
        worm("Dag2023/b", &labels, jittered(700, 0.6, 1)),
        worm("Dag2023/a", &labels, jittered(650, 0.25, 2)),
        worm("Kato2015/short", &labels, jittered(100, 0.6, 3)),
        worm("Kato2015/nameless", &[None, None], jittered(700, 0.6, 4)),
        worm("Uzel2022/backwards", &labels, (0..700).map(|i| -f64::from(i)).collect()),
    ]
}

fn traces(worms: &[Worm], row_order: Option<u64>) -> Table {
    let mut rows: Vec<(&Worm, usize)> =
        worms.iter().flat_map(|w| (0..w.labels.len()).map(move |c| (w, c))).collect();
    if let Some(seed) = row_order {
        let mut uniform = Uniform(seed);
        for i in (1..rows.len()).rev() {
            rows.swap(i, (uniform.next() * (i + 1) as f64) as usize);
        }
    }
    let trace = |(worm, column): &(&Worm, usize)| -> Vec<f64> {
        let mut uniform = Uniform(*column as u64 + 5);
        worm.times_s.iter().map(|t| (t / (4.0 + *column as f64)).sin() + 0.1 * uniform.next()).collect()
    };
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|(worm, _)| worm.id))
        .text("unit_id", rows.iter().map(|(_, column)| format!("roi{column}")))
        .text("signal", rows.iter().map(|_| "fluorescence"))
        .integers("segment", rows.iter().map(|_| 0))
        .lists("t_s", rows.iter().map(|(worm, _)| worm.times_s.clone()))
        .lists("trace", rows.iter().map(trace))
        .text("trace_unit", rows.iter().map(|_| "F/F20"))
        .extra("label_given", None, Arc::new(rows.iter().map(|(w, c)| w.labels[*c]).collect::<StringArray>()))
        .extra(
            "raw_column",
            Some(&Unit::ONE),
            Arc::new(rows.iter().map(|(_, c)| *c as i64).collect::<Int64Array>()),
        )
        .finish()
        .unwrap()
}

fn run_step(
    step: &str,
    params: &Value,
    inputs: Vec<(&str, Table)>,
    threads: usize,
) -> neuroloom_core::Result<StepOutput> {
    let registry = neuroloom_celegans::register(Registry::default());
    let step = registry.get(step).unwrap();
    let params = step.check(params).unwrap();
    let ctx = RunContext::new(".", threads, Seed::root(1), Arc::new(NoProgress), CancelToken::default());
    let inputs = Inputs::new(inputs.into_iter().map(|(port, table)| (port.to_owned(), table)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| step.run(&ctx, &params, &inputs)).map(in_memory)
}

/// What was written in parts, read back whole.
fn in_memory(mut output: StepOutput) -> StepOutput {
    for (port, parts) in std::mem::take(&mut output.stored) {
        output.tables.insert(port, whole(parts.as_ref()).unwrap());
    }
    output
}

/// A table in a file, a recording in each part.
fn by_recording(table: &Table, folder: &std::path::Path) -> parquet::PartsFile {
    let mut writer = parquet::PartsWriter::new(folder, table.kind()).unwrap();
    let ids = column(table, "recording_id");
    let mut first = 0;
    for rows in ids.chunk_by(|a, b| a == b) {
        let part = table.batch().slice(first, rows.len());
        writer.append(&Table::from_checked(table.kind(), part)).unwrap();
        first += rows.len();
    }
    writer.finish().unwrap()
}

fn homogenised(params: &Value, traces: Table, threads: usize) -> StepOutput {
    run_step("celegans.homogenise", params, vec![("traces", traces)], threads).unwrap()
}

fn digests(output: &StepOutput) -> Vec<(&'static str, Digest)> {
    let folder = tempfile::tempdir().unwrap();
    let path = |port: &str| folder.path().join(format!("{port}.parquet"));
    output.tables.iter().map(|(port, table)| (*port, parquet::write(&path(port), table).unwrap())).collect()
}

fn column<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
    let text = table.text(name).unwrap();
    (0..table.n_rows()).map(|row| text.get_or_empty(row)).collect()
}

#[test]
fn recordings_are_used_skipped_or_failed_with_a_reason_and_the_others_go_on() {
    let output = homogenised(&json!({}), traces(&worms(), None), 2);
    let recordings = &output.tables["recordings"];
    let expected = ["Dag2023/a", "Dag2023/b", "Kato2015/nameless", "Kato2015/short", "Uzel2022/backwards"];
    assert_eq!(column(recordings, "recording_id"), expected);
    assert_eq!(column(recordings, "status"), ["used", "used", "skipped", "skipped", "failed"]);
    let reasons = column(recordings, "skip_reason");
    assert_eq!((reasons[0], reasons[2]), ("", "no neuron is labelled"));
    assert!(reasons[3].contains("100 samples") && reasons[4].contains("do not increase"));
    assert_eq!(column(recordings, "resample_path")[..2], ["down", "up"]);
    assert_eq!(column(&output.tables["warnings"], "code"), ["failed", "mixed_timestamps"]);
    assert_eq!(output.tables["traces"].n_rows(), 20);
    let strict = run_step(
        "celegans.homogenise",
        &json!({"strict": true}),
        vec![("traces", traces(&worms(), None))],
        2,
    );
    assert_eq!(strict.unwrap_err().location().offset, Some(1));
}

#[test]
fn bytes_depend_neither_on_threads_nor_on_the_order_of_rows() {
    for params in [
        json!({"impute": "chained", "export": "published"}),
        json!({"profile": "compat", "normalise": "causal"}),
    ] {
        let reference = digests(&homogenised(&params, traces(&worms(), None), 1));
        assert_eq!(reference.len(), if params.get("export").is_some() { 6 } else { 5 });
        for threads in [2, 8] {
            assert_eq!(digests(&homogenised(&params, traces(&worms(), None), threads)), reference);
        }
        let reversed: Vec<Worm> = worms().into_iter().rev().collect();
        assert_eq!(digests(&homogenised(&params, traces(&reversed, Some(9)), 2)), reference);
    }
}

#[test]
fn recordings_that_come_in_parts_give_what_the_whole_table_gives() {
    let folder = tempfile::tempdir().unwrap();
    let step = neuroloom_celegans::register(Registry::default()).get("celegans.homogenise").unwrap().clone();
    let params = json!({"export": "published"});
    let expected = homogenised(&params, traces(&worms(), None), 1);
    for threads in [1, 2, 8] {
        let parts = by_recording(&traces(&worms(), None), folder.path());
        assert_eq!(neuroloom_core::TableParts::n_parts(&parts), 5);
        let inputs = Inputs::default().with_parts("traces", Arc::new(parts));
        let ctx = RunContext::new(".", threads, Seed::root(1), Arc::new(NoProgress), CancelToken::default());
        let ctx = ctx.with_scratch(folder.path());
        let output = step.run(&ctx, &step.check(&params).unwrap(), &inputs).unwrap();
        let n_parts: Vec<_> = output.stored.iter().map(|(port, parts)| (*port, parts.n_parts())).collect();
        assert_eq!(n_parts, [("published", 2), ("signals", 2), ("traces", 2)], "two worms were used");
        let output = in_memory(output);
        assert_eq!(output.tables, expected.tables);
        assert_eq!(output.summary, expected.summary);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_recording_spread_over_two_parts_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = parquet::PartsWriter::new(folder.path(), kinds::TRACES).unwrap();
    let table = traces(&worms()[1..2], None);
    for rows in [0..4, 4..10] {
        let part = table.batch().slice(rows.start, rows.len());
        writer.append(&Table::from_checked(kinds::TRACES, part)).unwrap();
    }
    let inputs = Inputs::default().with_parts("traces", Arc::new(writer.finish().unwrap()));
    let step = neuroloom_celegans::register(Registry::default()).get("celegans.homogenise").unwrap().clone();
    let error = step.run(&RunContext::for_test("."), &step.check(&json!({})).unwrap(), &inputs).unwrap_err();
    assert!(error.message().contains("do not stand together"), "{error}");
}

#[test]
fn tables_read_back_from_their_files() {
    let output = homogenised(&json!({"export": "published"}), traces(&worms(), None), 2);
    let folder = tempfile::tempdir().unwrap();
    for (port, table) in &output.tables {
        let path = folder.path().join(format!("{port}.parquet"));
        parquet::write(&path, table).unwrap();
        assert_eq!(&parquet::read(&path).unwrap(), table, "{port}");
    }
}

#[test]
fn no_recording_has_two_neurons_of_one_name_and_labels_say_where_every_column_went() {
    let output = homogenised(&json!({"profile": "compat"}), traces(&worms(), None), 2);
    let neurons = &output.tables["traces"];
    let mut rows: Vec<_> =
        column(neurons, "recording_id").into_iter().zip(column(neurons, "neuron")).collect();
    let n = rows.len();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), n);
    // 10 + 10 + 10 + 2 columns were judged; the failed recording was not
    assert_eq!(output.tables["labels"].n_rows(), 32);
}

#[test]
fn the_signal_passed_on_is_the_normalised_one_under_the_common_clock() {
    let output = homogenised(&json!({"aggregate_timestamp": "centroid"}), traces(&worms(), None), 1);
    let (all, passed) = (&output.tables["traces"], &output.tables["signals"]);
    assert_eq!(passed.n_rows(), all.n_rows());
    let of = |table: &Table, id: &str, neuron: &str, name: &str, values: &str| {
        let row = column(table, id)
            .into_iter()
            .zip(column(table, name))
            .position(|r| r == ("Dag2023/a", neuron))
            .unwrap();
        (row, table.lists(values).unwrap().get(row).unwrap().into_owned())
    };
    let (row, trace) = of(passed, "recording_id", "AVAL", "unit_id", "trace");
    assert_eq!(trace, of(all, "recording_id", "AVAL", "neuron", "calcium_data").1);
    assert!((passed.time_base(row).unwrap().time_s(2) - (2.0 + 5.0 / 12.0) * 0.333).abs() < 1e-12);
}

#[test]
fn the_published_layout_has_15_columns_without_silent_neurons() {
    let output =
        homogenised(&json!({"export": "published", "trace_signal": null}), traces(&worms(), None), 1);
    let published = output.tables["published"].batch();
    let names: Vec<_> = published.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!((names.len(), names[14].as_str()), (15, "max_timesteps"));
    let slots = published.column_by_name("slot").unwrap().as_primitive::<Int32Type>();
    assert!(slots.iter().flatten().all(|slot| (-1..300).contains(&slot)));
    let times = published.column_by_name("time_in_seconds").unwrap().as_list::<i32>();
    assert!(times.value(0).as_primitive_opt::<Float32Type>().is_some());
    let worms = column(&output.tables["published"], "worm");
    assert_eq!((worms[0], worms[19]), ("worm0", "worm1"));
    assert!(!output.tables.contains_key("signals"));
}

#[test]
fn only_the_signals_that_are_asked_for_are_stored() {
    let output = homogenised(&json!({"store": ["calcium"]}), traces(&worms(), None), 1);
    let batch = output.tables["traces"].batch();
    let stored = |name: &str| batch.column_by_name(name).unwrap().null_count() == 0;
    assert!(stored("calcium_data") && !stored("raw_calcium_data") && !stored("original_calcium_data"));
}

#[test]
fn parameters_that_make_no_sense_are_all_named() {
    let registry = neuroloom_celegans::register(Registry::default());
    let step = registry.get("celegans.homogenise").unwrap();
    let wrong = json!({"resample_dt_s": 0, "window": 0, "sigma": -1, "alpha": 1.5, "storage": "float16", "min_samples": 1,
                       "store": []});
    let issues = step.check(&wrong).err().unwrap();
    let paths: Vec<&str> = issues.iter().map(|issue| issue.path.as_str()).collect();
    assert_eq!(
        paths,
        ["resample_dt_s", "window", "sigma", "alpha", "min_samples", "storage", "trace_signal", "store"]
    );
    let unknown = step.check(&json!({"smooth": "median"})).err().unwrap();
    let said = format!("{} {:?}", unknown[0].message, unknown[0].hint);
    assert!(said.contains("moving") && said.contains("gaussian"), "{said}");
}

#[test]
fn traces_that_are_not_worms_are_refused_with_what_is_missing() {
    let bare = TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["a"])
        .text("unit_id", ["1"])
        .text("signal", ["dff"])
        .integers("segment", [0])
        .lists("t_s", [vec![0.0]])
        .lists("trace", [vec![0.0]])
        .text("trace_unit", ["1"])
        .finish()
        .unwrap();
    let error = run_step("celegans.homogenise", &json!({}), vec![("traces", bare.clone())], 1).unwrap_err();
    assert_eq!((error.kind(), error.location().object.as_deref()), (ErrorKind::Data, Some("label_given")));
    let error =
        run_step("celegans.homogenise", &json!({"signal": "f"}), vec![("traces", bare)], 1).unwrap_err();
    assert_eq!(error.location().object.as_deref(), Some("signal"));
}

#[test]
fn plans_name_every_output_that_runs_make() {
    let registry = neuroloom_celegans::register(Registry::default());
    let step = registry.get("celegans.homogenise").unwrap();
    let planned = PlannedTable::new(kinds::TRACES, [("recordings", 2), ("units", 20), ("samples", 14_000)]);
    let ctx = PlanContext { base: ".".into(), threads: 4 };
    let inputs = PlannedInputs::new([("traces".to_owned(), planned)]);
    for (params, n) in
        [(json!({}), 5), (json!({"export": "published"}), 6), (json!({"trace_signal": null}), 4)]
    {
        let plan = step.plan(&ctx, &step.check(&params).unwrap(), &inputs).unwrap();
        let output = homogenised(&params, traces(&worms(), None), 1);
        assert_eq!(plan.outputs.keys().collect::<Vec<_>>(), output.tables.keys().collect::<Vec<_>>());
        assert_eq!(plan.outputs.len(), n);
        assert!(plan.resources.memory_bytes > 64 << 20);
    }
}

fn readings(rows: &[(&str, &str, &str, &str, f64, &str)]) -> Table {
    TableBuilder::new(kinds::CONNECTOME_READINGS)
        .text("source", rows.iter().map(|row| row.0))
        .integers("row", (0..rows.len()).map(|row| row as i64))
        .text("pre", rows.iter().map(|row| row.1))
        .text("post", rows.iter().map(|row| row.2))
        .text("type", rows.iter().map(|row| row.3))
        .numbers("weight", rows.iter().map(|row| row.4))
        .text("weight_unit", rows.iter().map(|row| row.5))
        .finish()
        .unwrap()
}

fn connected() -> Table {
    readings(&[
        ("cook2019", "AVAL", "VB02", "chemical", 12.0, "sections"),
        ("cook2019", "AVAL", "AVAR", "electrical", 4.0, "sections"),
        ("chklovskii", "AVAL", "VB02", "S", 3.0, "synapses"),
        ("openworm", "AVAL", "VB2", "Send", 8.0, "synapses"),
        ("funconn", "RIS", "AVAL", "functional", -0.2, "dF/F"),
    ])
}

#[test]
fn connectomes_become_edges_a_consensus_and_neurons() {
    let atlas = TableBuilder::new(kinds::NEURONS)
        .text("neuron", ["AVAL", "VB02", "CANL"])
        .integers("slot", [0, 1, 2])
        .text("class", ["AVA", "VB", "CAN"])
        .text("type", ["inter", "motor", "inter"])
        .text("transmitter", ["Ach", "ACh", "?"])
        .numbers("x_um", [1.0, 2.0, 3.0])
        .finish()
        .unwrap();
    let inputs = vec![("readings", connected()), ("atlas", atlas)];
    let output = run_step("celegans.connectome", &json!({}), inputs, 1).unwrap();
    let neurons = &output.tables["neurons"];
    assert_eq!(neurons.n_rows(), 300);
    let aval = neuroloom_celegans::names::slot("AVAL").unwrap();
    assert_eq!((column(neurons, "class")[aval], column(neurons, "transmitter")[aval]), ("AVA", "ACh"));
    assert_eq!(output.tables["edges"].n_rows(), 6);
    let consensus = &output.tables["consensus"];
    // openworm repeats the data of a primary study and stays out
    assert_eq!(column(consensus, "pre"), ["AVAL", "AVAL", "AVAR", "RIS"]);
    assert_eq!(consensus.numbers("mean_chem_weight").unwrap().get(1), Some(3.0));
    assert_eq!(consensus.numbers("functional_weight").unwrap().get(3), Some(-0.2));
    assert_eq!(column(consensus, "post_type")[1], "motor");
    assert_eq!(column(&output.tables["warnings"], "subject"), ["atlas", "consensus"]);
}

#[test]
fn a_complete_connectome_has_all_ordered_pairs() {
    let output =
        run_step("celegans.connectome", &json!({"complete": true}), vec![("readings", connected())], 1)
            .unwrap();
    assert_eq!(output.tables["edges"].n_rows(), 4 * 90_000);
    assert_eq!(output.tables["consensus"].n_rows(), 90_000);
}

#[test]
fn members_that_are_not_there_and_mixed_units_are_refused() {
    let absent = json!({"members": ["cook2020"]});
    let error = run_step("celegans.connectome", &absent, vec![("readings", connected())], 1).unwrap_err();
    assert_eq!(error.expected_text(), Some("chklovskii, cook2019, funconn, openworm"));
    let mixed = readings(&[
        ("a", "AVAL", "AVAR", "chemical", 1.0, "synapses"),
        ("a", "AVAL", "AVAR", "chemical", 1.0, "sections"),
    ]);
    let error = run_step("celegans.connectome", &json!({}), vec![("readings", mixed)], 1).unwrap_err();
    assert_eq!(error.location().offset, Some(1));
}
