use std::sync::{Arc, Mutex};

use neuroloom_core::{CancelToken, ErrorKind, Inputs, NoProgress, RunContext, Seed, Table};
use neuroloom_table::Columns;
use serde_json::{Value, json};

use crate::runs::{StopAt, context, digests, draws, few, run, run_with, small};

fn with(mut params: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        params[key] = value.clone();
    }
    params
}

#[test]
fn draws_have_the_shape_that_their_kind_promises() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        run(&context(folder.path(), 2), with(few(), json!({"store": "thin", "store_every": 3})), &small())
            .unwrap();
    let parts = draws(&output);
    let rows: usize = parts.iter().map(Table::n_rows).sum();
    assert_eq!(rows, 3 * 15);
    for part in &parts {
        let (labels, states, paths) =
            (part.lists("labels").unwrap(), part.lists("states").unwrap(), part.lists("paths").unwrap());
        for row in 0..part.n_rows() {
            let n_clusters = part.numbers("n_clusters").unwrap().get(row).unwrap() as usize;
            let n_states = part.numbers("n_states").unwrap().get(row).unwrap() as usize;
            assert_eq!((labels.length(row), states.length(row)), (9, 60));
            let sweep = part.integers("sweep").unwrap().value(row) as usize;
            let kept = (sweep - 10) / 2;
            assert_eq!(paths.length(row), if kept.is_multiple_of(3) { 60 * n_clusters * 2 } else { 0 });
            if kept.is_multiple_of(3) {
                let size = 2 * n_clusters;
                assert_eq!(part.lists("noise").unwrap().length(row), n_states * size * size);
                assert_eq!(part.lists("loadings").unwrap().length(row), 9);
            }
            for name in ["log_joint", "log_lik_train", "log_lik_test"] {
                assert!(part.numbers(name).unwrap().get(row).unwrap().is_finite(), "{name}");
            }
        }
    }
    assert_eq!(output.tables["units"].n_rows(), 9);
    assert_eq!(output.tables["bins"].n_rows(), 60);
    assert!(output.tables["held_out"].n_rows() > 20);
    assert!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .all(|entry| { !entry.unwrap().file_name().to_string_lossy().ends_with(".draws") })
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let counts = small();
    let of = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| digests(&run(&context(folder.path(), threads), few(), &counts).unwrap()))
    };
    let one = of(1);
    assert_eq!(one.len(), 4);
    assert_eq!(one, of(2));
    assert_eq!(one, of(8));
}

#[test]
fn a_run_that_was_stopped_anywhere_ends_in_the_same_bytes() {
    let (counts, params) = (small(), with(few(), json!({"until": {"every": 7, "rhat": 1.0001}})));
    let folder = tempfile::tempdir().unwrap();
    let whole = digests(&run(&context(folder.path(), 2), params.clone(), &counts).unwrap());
    for stop in 1..=6 {
        let folder = tempfile::tempdir().unwrap();
        let cancel = CancelToken::default();
        let kept =
            Arc::new(StopAt { kept: Mutex::default(), seen: Mutex::default(), stop, cancel: cancel.clone() });
        let context = |cancel: CancelToken| {
            RunContext::new(".", 2, Seed::root(5), Arc::new(NoProgress), cancel)
                .with_scratch(folder.path())
                .with_checkpoints(Arc::<StopAt>::clone(&kept))
        };
        let stopped = run(&context(cancel), params.clone(), &counts).unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::Cancelled);
        let resumed = run(&context(CancelToken::default()), params.clone(), &counts).unwrap();
        assert_eq!(digests(&resumed), whole, "stopped at boundary {stop}");
    }
}

#[test]
fn a_checkpoint_of_other_parameters_is_refused() {
    let (counts, folder) = (small(), tempfile::tempdir().unwrap());
    let cancel = CancelToken::default();
    let kept =
        Arc::new(StopAt { kept: Mutex::default(), seen: Mutex::default(), stop: 1, cancel: cancel.clone() });
    let context = |cancel: CancelToken| {
        RunContext::new(".", 1, Seed::root(5), Arc::new(NoProgress), cancel)
            .with_scratch(folder.path())
            .with_checkpoints(Arc::<StopAt>::clone(&kept))
    };
    run(&context(cancel), few(), &counts).unwrap_err();
    let other = with(few(), json!({"sweeps": 41}));
    let refused = run(&context(CancelToken::default()), other, &counts).unwrap_err().report();
    assert!(refused.contains("of other chains"), "{refused}");
}

/// Held-out counts, made 17 larger.
fn changed(counts: &Table, held_out: &Table) -> Table {
    use neuroloom_table::{TableBuilder, kinds};
    let units = counts.text("unit_id").unwrap();
    let (held, bins) = (held_out.text("unit_id").unwrap(), held_out.integers("bin").unwrap());
    let traces = (0..counts.n_rows()).map(|row| {
        let mut trace: Vec<f32> =
            counts.lists("trace").unwrap().get(row).unwrap().iter().map(|&value| value as f32).collect();
        for entry in (0..held_out.n_rows()).filter(|&entry| held.get(entry) == units.get(row)) {
            trace[bins.value(entry) as usize] += 17.0;
        }
        trace
    });
    let numbers = |name: &'static str| {
        (0..counts.n_rows()).map(move |row| counts.numbers(name).unwrap().get(row).unwrap())
    };
    TableBuilder::new(kinds::TRACES)
        .text(
            "recording_id",
            (0..counts.n_rows()).map(|row| counts.text("recording_id").unwrap().get_or_empty(row)),
        )
        .text("unit_id", (0..counts.n_rows()).map(|row| units.get_or_empty(row)))
        .text("signal", (0..counts.n_rows()).map(|_| "spike_count"))
        .integers("segment", (0..counts.n_rows()).map(|_| 0))
        .numbers("t0_s", numbers("t0_s"))
        .numbers("dt_s", numbers("dt_s"))
        .text("trace_unit", (0..counts.n_rows()).map(|_| "1"))
        .lists_f32("trace", traces)
        .finish()
        .unwrap()
}

#[test]
fn held_out_counts_influence_nothing_but_their_scores() {
    let (counts, folder) = (small(), tempfile::tempdir().unwrap());
    let before = run(&context(folder.path(), 1), few(), &counts).unwrap();
    let counts = changed(&counts, &before.tables["held_out"]);
    let after = run(&context(folder.path(), 1), few(), &counts).unwrap();
    let mut scores = [0.0; 2];
    for (sum, output) in scores.iter_mut().zip([&before, &after]) {
        *sum = draws(output).iter().map(|part| part.numbers("log_lik_test").unwrap().get(0).unwrap()).sum();
    }
    assert!(scores[1] < scores[0] - 10.0, "{scores:?}");
    for (a, b) in draws(&before).iter().zip(&draws(&after)) {
        for name in a
            .batch()
            .schema()
            .fields()
            .iter()
            .map(|field| field.name())
            .filter(|name| *name != "log_lik_test")
        {
            assert_eq!(a.batch().column_by_name(name), b.batch().column_by_name(name), "{name}");
        }
    }
    for port in ["units", "bins"] {
        assert_eq!(before.tables[port].batch(), after.tables[port].batch(), "{port}");
    }
}

#[test]
fn every_variant_and_option_runs() {
    let counts = small();
    let options = [
        json!({"family": "poisson"}),
        json!({"family": "poisson", "poisson_accept": "per_cluster"}),
        json!({"variant": "released"}),
        json!({"variant": "released", "ffbs_shift": true, "family": "poisson"}),
        json!({"labels": "augmented"}),
        json!({"interaction": "block", "start": "one"}),
        json!({"start": "random", "hold_out": "half_bins"}),
        json!({"hold_out": "none", "store": "none"}),
        json!({"crt_joint": false, "pg_exact_below": 20}),
        json!({"choose_latents": {"candidates": [2, 1], "sweeps": 10, "burn_in": 5}}),
        json!({"priors": {"neurons": "dp", "max_states": 1}}),
        json!({"priors": {"neurons": "fixed", "n_clusters": 2, "resample_concentrations": true}}),
        json!({"priors": {"max_clusters": 1}}),
    ];
    for option in options {
        let folder = tempfile::tempdir().unwrap();
        let output = run(&context(folder.path(), 1), with(few(), option.clone()), &counts);
        let output = output.unwrap_or_else(|error| panic!("{option}: {}", error.report()));
        assert!(!draws(&output).is_empty(), "{option}");
    }
}

#[test]
fn chains_stop_early_where_they_agree() {
    let (counts, folder) = (small(), tempfile::tempdir().unwrap());
    let params = with(few(), json!({"sweeps": 400, "until": {"every": 20, "rhat": 50.0, "ess": 1e-3}}));
    let output = run(&context(folder.path(), 1), params, &counts).unwrap();
    let last = draws(&output).last().unwrap().clone();
    let sweeps = last.integers("sweep").unwrap();
    assert!(sweeps.value(last.n_rows() - 1) < 150);
}

#[test]
fn chains_begin_where_others_ended() {
    let (counts, folder) = (small(), tempfile::tempdir().unwrap());
    let first = run(&context(folder.path(), 1), with(few(), json!({"store": "all"})), &counts).unwrap();
    let warm = draws(&first).last().unwrap().clone();
    let inputs = |warm: Table| Inputs::new([("counts".to_owned(), counts.clone())]).with_table("warm", warm);
    let params = with(few(), json!({"sweeps": 2, "burn_in": 0, "thin": 1}));
    let output = run_with(&context(folder.path(), 1), params.clone(), inputs(warm.clone())).unwrap();
    assert!(!draws(&output).is_empty());
    let refused = with(params, json!({"n_latents": 2}));
    let refused = run_with(&context(folder.path(), 1), refused, inputs(warm)).unwrap_err().report();
    assert!(
        refused.contains("another model") && refused.contains("n_latents") | refused.contains("latents"),
        "{refused}"
    );
}
