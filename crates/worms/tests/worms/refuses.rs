//! What readers refuse, with the file, the field and the place.

use std::path::Path;

use neuroloom_celegans::Profile::Exact;
use neuroloom_core::{Error, files};
use neuroloom_worms::Source;

use crate::support::{copied, fixture, options, read};

fn refused(source: Source, path: &Path) -> String {
    let error: Error = read(source, path, &options(Exact)).unwrap_err();
    assert!(error.location().file.is_some(), "{error}");
    error.report()
}

/// What reading a Leifer worm says where one of its three files holds `text`.
fn leifer(file: &str, text: &str) -> String {
    let folder = copied("Leifer2023");
    files::write_bytes(&folder.path().join(file), text.as_bytes()).unwrap();
    refused(Source::Leifer2023, folder.path())
}

/// What reading a Flavell worm says where `from` becomes `to`.
fn flavell(from: &str, to: &str) -> String {
    let folder = copied("Flavell2023");
    let path = folder.path().join("worm.json");
    let text = files::read_text(&path).unwrap();
    assert!(text.contains(from));
    files::write_bytes(&path, text.replacen(from, to, 1).as_bytes()).unwrap();
    refused(Source::Flavell2023, &path)
}

/// What reading the Dag worm says with the label dictionary `text`.
fn dictionary(text: &str) -> String {
    let folder = copied("Dag2023");
    files::write_bytes(&folder.path().join("NeuroPAL_labels_dict.json"), text.as_bytes()).unwrap();
    refused(Source::Dag2023, &folder.path().join("2022-07-27-45-data.h5"))
}

fn table(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    files::write_bytes(&folder.path().join("worm.csv"), text.as_bytes()).unwrap();
    refused(Source::Venkatachalam2024, folder.path())
}

fn lines(words: &[&str], n: usize) -> String {
    (0..n).map(|_| format!("{}\n", words.join(" "))).collect()
}

#[test]
fn matlab_5_is_no_matlab_7_3_and_the_other_way_round() {
    let v5 = refused(Source::Kato2015, &fixture("Lin2023/run1.mat"));
    assert!(v5.contains("MATLAB 5") || v5.contains("MAT"), "{v5}");
    let v73 = refused(Source::Lin2023, &fixture("Kato2015/WT_Stim.mat"));
    assert!(v73.contains("7.3"), "{v73}");
}

#[test]
fn another_source_lacks_what_this_one_has() {
    let dag = refused(Source::Dag2023, &fixture("Nejatbakhsh2020/sub-worm1_ophys.nwb"));
    assert!(dag.contains("/timing/timestamp_confocal"), "{dag}");
    let nwb = refused(Source::Nejatbakhsh2020, &fixture("Dag2023/2022-07-27-45-data.h5"));
    assert!(nwb.contains("SignalCalciumImResponseSeries"), "{nwb}");
    assert!(
        refused(Source::Lin2023, &fixture("Yemini2021/Tail_Activity_OH16230.mat")).contains("corrected_F")
    );
    assert!(refused(Source::Yemini2021, &fixture("Lin2023/run1.mat")).contains("files"));
    let struct_ = refused(Source::Kato2015, &fixture("Dag2023/2022-07-27-45-data.h5"));
    assert!(struct_.contains("struct") && struct_.contains("gcamp"), "{struct_}");
}

#[test]
fn cut_files_and_absent_files() {
    let folder = copied("Kato2015");
    let path = folder.path().join("WT_Stim.mat");
    let bytes = files::read_bytes(&path).unwrap();
    files::write_bytes(&path, &bytes[..bytes.len() / 2]).unwrap();
    refused(Source::Kato2015, &path);
    let leifer = copied("Leifer2023");
    files::remove_file(&leifer.path().join("0_t.txt")).unwrap();
    assert!(refused(Source::Leifer2023, leifer.path()).contains("0_t.txt"));
    let flavell = copied("Flavell2023");
    files::remove_file(&flavell.path().join("neurons.json")).unwrap();
    assert!(refused(Source::Flavell2023, &flavell.path().join("time_trace.json")).contains("neurons.json"));
}

#[test]
fn clocks_must_run() {
    let from = |times: Vec<String>| leifer("0_t.txt", &times.join("\n"));
    let times = |at: usize, value: &str| -> Vec<String> {
        (0..24).map(|t| if t == at { value.to_owned() } else { t.to_string() }).collect()
    };
    let stuck = from(times(7, "6"));
    assert!(stuck.contains("do not increase") && stuck.contains("at 7"), "{stuck}");
    assert!(from(times(3, "nan")).contains("at 3"));
    assert!(from((0..23).map(|t| t.to_string()).collect()).contains("fewer times than samples"));
    assert!(from((0..25).map(|t| t.to_string()).collect()).contains("differ in length"));
}

#[test]
fn text_must_be_a_matrix_of_finite_numbers_as_high_as_the_clock() {
    let word = leifer("0_gcamp.txt", &format!("{}1 2 x 4\n", lines(&["1", "2", "3", "4"], 23)));
    assert!(word.contains("line 24, column 3") && word.contains("\"x\""), "{word}");
    let ragged = leifer("0_gcamp.txt", &format!("{}1 2 3\n", lines(&["1", "2", "3", "4"], 23)));
    assert!(ragged.contains("line 24"), "{ragged}");
    let infinite = leifer("0_gcamp.txt", &format!("{}1 2 inf 4\n", lines(&["1", "2", "3", "4"], 23)));
    assert!(infinite.contains("infinite") && infinite.contains("column 2 at 23"), "{infinite}");
    assert!(leifer("0_gcamp.txt", "").contains("labels"));
    let transposed = leifer("0_gcamp.txt", &lines(&["1"; 24], 40));
    assert!(transposed.contains("transposed"), "{transposed}");
    assert!(leifer("0_labels.txt", "AVAL\nAVAR\n").contains("labels and traces differ"));
}

#[test]
fn json_must_have_the_layout_of_its_source() {
    assert!(flavell("timestamp_confocal", "timestamps").contains("timestamp_confocal"));
    assert!(flavell("\"3\"", "\"0\"").contains("region \"0\""));
    assert!(flavell("\"3\"", "\"4\"").contains("from 1 to 3"));
    assert!(flavell("\"3\"", "\"1\"").contains("twice"));
    assert!(flavell("null", "\"high\"").contains("line 1"));
    let short = flavell("[[0.0, ", "[[");
    assert!(short.contains("differ in length"), "{short}");
}

#[test]
fn the_label_dictionary_must_have_its_shape() {
    assert!(dictionary("[]").contains("object"));
    assert!(dictionary(r#"{"2022-07-27-45": []}"#).contains("no regions"));
    assert!(dictionary(r#"{"2022-07-27-45": [{"6": {"label": "AVAL"}}]}"#).contains("from 1 to 5"));
    assert!(dictionary(r#"{"2022-07-27-45": [{"2": {}, "2": {}}]}"#).contains("twice"));
    assert!(dictionary(r#"{"2022-07-27-45": [{"2": {"label": 7}}]}"#).contains("line 1"));
}

#[test]
fn tables_must_have_names_and_samples() {
    let header = |n: usize| -> String {
        let names: Vec<String> = (0..n).map(|i| (i as i64 - 9).to_string()).collect();
        names.join(",").replacen("-8", "neuron", 1)
    };
    assert!(table("a,b\n1,2\n").contains("neuron"));
    assert!(table(&format!("{}\n", header(108))).contains("no samples"));
    assert!(table(&format!("{}\n", header(110))).contains("no traces"));
    let row = |last: &str| format!("{}\n1,AVAL{},{last},2\n", header(110), ",".repeat(106));
    assert!(table(&row("x")).contains("row 2, column 108"));
    assert!(table(&format!("{}\n1,AVAL\n", header(110))).contains("row 2"));
    let folder = tempfile::tempdir().unwrap();
    files::write_bytes(&folder.path().join("a.zip"), b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .unwrap();
    assert!(refused(Source::Venkatachalam2024, folder.path()).contains("no tables"));
}
