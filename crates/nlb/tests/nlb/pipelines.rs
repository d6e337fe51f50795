//! The pipelines that ship with the project, planned and run on made files of the benchmark's layout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Inputs, RunContext, Table};
use neuroloom_pipeline::document::{Override, load};
use neuroloom_pipeline::plan::plan;
use neuroloom_table::Columns;
use neuroloom_testkit::workspace_root;
use rust_hdf5::{DatatypeMessage, H5File, H5Group, H5Type, HBool, LibverBound};

use crate::support::registry;

const TRIALS: usize = 60;
const TRIAL_S: f64 = 3.0;

fn text_type(text: &str) -> DatatypeMessage {
    DatatypeMessage::fixed_string_utf8(text.len() as u32)
}

fn group(parent: &H5Group, name: &str, kind: &str) -> H5Group {
    let group = parent.create_group(name).unwrap();
    if !kind.is_empty() {
        group.set_attr_typed("neurodata_type", text_type(kind), kind.as_bytes().to_vec()).unwrap();
    }
    group
}

fn column<T: H5Type>(group: &H5Group, name: &str, values: &[T]) {
    group.new_dataset::<T>().shape([values.len()]).create(name).unwrap().write_raw(values).unwrap();
}

fn words(group: &H5Group, name: &str, values: &[&str]) {
    let width = values.iter().map(|value| value.len()).max().unwrap();
    let padded: Vec<u8> =
        values.iter().flat_map(|value| value.bytes().chain(std::iter::repeat(0)).take(width)).collect();
    let datatype = DatatypeMessage::fixed_string_utf8(width as u32);
    let dataset = group.new_dataset::<u8>().datatype(datatype).shape([values.len()]).create(name).unwrap();
    dataset.write_raw_bytes(&padded).unwrap();
}

/// A session of 12 units, 4 of them held out, whose rates follow the condition of a trial; with all columns and series that
/// any of the data sets has.
fn session(path: &Path, velocity: &str) {
    let file = H5File::options().libver(LibverBound::Earliest).create(path).unwrap();
    file.set_attr_typed("nwb_version", text_type("2.7.0"), b"2.7.0".to_vec()).unwrap();
    let root = file.root_group();
    let event = |trial: usize| trial as f64 * TRIAL_S + 2.0;
    let condition = |trial: usize| trial % 3;
    let (mut times, mut ends) = (Vec::new(), Vec::new());
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for unit in 0..12 {
        for ms in 0..(TRIALS as f64 * TRIAL_S * 1000.0) as usize {
            let trial = (ms as f64 / 1000.0 / TRIAL_S) as usize;
            let near = (-((ms as f64 / 1000.0 - event(trial)) / 0.3).powi(2)).exp();
            let rate_hz = 8.0 + 25.0 * near * f64::from(u8::from((unit + condition(trial)) % 3 == 0));
            if uniform() < rate_hz * 0.001 {
                times.push(ms as f64 / 1000.0 + 0.0004);
            }
        }
        ends.push(times.len() as i64);
    }
    let units = group(&root, "units", "DynamicTable");
    column(&units, "id", &(0..12_i64).collect::<Vec<_>>());
    column(&units, "spike_times", &times);
    column(&units, "spike_times_index", &ends);
    column(&units, "heldout", &(0..12).map(|unit| HBool::from(unit >= 8)).collect::<Vec<_>>());
    let intervals = group(&root, "intervals", "");
    let trials = group(&intervals, "trials", "TimeIntervals");
    let all = |of: &dyn Fn(usize) -> f64| (0..TRIALS).map(of).collect::<Vec<f64>>();
    column(&trials, "id", &(0..TRIALS as i64).collect::<Vec<_>>());
    column(&trials, "start_time", &all(&|trial| event(trial) - 0.4));
    column(&trials, "stop_time", &all(&|trial| event(trial) + 0.6));
    column(&trials, "move_onset_time", &all(&|trial| event(trial)));
    column(&trials, "go_time", &all(&|trial| event(trial)));
    column(&trials, "set_time", &all(&|trial| event(trial) - 0.8 - 0.01 * (trial % 4) as f64));
    column(&trials, "tp", &all(&|trial| 700.0 + 37.0 * (trial % 5) as f64));
    for name in ["trial_type", "trial_version", "cond_dir", "is_eye", "theta", "is_short", "ts"] {
        let of: &dyn Fn(usize) -> f64 = match name {
            "trial_type" | "cond_dir" => &|trial| condition(trial) as f64,
            _ => &|_| 1.0,
        };
        column(&trials, name, &all(of));
    }
    column(
        &trials,
        "ctr_hold_bump",
        &(0..TRIALS).map(|trial| HBool::from(trial / 4 % 2 == 0)).collect::<Vec<_>>(),
    );
    column(&trials, "is_outlier", &all(&|trial| f64::from(u8::from(trial == 7))));
    let splits: Vec<&str> = (0..TRIALS).map(|trial| if trial % 4 == 3 { "val" } else { "train" }).collect();
    words(&trials, "split", &splits);
    let processing = group(&root, "processing", "");
    let behaviour = group(&processing, "behavior", "ProcessingModule");
    let series = group(&behaviour, velocity, "TimeSeries");
    let n = (TRIALS as f64 * TRIAL_S * 1000.0) as usize;
    let wave = |i: usize| {
        let trial = (i as f64 / 1000.0 / TRIAL_S) as usize;
        (-((i as f64 / 1000.0 - event(trial)) / 0.3).powi(2)).exp() * (condition(trial) as f64 - 1.0)
    };
    let values: Vec<f64> = (0..n).flat_map(|i| [wave(i), 0.5 - wave(i)]).collect();
    let data = series.new_dataset::<f64>().shape([n, 2]).create("data").unwrap();
    data.write_raw(&values).unwrap();
    data.set_attr_typed("unit", text_type("m/s"), b"m/s".to_vec()).unwrap();
    column(&series, "timestamps", &(0..n).map(|i| i as f64 / 1000.0).collect::<Vec<_>>());
    file.close().unwrap();
}

/// Plans a pipeline of the project on a file and runs all of its tasks; their tables by `step.port`.
fn run_pipeline(name: &str, overrides: &[String]) -> BTreeMap<String, Table> {
    let file: PathBuf = workspace_root().join("pipelines").join(name);
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    let pipeline = load(&file, &overrides, &registry()).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(pipeline.warnings.is_empty(), "{name}: {:?}", pipeline.warnings);
    let plan = plan(pipeline, 1).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (task, planned) in plan.iter() {
        let inputs = planned.inputs.iter().map(|input| {
            (input.port.to_string(), tables[&format!("{}.{}", input.from_task, input.from_port)].clone())
        });
        let ctx = RunContext::for_test(&plan.pipeline.base);
        let output = task.step.run(&ctx, &task.params, &Inputs::new(inputs));
        let output = output.unwrap_or_else(|e| panic!("{name}, {}: {}", task.id, e.report()));
        for (port, _) in output.kinds() {
            assert!(planned.step.outputs.contains_key(port), "{name}, {}: {port} was not planned", task.id);
        }
        tables.extend(output.tables.into_iter().map(|(port, table)| (format!("{}.{port}", task.id), table)));
    }
    tables
}

fn score(tables: &BTreeMap<String, Table>, task: &str, metric: &str) -> f64 {
    let table = &tables[&format!("{task}.metrics")];
    let (metrics, units) = (table.text("metric").unwrap(), table.text("unit_id").unwrap());
    let channels = table.text("channel").unwrap();
    let own = |row: &usize| {
        metrics.get(*row) == Some(metric) && units.get(*row).is_none() && channels.get(*row).is_none()
    };
    let row = (0..table.n_rows()).find(own).unwrap_or_else(|| panic!("{task} has no {metric}"));
    table
        .numbers("value")
        .unwrap()
        .get(row)
        .unwrap_or_else(|| panic!("{task} {metric}: {:?}", table.text("note").unwrap().get(row)))
}

fn on_a_made_file(name: &str, velocity: &str) -> BTreeMap<String, Table> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.nwb");
    session(&path, velocity);
    run_pipeline(name, &[format!("vars.file={}", path.display()), "steps.factors.with.n_factors=2".into()])
}

#[test]
fn mc_maze_runs_from_nwb_to_scores() {
    let tables = on_a_made_file("nlb_mc_maze.yaml", "hand_vel");
    let counts = &tables["cut.trials"];
    let (lists, signals) = (counts.lists("value").unwrap(), counts.text("signal").unwrap());
    let row = (0..counts.n_rows()).find(|&row| signals.get(row) == Some("spike_count")).unwrap();
    assert_eq!(
        (lists.get(row).unwrap().len(), counts.numbers("n_observed").unwrap().get(row)),
        (45, Some(35.0))
    );
    for task in ["score_smooth", "score_factors", "score_mean"] {
        assert!(score(&tables, task, "co_bps") > 0.0, "{task}: {}", score(&tables, task, "co_bps"));
    }
    assert!(score(&tables, "score_mean", "psth_r2") > 0.5);
    assert!(score(&tables, "score_mean", "velocity_r2") > 0.3);
}

#[test]
fn mc_rtt_runs_from_nwb_to_scores() {
    let tables = on_a_made_file("nlb_mc_rtt.yaml", "finger_vel");
    assert!(score(&tables, "score_smooth", "velocity_r2") < 1.0);
    assert!(
        score(&tables, "score_smooth", "co_bps").abs() < 1.0
            && score(&tables, "score_smooth", "fp_bps").abs() < 1.0
    );
}

#[test]
fn area2_bump_runs_from_nwb_to_scores() {
    let tables = on_a_made_file("nlb_area2_bump.yaml", "hand_vel");
    let notes = tables["score_mean.metrics"].text("note").unwrap();
    let n = tables["score_mean.metrics"].n_rows();
    assert!((0..n).any(|row| notes.get(row).is_some_and(|note| note.contains("2 groups of trials"))));
    assert!(score(&tables, "score_mean", "co_bps") > 0.0);
}

#[test]
fn dmfc_rsg_runs_from_nwb_to_scores() {
    let tables = on_a_made_file("nlb_dmfc_rsg.yaml", "eye_pos");
    for task in ["score_smooth", "score_factors"] {
        assert!(score(&tables, task, "tp_correlation").abs() <= 1.0);
        assert!(score(&tables, task, "psth_r2") < 1.0);
    }
}

#[test]
fn the_baselines_of_the_lorenz_pipeline_find_rates() {
    let tables = run_pipeline("lorenz_baselines.yaml", &["steps.population.with.n_repeats=6".into()]);
    for task in ["score_smooth", "score_factors", "score_mean"] {
        let (co, truth) = (score(&tables, task, "co_bps"), score(&tables, task, "truth_co_bps"));
        assert!(co > 0.4 * truth && co <= truth + 0.02, "{task}: {co} {truth}");
    }
}
