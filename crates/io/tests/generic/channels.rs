//! Tables of what is known of channels: residuals, positions, neighbourhoods.

use neuroloom_core::{Error, Result, Table};
use neuroloom_io::table_file;
use neuroloom_table::Columns;
use serde_json::{Value, json};

use crate::folder_with;
use crate::table::params;

fn read(text: &str, mut value: Value) -> Result<Table> {
    let folder = folder_with("m1.csv", text.as_bytes());
    value["path"] = json!("m1.csv");
    Ok(table_file::read(folder.path(), &params(value))?.channels.unwrap())
}

fn refused(text: &str, value: Value) -> Error {
    read(text, value).map(drop).unwrap_err()
}

#[test]
fn positions_have_two_coordinates_or_three() {
    let flat = json!({ "as": "positions", "columns": { "unit": "roi", "x": "col", "y": "row" }, "value_unit": "um" });
    let text = "roi,row,col,depth,label\n11,1,2,30,soma\n7,4,5,31,axon\n";
    let table = read(text, flat).unwrap();
    let at = |name: &str, row: usize| table.numbers(name).unwrap().get(row);
    // Sorted by unit, as text.
    assert_eq!([at("x", 0), at("y", 0), at("z", 0)], [Some(2.0), Some(1.0), None]);
    assert_eq!(table.text("unit_id").unwrap().get(1), Some("7"));
    assert_eq!(table.text("position_unit").unwrap().get(0), Some("um"));
    let deep =
        json!({ "as": "positions", "columns": { "unit": "roi", "x": "col", "y": "row", "z": "depth" } });
    assert_eq!(read(text, deep).unwrap().numbers("z").unwrap().get(1), Some(31.0));
}

#[test]
fn neighbourhoods_and_residuals_have_a_row_each() {
    let text = "session,seed,voxel\na,v1,v1\na,v1,v2\nb,v9,v2\n";
    let columns = json!({ "recording": "session", "centre": "seed", "unit": "voxel" });
    let table = read(text, json!({ "as": "neighbourhoods", "columns": columns })).unwrap();
    assert_eq!(table.n_rows(), 3);
    assert_eq!(table.text("centre_id").unwrap().get(2), Some("v9"));

    let text = "voxel,scan,r\nv1,0,0.5\nv1,1,-0.5\nv2,0,NA\n";
    let columns = json!({ "unit": "voxel", "observation": "scan", "value": "r" });
    let table = read(text, json!({ "as": "residuals", "columns": columns })).unwrap();
    assert_eq!(table.numbers("residual").unwrap().get(1), Some(-0.5));
    assert!(table.numbers("residual").unwrap().get(2).unwrap().is_nan());
}

#[test]
fn what_is_wrong_is_named() {
    let columns = json!({ "unit": "voxel", "observation": "scan", "value": "r" });
    let residuals = json!({ "as": "residuals", "columns": columns });
    let half = refused("voxel,scan,r\nv1,0.5,1\n", residuals.clone()).report();
    assert!(half.contains("an observation") && half.contains("line 2"), "{half}");
    let twice = refused("voxel,scan,r\nv1,0,1\nv1,0,2\n", residuals).report();
    assert!(twice.contains("v1"), "{twice}");
    let issue =
        refused("voxel,x\nv1,0\n", json!({ "as": "positions", "columns": { "unit": "voxel", "x": "x" } }));
    assert!(issue.report().contains("columns.y"), "{}", issue.report());
}
