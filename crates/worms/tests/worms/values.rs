//! Every reader gives exactly what the reference writer put into the file.

use neuroloom_celegans::Profile::{Compat, Exact};
use neuroloom_worms::Source;

use crate::support::{T, assert_same, labels, times, trace, traces, worms};

#[test]
fn zimmer_files_hold_several_worms_with_nested_names() {
    let found = worms(Source::Kato2015, "Kato2015/WT_Stim.mat", Exact);
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["Kato2015/WT_Stim/worm00", "Kato2015/WT_Stim/worm01"]);
    let [(_, first), (_, second)] = found.as_slice() else { panic!() };
    assert_eq!(labels(first), ["AVAL", "AVAR", "", "RIM?"]);
    assert_eq!(traces(first), [trace(0, 0), trace(0, 1), trace(0, 2), trace(0, 3)]);
    assert_same(&first.recording.times_s, &times(0.0, 0.5));
    assert_eq!(labels(second), ["AVBL", "AVBR"]);
    assert_eq!(traces(second), [trace(1, 0), trace(1, 1)]);
    assert_same(&second.recording.times_s, &times(10.0, 0.5));
    assert_eq!((first.strain.as_deref(), first.recording.signal_unit.as_str()), (Some("WT"), "dF/F0"));
}

#[test]
fn zimmer_fields_have_other_names_in_other_sources() {
    let (_, worm) = &worms(Source::Kato2015, "Kato2015/WT_NoStim.mat", Exact)[0];
    assert_eq!(labels(worm), ["AVAL", "SMDVL", ""]);
    let (id, worm) = &worms(Source::Kaplan2020, "Kaplan2020", Exact)[0];
    assert_eq!(id, "Kaplan2020/Neuron2019_Data_MNhisCl_RIShisCl/worm00");
    assert_eq!((labels(worm), worm.strain.as_deref()), (vec!["VB02", "RIBL"], Some("MNhisCl_RIShisCl")));
    assert_eq!(labels(&worms(Source::Uzel2022, "Uzel2022", Exact)[1].1), ["RIML", "RIMR"]);
    assert_eq!(labels(&worms(Source::Nichols2017, "Nichols2017", Exact)[1].1), ["RIS", ""]);
    assert_eq!(traces(&worms(Source::Skora2018, "Skora2018", Exact)[0].1), [trace(0, 0), trace(0, 1)]);
}

#[test]
fn dag_files_get_labels_from_the_dictionary_and_lose_surplus_times() {
    let (id, worm) = &worms(Source::Dag2023, "Dag2023/2022-07-27-45-data.h5", Exact)[0];
    assert_eq!(id, "Dag2023/2022-07-27-45");
    assert_eq!(labels(worm), ["", "AVAL", "VB02", "", "AVAR"]);
    assert_eq!(traces(worm), (0..5).map(|n| trace(0, n)).collect::<Vec<_>>());
    assert_same(&worm.recording.times_s, &times(1.2e6, 0.6));
    assert!(worm.notes[0].contains("26 times cut to the 24 samples"));
    // Pumping was never measured.
    let signals: Vec<(&str, &str)> = worm.behaviour.iter().map(|b| (b.signal.as_str(), b.unit)).collect();
    assert_eq!(signals, [("head_angle", "rad"), ("velocity", "mm/s")]);
    assert_eq!(worm.behaviour[1].values[3], 0.03);
    let stretches: Vec<_> =
        worm.stretches.iter().map(|s| (s.set, s.start_s - 1.2e6, s.stop_s - 1.2e6)).collect();
    let expected = [("reversal", 0.6, 2.4), ("reversal", 5.4, 6.6), ("food_encounter", 1.8, 1.8)];
    for (found, expected) in stretches.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert!((found.1 - expected.1).abs() < 1e-9 && (found.2 - expected.2).abs() < 1e-9, "{found:?}");
    }
    assert_eq!(stretches.len(), 3);
}

#[test]
fn flavell_json_has_gaps_and_labels_by_region() {
    let (id, worm) = &worms(Source::Flavell2023, "Flavell2023/worm.json", Exact)[0];
    assert_eq!((id.as_str(), labels(worm)), ("Flavell2023/worm", vec!["AVAL", "", "AVA?"]));
    assert_eq!(worm.recording.columns[0].trace[4], 0.45);
    assert!(worm.recording.columns[1].trace[2].is_nan());
    assert_eq!(worm.behaviour[0].signal, "velocity");
    assert_eq!((worm.stretches[0].start_s, worm.stretches[0].stop_s), (0.6, 0.6 * 3.0));
    let (_, compat) = &worms(Source::Flavell2023, "Flavell2023/worm.json", Compat)[0];
    assert_eq!(compat.recording.columns[0].trace[4], f64::from(0.45_f32));
}

#[test]
fn flavell_frames_take_their_names_from_the_file_beside() {
    let (id, worm) = &worms(Source::Flavell2023, "Flavell2023/time_trace.json", Exact)[0];
    assert_eq!((id.as_str(), labels(worm)), ("Flavell2023/time_trace", vec!["RIML", "RIMR"]));
    assert_eq!(traces(worm), [trace(0, 0), trace(0, 1)]);
    assert_same(&worm.recording.times_s, &times(0.0, 0.6));
}

#[test]
fn nwb_keeps_its_own_clock_in_exact_and_has_4_hz_in_compat() {
    let (_, worm) = &worms(Source::Nejatbakhsh2020, "Nejatbakhsh2020", Exact)[0];
    assert_eq!(labels(worm), ["AVAL", "", "AVAR"]);
    let mut gappy = trace(0, 1);
    gappy[5] = f64::NAN;
    assert_same(&worm.recording.columns[1].trace, &gappy);
    assert_eq!(worm.regular, Some((1.0, 0.25)));
    assert_eq!((worm.strain.as_deref(), worm.session.age.as_deref()), (Some("OH16230"), Some("P2D")));
    assert!(worm.session.start.as_deref().unwrap().starts_with("2020-01-02T03:04:05"));
    let (_, compat) = &worms(Source::Nejatbakhsh2020, "Nejatbakhsh2020", Compat)[0];
    assert_eq!(compat.regular, Some((0.0, 0.25)));
    assert!(compat.notes[0].contains("4 Hz assumed"));
}

#[test]
fn yemini_classes_get_sides_and_missing_neurons_are_no_zeros_in_exact() {
    for file in ["Yemini2021/Head_Activity_OH16230.mat", "Yemini2021/Tail_Activity_OH16230.mat"] {
        let found = worms(Source::Yemini2021, file, Exact);
        let [(id, first), (_, second)] = found.as_slice() else { panic!() };
        assert!(id.ends_with("_Activity_OH16230/worm00"));
        assert_eq!(labels(first), ["AVAL", "AVAR", "RIS"]);
        let cut = |worm, neuron| trace(worm, neuron)[4..].to_vec();
        assert_eq!(traces(first), [cut(0, 0), cut(0, 1), cut(0, 2)]);
        assert_eq!(labels(second), ["AVAL", "RIS"]);
        assert_eq!(traces(second), [cut(1, 0), cut(1, 2)]);
        assert_eq!(second.recording.columns[1].raw_column, 2);
        assert_eq!((first.regular, first.recording.times_s.len()), (Some((1.0, 0.25)), T - 4));
        assert_eq!(
            (first.strain.as_deref(), second.session.description.as_deref()),
            (Some("OH16230"), Some("worm_b.czi"))
        );
        let compat = worms(Source::Yemini2021, file, Compat);
        assert_eq!(labels(&compat[1].1), ["AVAL", "", "RIS"]);
        assert_eq!(traces(&compat[1].1)[1], vec![0.0; T - 4]);
    }
}

#[test]
fn lin_keeps_proofread_neurons_and_takes_the_first_sample_from_the_baseline() {
    let (id, worm) = &worms(Source::Lin2023, "Lin2023", Exact)[0];
    assert_eq!((id.as_str(), labels(worm)), ("Lin2023/run1", vec!["ASEL", "AWCL"]));
    let mut expected = trace(0, 2);
    (expected[0], expected[7]) = (2.25, f64::NAN);
    assert_same(&worm.recording.columns[1].trace, &expected);
    assert_eq!((worm.recording.columns[1].raw_column, worm.recording.columns[0].trace[0]), (2, 0.25));
    assert_same(&worm.recording.times_s, &times(0.0, 0.3));
}

#[test]
fn leifer_labels_stay_as_they_are_written() {
    let (id, worm) = &worms(Source::Leifer2023, "Leifer2023", Exact)[0];
    assert_eq!((id.as_str(), labels(worm)), ("Leifer2023/0", vec!["AVAL", "", "AVE", "merge"]));
    let mut gappy = trace(0, 1);
    gappy[3] = f64::NAN;
    assert_same(&worm.recording.columns[1].trace, &gappy);
    assert_same(&worm.recording.times_s, &times(0.0, 0.5));
}

#[test]
fn venkatachalam_tables_begin_after_the_blank_frames() {
    let found = worms(Source::Venkatachalam2024, "Venkatachalam2024", Exact);
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["Venkatachalam2024/worm_0", "Venkatachalam2024/worm_1"]);
    let worm = &found[1].1;
    assert_eq!(labels(worm), ["AVAL", "AVAR", "OLLL"]);
    let mut gappy = trace(1, 1);
    gappy[4] = f64::NAN;
    assert_same(&worm.recording.columns[1].trace, &gappy);
    assert_same(&worm.recording.times_s, &(98..98 + T).map(|f| f as f64 * 0.375).collect::<Vec<_>>());
}
