//! Real recordings, where they are at hand.

use neuroloom_celegans::Profile::Exact;
use neuroloom_testkit::shared_data;
use neuroloom_worms::{ReadOptions, Source};

use crate::support::{correlation, listing, options, read};

#[test]
fn six_dag_worms_of_which_one_has_no_identities() {
    let Some(folder) = shared_data("celegans/dag2023") else { return };
    let listing = listing(Source::Dag2023, &folder, &options(Exact)).unwrap();
    let found: Vec<_> = listing
        .units
        .iter()
        .map(|unit| match unit.skip_reason() {
            Some(reason) => (unit.id.as_str(), reason.to_owned(), 0, 0),
            None => {
                let worm = unit.read().unwrap();
                let n = (worm.recording.columns.len(), worm.recording.times_s.len());
                assert!(worm.notes.is_empty(), "{:?}", worm.notes);
                (unit.id.as_str(), String::new(), n.0, n.1)
            }
        })
        .collect();
    let read = |uid, n| (uid, String::new(), n, 800);
    let expected = [
        ("Dag2023/2022-01-16-01", "2022-01-16-01 is not in the label dictionary".to_owned(), 0, 0),
        read("Dag2023/2022-07-26-31", 146),
        read("Dag2023/2022-07-26-38", 141),
        read("Dag2023/2022-07-27-31", 145),
        // Defect A: the published pipeline loses this one.
        read("Dag2023/2022-07-27-45", 140),
        read("Dag2023/2022-08-02-38", 139),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_dag_worm_keeps_its_clock_labels_and_behaviour() {
    let Some(folder) = shared_data("celegans/dag2023/swf702_with_id") else { return };
    let worms = read(Source::Dag2023, &folder, &options(Exact)).unwrap();
    // The dictionary lies one folder above.
    let n_labelled: Vec<usize> = worms.iter().map(|(_, worm)| worm.n_labelled()).collect();
    assert!(n_labelled.iter().all(|n| (87..=110).contains(n)), "{n_labelled:?}");
    let (_, worm) = &worms[0];
    assert_eq!(worm.recording.times_s[0], 1228334.1461311695);
    assert_eq!(worm.recording.columns[2].label_given.as_deref(), Some("RIAR"));
    assert!((worm.duration_s() - 480.665).abs() < 1e-3);
    let signals: Vec<&str> = worm.behaviour.iter().map(|behaviour| behaviour.signal.as_str()).collect();
    assert!(signals.contains(&"velocity") && !signals.contains(&"pumping"), "{signals:?}");
    assert_eq!(worm.stretches.len(), 34);
}

#[test]
fn a_worm_that_met_food_says_when() {
    let Some(folder) = shared_data("celegans/dag2023") else { return };
    // A dictionary that names the worm without identities.
    let labels = tempfile::NamedTempFile::new().unwrap();
    neuroloom_core::files::write_bytes(labels.path(), br#"{"2022-01-16-01": [{}, null]}"#).unwrap();
    let options = ReadOptions { labels: Some(labels.path().to_path_buf()), ..options(Exact) };
    let file = folder.join("swf415_no_id/2022-01-16-01-data.h5");
    let (_, worm) = &read(Source::Dag2023, &file, &options).unwrap()[0];
    assert_eq!(worm.n_labelled(), 0);
    let food = worm.stretches.iter().find(|stretch| stretch.set == "food_encounter").unwrap();
    assert_eq!(food.start_s, worm.recording.times_s[324]);
}

#[test]
fn both_forms_of_the_flavell_worm_have_neurons_that_move_together() {
    let Some(folder) = shared_data("celegans/flavell2023") else { return };
    let worms = read(Source::Flavell2023, &folder, &options(Exact)).unwrap();
    let ids: Vec<&str> = worms.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["Flavell2023/derived_wormwideweb_layout", "Flavell2023/time_trace"]);
    for (_, worm) in &worms {
        let times_s = &worm.recording.times_s;
        assert_eq!((times_s.len(), worm.recording.columns.len()), (1600, 98));
        assert!((worm.duration_s() - 961.9).abs() < 0.1 && (times_s[1] - times_s[0] - 0.600).abs() < 1e-3);
        for (left, right, expected) in
            [("AVAL", "AVAR", 0.97), ("AVEL", "AVER", 0.96), ("AIBL", "AIBR", 0.94)]
        {
            let r = correlation(worm, left, right);
            assert!((r - expected).abs() < 0.006, "{left} {right} {r}");
        }
    }
    assert_eq!(worms[0].1.recording.columns, worms[1].1.recording.columns);
}
