//! Wrong files are refused, and the message says where and why.

use std::path::PathBuf;

use neuroloom_core::{Error, files};
use neuroloom_wiring::{EdgeList, Source, Strain, read_edge_list, read_file, read_folder, read_source};
use rust_hdf5::{DatatypeMessage, H5File};

use crate::support::{fixture, text_file};

const HEADER: &str = "pre,post,type,synapses\n";

/// The error for a nemanode export.
fn refused(text: &str) -> Error {
    let (_folder, path) = text_file("white_1986_whole.csv", text);
    read_source(&path, Source::White1986Whole, Strain::Wt).unwrap_err()
}

fn says(error: &Error, words: &[&str]) {
    let report = error.report();
    for word in words {
        assert!(report.contains(word), "{word:?} is not in: {report}");
    }
}

#[test]
fn a_missing_column_lists_those_present() {
    let error = refused("pre,post,type,weight\nA,B,chemical,1\n");
    says(&error, &["a column is missing", "white_1986_whole.csv", "row 1", "\"synapses\"", "\"weight\""]);
    says(&refused(""), &["no connectome comes in this format", "empty"]);
}

#[test]
fn a_missing_sheet_lists_those_present() {
    let error = read_source(&fixture("witvliet_2020_7.xlsx"), Source::Cook2019, Strain::Wt).unwrap_err();
    says(
        &error,
        &["a sheet is missing", "\"hermaphrodite chemical\"", "\"witvliet_2020_7 adult\", \"notes\""],
    );
    let error = read_source(&fixture("chklovskii.xls"), Source::Openworm, Strain::Wt).unwrap_err();
    says(&error, &["\"Connectome\"", "\"NeuronConnect.csv\", \"notes\""]);
}

#[test]
fn wrong_rows_are_named() {
    let row = |row: &str| refused(&format!("{HEADER}AVAL,AVAR,chemical,1\n{row}\n"));
    says(&row("AVAL,AVAR,chemical,many"), &["no number", "row 3, column D", "\"many\""]);
    says(&row("AVAL,AVAR,chemical,nan"), &["no number", "row 3, column D"]);
    says(&row("AVAL,AVAR,chemical,"), &["a cell is empty", "row 3, column D", "synapses"]);
    says(&row(",AVAR,chemical,1"), &["a cell is empty", "row 3, column A"]);
    says(&row("AVAL,AVAR,chemical,-2"), &["makes no sense", "row 3", "-2 for AVAL to AVAR"]);
    says(&row("AVAL,AVAR,chemcial,2"), &["unknown", "row 3", "electrical", "\"chemcial\""]);
    says(&row("AVAL,AVAR,\"chemical,2"), &["quoted cell", "row 3, column C"]);
}

#[test]
fn wrong_q_values_are_named() {
    let (_folder, path) = text_file("mine.csv", "pre,post,type,weight,q\nAVAL,AVAR,functional,-1,1.5\n");
    let mut list = EdgeList::new("mine", "dF/F");
    list.columns.q_value = Some("q".into());
    says(&read_edge_list(&path, &list).unwrap_err(), &["not a probability", "row 2, column E", "1.5"]);
}

#[test]
fn wrong_json_is_refused_with_its_line() {
    let error = |text: &str| {
        let (_folder, path) = text_file("white_1986_jse.json", text);
        read_file(&path, Strain::Wt).unwrap_err()
    };
    says(&error("[{\"pre\":\"A\",\n\"post\":7}]"), &["no list of connections", "line 2"]);
    says(
        &error(r#"[{"pre":"A","post":"B","syn":[1],"typ":1}]"#),
        &["unknown", "connection 0", "0 (chemical)"],
    );
    says(&error(r#"[{"pre":"A","post":"B","syn":[-1],"typ":0}]"#), &["makes no sense", "connection 0"]);
}

#[test]
fn a_file_of_another_format_is_refused() {
    let (_folder, path) = text_file("funatlas.h5", "pre,post\n");
    says(
        &read_source(&path, Source::Funconn, Strain::Wt).unwrap_err(),
        &["another format", "HDF5", "text with columns"],
    );
    says(&read_source(&path, Source::White1986Jse, Strain::Wt).unwrap_err(), &["another format", "JSON"]);
    let error = read_source(&fixture("funatlas.h5"), Source::Chklovskii, Strain::Wt).unwrap_err();
    says(&error, &["another format", "HDF5"]);
    says(&read_file(&path, Strain::Wt).unwrap_err(), &["of no known connectome", "cook2019"]);
}

/// An atlas with these names and square matrices of `n` rows that hold `amplitude` and `q_value`.
fn atlas_file(ids: &[&str], n: usize, q_value: f64) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("funatlas.h5");
    let file = H5File::create(&path).unwrap();
    let names = file.new_dataset::<u8>().datatype(DatatypeMessage::fixed_string_utf8(6)).shape([ids.len()]);
    let bytes = ids.iter().flat_map(|id| id.bytes().chain(std::iter::repeat(0)).take(6));
    names.create("neuron_ids").unwrap().write_raw_bytes(&bytes.collect::<Vec<u8>>()).unwrap();
    let strain = file.create_group("wt").unwrap();
    for (name, value) in [("dFF", 0.5), ("q", q_value)] {
        let matrix = strain.new_dataset::<f64>().shape([n, n]).create(name).unwrap();
        matrix.write_raw(&vec![value; n * n]).unwrap();
    }
    file.close().unwrap();
    (folder, path)
}

#[test]
fn an_atlas_of_other_names_or_sizes_is_refused() {
    let refused = |ids: &[&str], n, q_value, strain| {
        let (_folder, path) = atlas_file(ids, n, q_value);
        read_source(&path, Source::Funconn, strain).unwrap_err()
    };
    let names = neuroloom_celegans::names::NAMES;
    let (_folder, right) = atlas_file(&names, 300, 0.5);
    assert_eq!(read_source(&right, Source::Funconn, Strain::Wt).unwrap().readings.len(), 90_000);
    says(&refused(&names, 299, 0.5, Strain::Wt), &["another size", "wt/dFF", "300 x 300", "299 x 299"]);
    says(&refused(&names, 300, 1.5, Strain::Wt), &["not a probability", "wt/q, ADAL to ADAL"]);
    says(&refused(&names[1..], 300, 0.5, Strain::Wt), &["not the 300 neurons", "299 names"]);
    let mut strange = names;
    strange[7] = "CANL";
    says(&refused(&strange, 300, 0.5, Strain::Wt), &["not the 300 neurons", "\"CANL\""]);
    says(&refused(&names, 300, 0.5, Strain::Unc31), &["a dataset is missing", "unc31/dFF"]);
}

#[test]
fn two_files_of_one_source_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["white_1986_jsh.csv", "copy_of_white_jsh.csv"] {
        files::write_bytes(&folder.path().join(name), format!("{HEADER}A,B,chemical,1\n").as_bytes())
            .unwrap();
    }
    let error = read_folder(folder.path(), Strain::Wt).unwrap_err();
    says(&error, &["two files hold the source white1986_jsh", "copy_of_white_jsh.csv", "white_1986_jsh.csv"]);
}

#[test]
fn a_folder_without_connectomes_is_refused() {
    let (folder, _) = text_file("other.csv", "a,b\n1,2\n");
    says(&read_folder(folder.path(), Strain::Wt).unwrap_err(), &["no known connectome", "chklovskii"]);
    assert!(read_folder(&folder.path().join("absent"), Strain::Wt).is_err());
}
