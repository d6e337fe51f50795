//! `ingest.connectome` as a step.

use std::path::Path;

use neuroloom_core::files;
use neuroloom_table::{Columns, parquet};
use serde_json::json;

use crate::support::{connectome, fixture, ingest, text_file};

#[test]
fn a_folder_gives_every_source_and_says_what_is_absent() {
    let output = ingest(&fixture(""), &json!({ "path": "." })).unwrap();
    let readings = &output.tables["readings"];
    assert_eq!(readings.n_rows(), 3 + 5 + 5 + 2 + 2);
    let absent = output.summary.metrics.iter().find(|metric| metric.name.contains("not given")).unwrap();
    let absent = serde_json::to_string(&absent.value).unwrap();
    assert_eq!(absent, "\"white1986_jse, white1986_jsh, white1986_n2u, white1986_whole, witvliet2020_8\"");
    let atlas = &output.tables["atlas"];
    assert_eq!((atlas.n_rows(), atlas.text("class").unwrap().get(299)), (300, Some("VD")));
}

#[test]
fn an_edge_list_of_ones_own_goes_all_the_way() {
    let (folder, _) = text_file("mine.csv", "a;b;t;n\nAVAL;VA02;syn;3\nAVAL;AVAR;gap;2\n");
    let params = json!({
        "path": "mine.csv", "source": "mine",
        "columns": { "pre": "a", "post": "b", "type": "t", "weight": "n" },
        "types": { "syn": "chemical", "gap": "electrical" },
    });
    let output = ingest(folder.path(), &params).unwrap();
    let edges = connectome(&output.tables["readings"], &json!({})).tables.remove("edges").unwrap();
    let rows: Vec<_> = (0..edges.n_rows())
        .map(|row| {
            let text = |column: &str| edges.text(column).unwrap().get(row).unwrap().to_owned();
            let number = |column: &str| edges.numbers(column).unwrap().get(row).unwrap();
            (text("pre"), text("post"), number("gap"), number("chem"))
        })
        .collect();
    let edge = |pre: &str, post: &str, gap, chem| (pre.to_owned(), post.to_owned(), gap, chem);
    assert_eq!(
        rows,
        [edge("AVAL", "AVAR", 2.0, 0.0), edge("AVAL", "VA2", 0.0, 3.0), edge("AVAR", "AVAL", 2.0, 0.0)]
    );
}

#[test]
fn readings_that_were_written_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let written = ingest(&fixture(""), &json!({ "path": "." })).unwrap().tables.remove("readings").unwrap();
    parquet::write(&folder.path().join("readings.parquet"), &written).unwrap();
    let read = ingest(folder.path(), &json!({ "path": "." })).unwrap().tables.remove("readings").unwrap();
    assert_eq!(read, written);
}

#[test]
fn other_files_in_a_folder_are_passed_over_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, text: &str| files::write_bytes(&folder.path().join(name), text.as_bytes()).unwrap();
    write("white_n2u.csv", "pre,post,type,synapses\nA,B,chemical,1\n");
    write("behaviour.csv", "t,x\n1,2\n");
    write("README.md", "a,b\n");
    write("neurons.csv", "label,type\nAVAL,interneuron\n");
    let output = ingest(folder.path(), &json!({ "path": "." })).unwrap();
    assert_eq!(output.summary.warnings, ["behaviour.csv is of no known connectome and was passed over"]);
    assert_eq!(output.tables["atlas"].text("type").unwrap().get(0), Some("inter"));
}

#[test]
fn wrong_parameters_are_all_reported() {
    let refused = |params| ingest(Path::new("."), &params).unwrap_err().message().to_owned();
    let message =
        refused(json!({ "path": "", "source": "cook2018", "sheet": "x", "types": { "a": "chemical" } }));
    for word in ["path must", "source must be one of chklovskii", "sheet is for", "types is for"] {
        assert!(message.contains(word), "{word:?} is not in {message}");
    }
    let message =
        refused(json!({ "path": "a", "columns": {}, "weight_unit": "", "types": { "syn": "chem" } }));
    for word in ["source must name", "weight_unit must", "types.syn must be one of chemical"] {
        assert!(message.contains(word), "{word:?} is not in {message}");
    }
}

#[test]
fn names_outside_the_300_are_warned_about_with_the_commonest() {
    let mut output = ingest(&fixture(""), &json!({ "path": "cook.xlsx" })).unwrap();
    let readings = output.tables.remove("readings").unwrap();
    let warnings = connectome(&readings, &json!({})).tables.remove("warnings").unwrap();
    let messages = warnings.text("message").unwrap();
    let message =
        (0..warnings.n_rows()).filter_map(|row| messages.get(row)).find(|text| text.contains("outside"));
    assert!(message.unwrap().contains("\"BWM-DL01\" (1)"), "{message:?}");
}
