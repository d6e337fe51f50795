//! Files of the benchmark's layout: written here, read by `ingest.nlb`.

use std::path::Path;
use std::process::Command;

use neuroloom_core::Table;
use neuroloom_nlb::submission::{Values, bin_s, group_name, rates, targets, write};
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{lorenz, metric, run};

fn ingested(path: &Path) -> Table {
    run("ingest.nlb", &json!({ "path": path, "bin_s": 0.02 }), &[]).unwrap().tables["trials"].clone()
}

fn sum(table: &Table, signal: &str, held: &str, split: &str) -> (usize, f64) {
    let (signals, holds) = (table.text("signal").unwrap(), table.text("held").unwrap());
    let (splits, values) = (table.text("split").unwrap(), table.lists("value").unwrap());
    let own = |row: &usize| {
        signals.get(*row) == Some(signal) && holds.get(*row) == Some(held) && splits.get(*row) == Some(split)
    };
    let rows: Vec<usize> = (0..table.n_rows()).filter(own).collect();
    (rows.len(), rows.iter().map(|&row| values.get(row).unwrap().iter().sum::<f64>()).sum())
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let output = run("rates.smooth", &json!({ "sigma_bins": [2.0] }), &[("trials", &trials)]).unwrap();
    let predicted = &output.tables["rates"];
    let datasets = rates(&trials, predicted, "valid").unwrap();
    let names: Vec<&str> = datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    let expected = [
        "train_rates_heldin",
        "train_rates_heldout",
        "train_rates_heldin_forward",
        "train_rates_heldout_forward",
    ];
    assert_eq!(names[..4], expected);
    assert_eq!(names[4..], expected.map(|name| name.replace("train", "eval")));
    let path = folder.path().join("submission.h5");
    write(&path, &group_name("mc_maze", bin_s(&trials).unwrap()), &datasets).unwrap();
    let read = ingested(&path);
    for (held, units) in [("held_in", 22), ("held_out", 7)] {
        let (n, total) = sum(&read, "rate", held, "valid");
        let (n_own, total_hz) = sum(predicted, "rate", held, "valid");
        assert_eq!((n, n_own), (16 * units, 16 * units));
        // 32 bits, and counts per bin instead of Hz.
        assert!((total / (total_hz * 0.02) - 1.0).abs() < 1e-6, "{total} {total_hz}");
    }
    let units = read.text("unit_id").unwrap();
    assert!((0..read.n_rows()).all(|row| units.get(row).unwrap().parse::<usize>().unwrap() < 29));
}

#[test]
fn a_target_has_the_spikes_of_evaluation_and_the_trials_of_each_condition() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let rates = run("rates.condition_mean", &json!({ "sigma_bins": [1.0] }), &[("trials", &trials)]).unwrap();
    let inputs = [("trials", &trials), ("rates", &rates.tables["rates"])];
    let scored = run("nlb.evaluate", &json!({ "behaviour": "latent" }), &inputs).unwrap();
    let datasets = targets(&trials, Some(&scored.tables["psth"]), Some("latent"), "valid").unwrap();
    let of = |name: &str| datasets.iter().find(|dataset| dataset.name == name).map(|dataset| &dataset.values);
    let shape = |name: &str| match of(name) {
        Some(Values::Cube(cube)) => cube.shape().to_vec(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(shape("eval_spikes_heldout"), [16, 40, 7]);
    assert_eq!(shape("eval_spikes_heldin_forward"), [16, 10, 22]);
    assert_eq!(shape("train_behavior"), [64, 40, 3]);
    assert_eq!(shape("psth")[1..], [40, 29]);
    assert!(of("eval_spikes_heldin").is_none(), "that is what a model sees");
    let Some(Values::Lists(lists)) = of("eval_cond_idx") else { panic!("no trials of conditions") };
    let mut all: Vec<i32> = lists.concat();
    all.sort_unstable();
    assert_eq!(all, (0..16).collect::<Vec<i32>>());
    assert!(targets(&trials, None, None, "test").unwrap_err().report().contains("split test"));
}

/// Scores the files with `nlb_tools` where the peers are installed (`NEUROLOOM_PEERS` names their Python).
#[test]
fn nlb_tools_gives_the_same_scores_to_the_files() {
    let Some(python) = std::env::var_os("NEUROLOOM_PEERS") else {
        neuroloom_testkit::skip("NEUROLOOM_PEERS does not name a Python with nlb_tools");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let trials = lorenz(&json!({ "n_repeats": 6 }));
    let predicted = run("rates.factor_analysis", &json!({ "n_factors": 3 }), &[("trials", &trials)]).unwrap();
    let predicted = &predicted.tables["rates"];
    let inputs = [("trials", &trials), ("rates", predicted)];
    let scored = run("nlb.evaluate", &json!({ "behaviour": "latent" }), &inputs).unwrap();
    let paths = ["submission.h5", "target.h5"].map(|name| folder.path().join(name));
    write(&paths[0], "mc_maze_20", &rates(&trials, predicted, "valid").unwrap()).unwrap();
    let target = targets(&trials, Some(&scored.tables["psth"]), Some("latent"), "valid").unwrap();
    write(&paths[1], "mc_maze_20", &target).unwrap();
    let program = "import sys, json; from nlb_tools.evaluation import evaluate; \
                   print(json.dumps(evaluate(sys.argv[2], sys.argv[1])[0]['mc_maze_20_split']))";
    let output = Command::new(python).args(["-c", program]).args(&paths).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let scores: serde_json::Value = serde_json::from_str(text.trim())
        .unwrap_or_else(|_| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)));
    for (ours, theirs) in
        [("co_bps", "co-bps"), ("fp_bps", "fp-bps"), ("velocity_r2", "vel R2"), ("psth_r2", "psth R2")]
    {
        let (own, peer) = (metric(&scored, ours).unwrap(), scores[theirs].as_f64().unwrap());
        // Rates and responses are 32-bit numbers in the files.
        assert!((own - peer).abs() < 1e-5, "{ours}: {own} {peer}");
    }
}
