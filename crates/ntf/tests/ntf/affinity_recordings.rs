//! The affinity of whole recordings: simulated ones with planted motifs, shipped ones, and real worms.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use neuroloom_core::{Inputs, Registry, RunContext, StepOutput, Table};
use neuroloom_ntf::affinity::pairs;
use neuroloom_ntf::{ImplicitAffinity, read_affinity};
use neuroloom_table::{Columns, whole};
use neuroloom_testkit::{shared_data, workspace_root};
use serde_json::{Value, json};

use crate::support::run_of;

fn registry() -> Registry {
    let registry = neuroloom_ntf::register(neuroloom_simulate::register(Registry::default()));
    neuroloom_celegans::register(neuroloom_worms::register(neuroloom_io::register(registry)))
}

fn affinity(params: Value, inputs: &[(&str, &Table)]) -> (ImplicitAffinity, Vec<String>) {
    let output = run_of(&registry(), "ntf.affinity", params, inputs).unwrap();
    (read_affinity(&output.tables["affinity"]).unwrap(), output.summary.warnings)
}

/// Motif 0 of simulated worms: its neurons, animals and frames.
struct Planted {
    neurons: BTreeSet<String>,
    animals: BTreeSet<String>,
    intervals: Vec<[usize; 2]>,
}

impl Planted {
    fn of(worms: &BTreeMap<&'static str, Table>) -> Self {
        let rows = |table: &Table| -> Vec<usize> {
            let motifs = table.integers("motif").unwrap();
            (0..table.n_rows()).filter(|&row| motifs.value(row) == 0).collect()
        };
        let words = |port: &str, column: &str| {
            let table = &worms[port];
            let words = table.text(column).unwrap();
            rows(table).into_iter().map(|row| words.get(row).unwrap().to_owned()).collect()
        };
        let intervals = &worms["intervals"];
        let frame = |name: &str, row| (intervals.numbers(name).unwrap().get(row).unwrap() / 0.25) as usize;
        Self {
            neurons: words("motif_neurons", "neuron"),
            animals: words("motif_animals", "recording_id"),
            intervals: rows(intervals)
                .into_iter()
                .map(|row| [frame("start_s", row), frame("stop_s", row)])
                .collect(),
        }
    }

    fn is_on(&self, frame: usize) -> bool {
        self.intervals.iter().any(|&[start, stop]| (start..stop).contains(&frame))
    }
}

/// Mean affinity over the pairs that are observed in one of `worms` and meet `pair`, and over the frames that meet
/// `frame`.
fn mean_affinity(
    affinity: &ImplicitAffinity,
    worms: impl Fn(&str) -> bool,
    pair: impl Fn(&str, &str) -> bool,
    frame: impl Fn(usize) -> bool,
) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for worm in affinity.worms.iter().filter(|worm| worms(&worm.recording_id)) {
        let is_meant = |&(i, j): &(usize, usize)| {
            worm.observed[i] && worm.observed[j] && pair(&affinity.neurons[i], &affinity.neurons[j])
        };
        for (i, j) in pairs(affinity.n_neurons()).filter(is_meant) {
            let both = worm.h.row(i).into_iter().zip(worm.h.row(j)).enumerate();
            for (_, (a, b)) in both.filter(|(t, _)| frame(*t)) {
                sum += (a * b).max(0.0);
                n += 1.0;
            }
        }
    }
    assert!(n > 0.0, "a mean of nothing");
    sum / n
}

#[test]
fn planted_motifs_stand_out_in_their_pairs_intervals_and_animals() {
    let worms = run_of(&registry(), "simulate.worms", json!({}), &[]).unwrap().tables;
    let (affinity, _) = affinity(json!({}), &[("traces", &worms["traces"])]);
    assert_eq!(affinity.n_neurons(), 48);
    assert!(affinity.has_gaps(), "a tenth of the neurons of an animal has no name");
    let motif = Planted::of(&worms);
    let within = |i: &str, j: &str| motif.neurons.contains(i) && motif.neurons.contains(j);
    let its_own = |worm: &str| motif.animals.contains(worm);
    let inside = mean_affinity(&affinity, its_own, within, |t| motif.is_on(t));
    let elsewhere = [
        ("other times", mean_affinity(&affinity, its_own, within, |t| !motif.is_on(t))),
        ("other pairs", mean_affinity(&affinity, its_own, |i, j| !within(i, j), |t| motif.is_on(t))),
        ("other animals", mean_affinity(&affinity, |worm| !its_own(worm), within, |t| motif.is_on(t))),
    ];
    for (name, found) in elsewhere {
        assert!(inside > 2.0 * found, "{inside:.2e} inside, {found:.2e} in {name}");
    }
}

#[test]
fn the_shipped_calcium_recording_has_an_affinity() {
    let params =
        json!({"path": "data/suite2p", "fs_hz": 1, "recording_id": "suite2p", "signals": ["fluorescence"]});
    let traces = run_of(&registry(), "ingest.suite2p", params, &[]).unwrap().tables["traces"].clone();
    let (affinity, warnings) = affinity(json!({"sigma": 2, "theta_mad": 1}), &[("traces", &traces)]);
    assert_eq!((affinity.n_neurons(), affinity.n_frames(), affinity.worms.len()), (219, 2000, 1));
    assert!(affinity.sum_of_squares() > 0.0 && !affinity.has_gaps());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("47 neurons never change"), "{warnings:?}");
}

/// Worms of `path`, read and homogenised.
fn homogenised(path: &Path) -> StepOutput {
    let run = |id: &str, params: Value, inputs: &Inputs| {
        let registry = registry();
        let step = registry.get(id).unwrap();
        step.run(&RunContext::for_test(workspace_root()), &step.check(&params).unwrap(), inputs).unwrap()
    };
    let worms = run("ingest.celegans", json!({"path": path}), &Inputs::default());
    let traces = whole(worms.stored["traces"].as_ref()).unwrap();
    let inputs = Inputs::default().with_table("traces", traces);
    let inputs = inputs.with_table("recordings", worms.tables["recordings"].clone());
    run("celegans.homogenise", json!({"resample_dt_s": 0.6}), &inputs)
}

fn worm_affinity(path: &Path, params: Value) -> ImplicitAffinity {
    let output = homogenised(path);
    let traces = whole(output.stored["traces"].as_ref()).unwrap();
    let inputs = [("traces", &traces), ("recordings", &output.tables["recordings"])];
    affinity(params, &inputs).0
}

/// The place of the pair `left`, `right` among all partners of `left`, by mean affinity in all animals; 0 is the first.
fn rank_of_partner(affinity: &ImplicitAffinity, left: &str, right: &str) -> usize {
    let place = |name: &str| affinity.neurons.iter().position(|known| known == name).unwrap();
    let (left, right) = (place(left), place(right));
    let of_partner = |partner: usize| -> f64 {
        let of_worm = |h: &ndarray::Array2<f64>| -> f64 {
            h.row(left).iter().zip(h.row(partner)).map(|(a, b)| (a * b).max(0.0)).sum()
        };
        affinity.worms.iter().map(|worm| of_worm(&worm.h)).sum()
    };
    let partners = (0..affinity.n_neurons()).filter(|&partner| partner != left);
    partners.filter(|&partner| of_partner(partner) > of_partner(right)).count()
}

#[test]
fn left_and_right_of_the_shipped_worm_change_together() {
    let affinity = worm_affinity(&workspace_root().join("data/celegans"), json!({}));
    assert_eq!((affinity.n_neurons(), affinity.worms.len()), (98, 1));
    for (left, right) in [("AVAL", "AVAR"), ("AVEL", "AVER"), ("AIBL", "AIBR")] {
        let rank = rank_of_partner(&affinity, left, right);
        // Without any relation, each of the 97 places would be as likely.
        assert!(rank < 10, "{right} is partner {rank} of {left}");
    }
}

#[test]
fn real_worms_share_their_named_neurons() {
    let Some(folder) = shared_data("celegans/dag2023/swf702_with_id") else { return };
    let affinity = worm_affinity(&folder, json!({"min_worms": 3}));
    assert_eq!(affinity.worms.len(), 5);
    assert!(affinity.n_neurons() > 60 && affinity.has_gaps(), "{} neurons", affinity.n_neurons());
    assert!(affinity.neurons.iter().all(|name| name.parse::<u32>().is_err()), "unnamed neurons are left out");
    assert!((affinity.sum_of_squares() - 5.0).abs() < 1e-9);
    let rank = rank_of_partner(&affinity, "AVAL", "AVAR");
    assert!(rank < 10, "AVAR is partner {rank} of AVAL");
}
