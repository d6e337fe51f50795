//! `ntf.affinity` on tables: results.

use neuroloom_core::Table;
use neuroloom_ntf::affinity::{AffinityOptions, DifferentialAffinity, Normalize, pairs};
use neuroloom_ntf::{ImplicitAffinity, Layout, read_affinity};
use neuroloom_table::Columns;
use serde_json::{Value, json};

use crate::support::{Trace, refused, run, three_recordings as rows, traces};

const ID: &str = "ntf.affinity";

fn affinity(params: Value, rows: &[Trace]) -> ImplicitAffinity {
    let output = run(ID, params, &[("traces", &traces(rows))]).unwrap();
    read_affinity(&output.tables["affinity"]).unwrap()
}

fn warnings(params: Value, rows: &[Trace]) -> Vec<String> {
    run(ID, params, &[("traces", &traces(rows))]).unwrap().summary.warnings
}

#[test]
fn neurons_of_two_recordings_make_the_tensor() {
    let found = affinity(json!({}), &rows());
    assert_eq!(found.neurons, ["N00", "N01", "N02", "N03"]);
    assert_eq!((found.layout, found.n_frames(), found.dt_s), (Layout::Pairs, 80, 0.25));
    let observed: Vec<usize> =
        found.worms.iter().map(|worm| worm.observed.iter().filter(|observed| **observed).count()).collect();
    assert_eq!(observed, [4, 4, 3]);
    assert!((found.sum_of_squares() - 3.0).abs() < 1e-12, "every recording has the norm 1");
    assert_eq!(affinity(json!({"min_worms": 1}), &rows()).n_neurons(), 5);
    assert_eq!(affinity(json!({"min_worms": 3}), &rows()).n_neurons(), 3);
}

#[test]
fn a_single_recording_keeps_all_its_neurons_and_its_unit() {
    let rows: Vec<Trace> = rows().into_iter().filter(|row| row.recording == "a").collect();
    let found = affinity(json!({"normalize": "none", "layout": "square"}), &rows);
    assert_eq!((found.n_neurons(), found.layout), (5, Layout::Square));
    let options = AffinityOptions { normalize: Normalize::None, ..AffinityOptions::default() };
    let given: Vec<_> = rows.iter().map(|row| Some(row.samples.clone())).collect();
    let roots = DifferentialAffinity::new(options).unwrap().signed_roots(&given).unwrap();
    assert_eq!(found.worms[0].h, roots);
}

#[test]
fn the_stored_tensor_is_the_implicit_one() {
    for layout in ["pairs", "square"] {
        let implicit = affinity(json!({"layout": layout}), &rows()).to_dense();
        let output =
            run(ID, json!({"layout": layout, "form": "dense"}), &[("traces", &traces(&rows()))]).unwrap();
        assert!(!output.tables.contains_key("affinity"));
        let tensor = &output.tables["tensor"];
        let values = tensor.lists("values").unwrap();
        let last = *implicit.shape().last().unwrap();
        let fibres: Vec<f64> =
            (0..tensor.n_rows()).flat_map(|row| values.get(row).unwrap().into_owned()).collect();
        assert_eq!(tensor.n_rows() * last, implicit.len());
        for (found, expected) in fibres.iter().zip(&implicit) {
            assert!((found.is_nan() && expected.is_nan()) || (found - expected).abs() <= 1e-7 * expected);
        }
    }
}

#[test]
fn rows_of_the_stored_tensor_stand_at_their_indices() {
    let output = run(ID, json!({"form": "dense"}), &[("traces", &traces(&rows()))]).unwrap();
    let tensor = &output.tables["tensor"];
    let implicit = affinity(json!({}), &rows()).to_dense();
    let index = |name: &str, row: usize| tensor.integers(name).unwrap().value(row) as usize;
    for row in [0, 1, 100, 239] {
        let values = tensor.lists("values").unwrap().get(row).unwrap().into_owned();
        let (t, worm) = (index("index_0", row), index("index_1", row));
        let expected =
            implicit.slice(ndarray::s![t, worm, ..]).iter().map(|&x| f64::from(x as f32)).collect::<Vec<_>>();
        let same = values.iter().zip(&expected).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
        assert!(same, "{values:?} {expected:?}");
    }
    let all_null = tensor.batch().column_by_name("index_2").unwrap();
    assert_eq!(all_null.null_count(), tensor.n_rows());
}

#[test]
fn modes_are_labelled() {
    let modes = |layout: &str| {
        let output =
            run(ID, json!({"layout": layout, "form": "dense"}), &[("traces", &traces(&rows()))]).unwrap();
        output.tables["modes"].clone()
    };
    let labels = |table: &Table, mode: i64| {
        let (numbers, labels) = (table.integers("mode").unwrap(), table.text("label").unwrap());
        let of_mode = (0..table.n_rows()).filter(|&row| numbers.value(row) == mode);
        of_mode.map(|row| labels.get(row).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let pairs_modes = modes("pairs");
    assert_eq!(labels(&pairs_modes, 0).len(), 80);
    assert_eq!(labels(&pairs_modes, 1), ["a", "bb", "ccc"]);
    let names = ["N00", "N01", "N02", "N03"];
    let expected: Vec<String> = pairs(4).map(|(i, j)| format!("{}|{}", names[i], names[j])).collect();
    assert_eq!(labels(&pairs_modes, 2), expected);
    assert_eq!(pairs_modes.numbers("t_s").unwrap().get(4), Some(1.0));
    let square = modes("square");
    assert_eq!(
        [labels(&square, 0), labels(&square, 1)],
        [names.map(str::to_owned), names.map(str::to_owned)]
    );
    assert_eq!([labels(&square, 2).len(), labels(&square, 3).len()], [80, 3]);
}

#[test]
fn minima_are_stored() {
    let output = run(ID, json!({"combine": "min"}), &[("traces", &traces(&rows()))]).unwrap();
    assert_eq!(output.tables.keys().copied().collect::<Vec<_>>(), ["modes", "tensor"]);
    let geometric = affinity(json!({"scale": "none"}), &rows()).to_dense();
    let unscaled =
        run(ID, json!({"combine": "min", "scale": "none"}), &[("traces", &traces(&rows()))]).unwrap();
    let values = unscaled.tables["tensor"].lists("values").unwrap();
    let minima = (0..240).flat_map(|row| values.get(row).unwrap().into_owned());
    assert!(minima.zip(&geometric).all(|(min, mean)| min.is_nan() || min <= mean * (1.0 + 1e-6)));
}

#[test]
fn widths_in_seconds_are_widths_in_frames() {
    assert_eq!(affinity(json!({"sigma_s": 0.75}), &rows()), affinity(json!({"sigma": 3}), &rows()));
    assert_eq!(affinity(json!({}), &rows()), affinity(json!({"sigma": 2}), &rows()));
    assert_ne!(affinity(json!({}), &rows()), affinity(json!({"sigma": 3}), &rows()));
}

#[test]
fn small_changes_can_count_as_none() {
    let zeros = |params: Value| {
        let affinity = affinity(params, &rows());
        affinity.worms.iter().flat_map(|worm| &worm.h).filter(|h| **h == 0.0).count()
    };
    let none = zeros(json!({}));
    assert!(zeros(json!({"theta_mad": 0.5})) > none + 100);
    assert!(zeros(json!({"theta": 0.02})) > none + 100);
}

#[test]
fn recordings_are_cut_to_what_all_have() {
    let mut rows = rows();
    rows.iter_mut().filter(|row| row.recording == "bb").for_each(|row| row.samples.truncate(60));
    assert_eq!(affinity(json!({}), &rows).n_frames(), 60);
    assert!(warnings(json!({}), &rows)[0].contains("cut to 60 frames; the longest loses 20"));
    let report = refused(ID, json!({"length": "error"}), &[("traces", &traces(&rows))]);
    assert!(report.contains("bb and a") && report.contains("found: 80"), "{report}");
}

#[test]
fn invalid_samples_mask_the_neuron_or_its_entries() {
    let mut rows = rows();
    rows[1].samples[40] = f64::NAN;
    let found = affinity(json!({}), &rows);
    assert_eq!(found.worms[0].observed, [true, false, true, true]);
    let warning = warnings(json!({}), &rows).remove(0);
    assert!(
        warning.contains("a: 1 neurons have invalid (NaN) samples") && warning.contains("N01"),
        "{warning}"
    );
    let output = run(ID, json!({"form": "dense"}), &[("traces", &traces(&rows))]).unwrap();
    let values = output.tables["tensor"].lists("values").unwrap();
    let n_masked = |frame: usize| values.get(3 * frame).unwrap().iter().filter(|x| x.is_nan()).count();
    assert_eq!([n_masked(30), n_masked(32), n_masked(48), n_masked(49)], [0, 3, 3, 0]);
}

#[test]
fn pairs_of_one_animal_are_warned_of() {
    let found = warnings(json!({"min_worms": 1}), &rows());
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("4 of 10 pairs are observed in fewer than 2 recordings (0 in none)"),
        "{found:?}"
    );
    assert!(warnings(json!({"min_worms": 2}), &rows()).is_empty());
}

#[test]
fn neurons_that_never_change_are_warned_of() {
    let mut rows = rows();
    rows.iter_mut().filter(|row| row.neuron == "N01").for_each(|row| row.samples.fill(0.2));
    let found = warnings(json!({}), &rows);
    assert_eq!(found, ["1 neurons never change beyond the threshold in any recording: N01"]);
    rows.iter_mut().filter(|row| row.recording == "bb").for_each(|row| row.samples.fill(0.2));
    assert!(warnings(json!({}), &rows)[0].contains("bb: no two neurons ever change together"));
}

#[test]
fn the_report_has_its_figures() {
    let summary = run(ID, json!({}), &[("traces", &traces(&rows()))]).unwrap().summary;
    let names: Vec<&str> = summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["mean_affinity", "co_changing_pairs"]);
    let text = serde_json::to_string(&summary).unwrap();
    assert!(text.contains("N03") && text.contains("ccc"));
}

#[test]
fn any_number_of_threads_gives_the_same_roots() {
    let with_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| run(ID, json!({"theta_mad": 0.3}), &[("traces", &traces(&rows()))]).unwrap().tables)
    };
    assert_eq!(with_threads(1), with_threads(2));
}
