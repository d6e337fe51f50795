//! Draws a model RDM of a ring and the map it was made from: `cargo run --example draw_figure > ring.svg`.

use std::f64::consts::TAU;

use neuroloom_core::figure::{Axis, ColourScale, Content, Figure, Heatmap, Panel, Scatter};

fn main() -> neuroloom_core::Result<()> {
    let directions: Vec<f64> = (0..36).map(|i| TAU * f64::from(i) / 36.0).collect();
    let distances = directions.iter().flat_map(|a| directions.iter().map(move |b| 1.0 - (a - b).cos()));
    let labels: Vec<String> = directions.iter().map(|angle| format!("{angle:.2}")).collect();
    let rdm = Content::Heatmap(Heatmap {
        n_rows: 36,
        n_columns: 36,
        values: distances.collect(),
        row_labels: labels.clone(),
        column_labels: labels,
        colour_label: "dissimilarity".into(),
        scale: ColourScale::Sequential,
    });
    let map = Content::Scatter(Scatter {
        x: directions.iter().map(|angle| angle.cos()).collect(),
        y: directions.iter().map(|angle| angle.sin()).collect(),
        colour: directions,
        colour_label: "head direction (rad)".into(),
        scale: ColourScale::Circular,
        labels: Vec::new(),
        closed_path: true,
        equal_axes: true,
    });
    let panel = |title: &str, axes: &str, content| Panel {
        title: title.into(),
        x: Axis::new(axes),
        y: Axis::new(axes),
        content,
    };
    let figure = Figure::new("ring", "A ring of head directions", "Neighbouring directions are alike.")
        .panel(panel("RDM", "head direction (rad)", rdm))
        .panel(panel("Map", "", map));
    println!("{}", neuroloom_report::figure::draw(&figure)?);
    Ok(())
}
