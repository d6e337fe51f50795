//! The slow, obvious version: means of rows, resampled rows and stimuli written out.

use neuroloom_trsa::identify::Descriptor;
use neuroloom_trsa::pairs;
use neuroloom_trsa::transforms::{GeoTop, rank};

/// A row with its subject and region.
#[derive(Clone)]
pub struct Row {
    pub subject: String,
    pub region: String,
    pub values: Vec<f64>,
}

/// What `descriptor` makes of dissimilarities, by the transforms of the crate.
pub fn transformed(descriptor: Descriptor, d: &[f64]) -> Vec<f64> {
    match descriptor {
        Descriptor::Raw => d.to_vec(),
        Descriptor::Rank => rank(d),
        Descriptor::GeoTop(cell) => GeoTop::new(cell.l(), cell.u(), true).unwrap().transform(d).unwrap(),
    }
}

/// The region with the nearest mean over the rows of other subjects, for every row.
pub fn nearest(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| nearest_to(row, rows)).collect()
}

fn nearest_to(row: &Row, rows: &[Row]) -> String {
    let others: Vec<&Row> = rows.iter().filter(|other| other.subject != row.subject).collect();
    let mut regions: Vec<&str> = others.iter().map(|other| other.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    let mut best: Option<(f64, &str)> = None;
    for region in regions {
        let members: Vec<&&Row> = others.iter().filter(|other| other.region == region).collect();
        let mean =
            |i: usize| members.iter().map(|member| member.values[i]).sum::<f64>() / members.len() as f64;
        let distance: f64 = row.values.iter().enumerate().map(|(i, value)| (value - mean(i)).powi(2)).sum();
        if best.is_none_or(|(nearest, _)| distance < nearest * (1.0 - 1e-12)) {
            best = Some((distance, region));
        }
    }
    best.unwrap().1.to_owned()
}

/// Accuracy over the rows whose region another subject has.
pub fn accuracy(rows: &[Row]) -> f64 {
    let found = nearest(rows);
    let is_known = |row: &Row| rows.iter().any(|o| o.subject != row.subject && o.region == row.region);
    let tested: Vec<bool> = rows
        .iter()
        .zip(found)
        .filter(|(row, _)| is_known(row))
        .map(|(row, found)| row.region == found)
        .collect();
    tested.iter().filter(|&&correct| correct).count() as f64 / tested.len() as f64
}

/// Dissimilarities among drawn stimuli, copies written out, pairs of a stimulus with its own copy dropped.
pub fn resampled(d: &[f64], n: usize, drawn: &[usize]) -> Vec<f64> {
    let mut square = vec![vec![f64::NAN; n]; n];
    for ((i, j), &value) in pairs(n).zip(d) {
        square[i][j] = value;
        square[j][i] = value;
    }
    pairs(drawn.len()).map(|(i, j)| square[drawn[i]][drawn[j]]).filter(|value| !value.is_nan()).collect()
}
