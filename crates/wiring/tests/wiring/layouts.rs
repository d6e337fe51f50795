//! Every layout on a small file whose readings are known.

use neuroloom_celegans::connectome::Reading;
use neuroloom_wiring::spreadsheet::{Cell, Workbook};
use neuroloom_wiring::{Source, Strain, read_file, read_source};

use crate::support::{fixture, text_file};

/// The readings of the only source in a file, a line each.
fn lines(source: &str, path: &std::path::Path) -> Vec<String> {
    let collection = read_file(path, Strain::Wt).unwrap();
    let found = collection.get(source).unwrap_or_else(|| panic!("{source} is not recognised"));
    found.readings.iter().map(line).collect()
}

fn line(reading: &Reading) -> String {
    let q_value = reading.q_value.map(|q| format!(" q {q}")).unwrap_or_default();
    let Reading { row, pre, post, kind, weight, .. } = reading;
    format!("{row}: {pre} {post} {kind} {weight}{q_value}")
}

#[test]
fn nemanode_workbooks_are_read() {
    let expected = ["0: AVAL VA02 chemical 3", "1: AVAL AVAR electrical 2", "2: AVAL AVAR chemical 1.5"];
    assert_eq!(lines("witvliet2020_7", &fixture("witvliet_2020_7.xlsx")), expected);
}

#[test]
fn nemanode_text_may_have_tabs_in_spite_of_its_ending() {
    for text in [
        "pre\tpost\ttype\tsynapses\nADAL\tADFL\telectrical\t1\n",
        "pre,post,type,synapses\r\nADAL,ADFL,electrical,1",
    ] {
        let (_folder, path) = text_file("white_1986_jsh.csv", text);
        assert_eq!(lines("white1986_jsh", &path), ["0: ADAL ADFL electrical 1"]);
    }
}

#[test]
fn synapses_in_json_are_summed() {
    let text = r#"[{"pre":"PVCR","post":"LUAR","syn":[1,2.5],"typ":0},{"pre":"A","post":"B","syn":[1],"typ":2,"x":0}]"#;
    let (_folder, path) = text_file("white_1986_jse.json", text);
    assert_eq!(lines("white1986_jse", &path), ["0: PVCR LUAR chemical 3.5", "1: A B electrical 1"]);
}

#[test]
fn matrices_of_cook_are_read_without_their_sums() {
    let expected = [
        "0: I1L I1R chemical 10",
        "1: DA01 AVAL chemical 4",
        "2: AVAL BWM-DL01 chemical 7",
        "3: I1L I1R electrical 2",
        "4: I1R I1L electrical 2",
    ];
    assert_eq!(lines("cook2019", &fixture("cook.xlsx")), expected);
}

#[test]
fn old_workbooks_are_read() {
    let expected = [
        "0: AVAL VA02 Sp 3",
        "1: AVAL PVCR S 2",
        "2: VA02 AVAL Rp 3",
        "3: AVAL AVAR EJ 4",
        "4: VA02 NMJ NMJ 1.25",
    ];
    assert_eq!(lines("chklovskii", &fixture("chklovskii.xls")), expected);
    let expected = ["0: AVAL VA2 Send 3", "1: AVAL AVAR GapJunction 1"];
    assert_eq!(lines("openworm", &fixture("openworm.xls")), expected);
}

#[test]
fn shared_strings_over_many_records_and_packed_numbers_are_read() {
    let notes = Workbook::open(&fixture("chklovskii.xls")).unwrap().sheet("notes").unwrap();
    for row in [0, 1, 299, 511, 897, 899] {
        let tail = if row % 3 == 0 { "α" } else { "x" }.repeat(9);
        assert_eq!(notes.text(row, 0), Some(format!("note {row} {tail}")));
    }
    let numbers: Vec<f64> = (1..6).map(|column| notes.number(0, column).unwrap().unwrap()).collect();
    assert_eq!(numbers, [1.0, -2.0, 0.25, 1e300, 7.01]);
}

#[test]
fn characters_that_xml_escapes_are_read() {
    let notes = Workbook::open(&fixture("witvliet_2020_7.xlsx")).unwrap().sheet("notes").unwrap();
    let row: Vec<&Cell> = notes.row_from(0, 0).map(|(_, cell)| cell).collect();
    // A formula without a stored result has no value.
    assert_eq!(row, [&Cell::Text("R&D <7>".into()), &Cell::Text("1".into())]);
}

#[test]
fn the_columns_of_the_atlas_are_the_stimulated_neurons() {
    let path = fixture("funatlas.h5");
    let place = |post: &str, pre: &str| {
        let slot = |name| neuroloom_celegans::names::slot(name).unwrap();
        slot(post) * 300 + slot(pre)
    };
    let expected = [
        format!("{}: AWCOFF AVAL functional -0.4 q 0.01", place("AVAL", "AWCL")),
        format!("{}: AVAL AVAR functional 0.7 q 0.2", place("AVAR", "AVAL")),
    ];
    assert_eq!(lines("funconn", &path), expected);
    let mutant = read_source(&path, Source::Funconn, Strain::Unc31).unwrap();
    assert_eq!((mutant.source.as_str(), mutant.readings[0].weight), ("funconn_unc31", 0.4));
}
