//! One square matrix as text: comma, tab or semicolon between cells, labels in the first row, the first column, both or neither.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use neuroloom_core::{Error, Result, files};

use super::descriptors::Descriptors;
use super::matrices::Matrices;
use super::params::Layout;
use super::set::RdmSet;

/// # Errors
/// When a cell is no number, rows differ in their number of cells, the matrix is no RDM, or the labels of rows and columns differ.
pub(super) fn read(path: &Path) -> Result<RdmSet> {
    parse(&files::read_text(path)?).map_err(|error| error.at_file(path)).map(|(matrices, labels)| {
        let mut patterns = Descriptors::of("condition");
        if let Some(labels) = labels {
            patterns.add("label", labels);
        }
        RdmSet { path: path.to_path_buf(), matrices, measure: None, rdms: Descriptors::of("RDM"), patterns }
    })
}

fn parse(text: &str) -> Result<(Matrices, Option<Vec<String>>)> {
    let mut rows = records(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let header = take_header(&mut rows);
    let first_line = 1 + usize::from(header.is_some());
    let n = rows.len();
    let has_labels = rows.first().is_some_and(|row| row.len() == n + 1);
    let row_labels: Option<Vec<String>> =
        has_labels.then(|| rows.iter().map(|row| cell(row, 0).to_owned()).collect());
    let skipped = usize::from(has_labels);
    let mut values = Vec::with_capacity(n * n);
    for (i, row) in rows.iter().enumerate() {
        for (j, text) in row.iter().enumerate().skip(skipped) {
            values.push(text.trim().parse::<f64>().map_err(|_| {
                Error::data("a dissimilarity is no number")
                    .at_object(format!("line {}, cell {}", i + first_line, j + 1))
                    .expected("a number, or nan")
                    .found(format!("{text:?}"))
            })?);
        }
    }
    let n_columns = rows.first().map_or(0, |row| row.len() - skipped);
    let matrices = Matrices::of(&[n, n_columns], &values, Layout::Square)?;
    let column_labels = header.map(|header| last(&header, n));
    Ok((matrices, agreed(column_labels, row_labels)?))
}

fn records(text: &str) -> Result<Vec<StringRecord>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';'].into_iter().find(|&mark| first.as_bytes().contains(&mark)).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    let read: std::result::Result<Vec<StringRecord>, csv::Error> = reader.records().collect();
    read.map_err(|error| {
        Error::data(format!("the table cannot be read: {error}")).expected("as many cells in every row")
    })
}

/// The first row, where it has labels: one of its cells is no number, or it is one row too many.
fn take_header(rows: &mut Vec<StringRecord>) -> Option<StringRecord> {
    let first = rows.first()?;
    let is_word = first.iter().any(|cell| cell.trim().parse::<f64>().is_err());
    // A first column of labels alone makes words, too: then there are as many rows as numbers in each.
    let has_labels_only = is_word && first.len() == rows.len() + 1;
    ((is_word && !has_labels_only) || rows.len() == first.len() + 1).then(|| rows.remove(0))
}

fn cell(row: &StringRecord, at: usize) -> &str {
    row.get(at).unwrap_or_default().trim()
}

fn last(row: &StringRecord, n: usize) -> Vec<String> {
    row.iter().skip(row.len().saturating_sub(n)).map(|label| label.trim().to_owned()).collect()
}

/// The labels of columns and rows, which are the same where both are there.
fn agreed(columns: Option<Vec<String>>, rows: Option<Vec<String>>) -> Result<Option<Vec<String>>> {
    let (Some(columns), Some(rows)) = (&columns, &rows) else { return Ok(columns.or(rows)) };
    match columns.iter().zip(rows).position(|(column, row)| column != row) {
        Some(at) => Err(Error::data("the labels of rows and columns differ")
            .at_object(format!("condition {at}, from 0"))
            .expected(format!("{:?}, the label of the column", columns[at]))
            .found(format!("{:?}", rows[at]))),
        None => Ok(Some(columns.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Option<Vec<String>> {
        let (matrices, labels) = parse(text).unwrap();
        assert_eq!((matrices.n_conditions, matrices.vectors), (3, vec![vec![1.0, 2.0, 3.0]]));
        labels
    }

    #[test]
    fn labels_may_stand_on_either_side() {
        let named = Some(["a", "b", "c"].map(String::from).to_vec());
        assert_eq!(labels("0,1,2\n1,0,3\n2,3,0\n"), None);
        assert_eq!(labels("a,b,c\n0,1,2\n1,0,3\n2,3,0\n"), named);
        assert_eq!(labels("a\t0\t1\t2\nb\t1\t0\t3\nc\t2\t3\t0\n"), named);
        assert_eq!(labels(";a;b;c\na;0;1;2\nb;1;0;3\nc;2;3;0\n"), named);
        let numbered = Some(["1", "2", "3"].map(String::from).to_vec());
        assert_eq!(labels("1,2,3\n0,1,2\n1,0,3\n2,3,0\n"), numbered);
    }

    #[test]
    fn what_is_no_matrix_is_refused_at_its_place() {
        let refused = |text: &str| parse(text).map(drop).unwrap_err().to_string();
        assert!(
            refused("0,1\n1,x\n").contains("line 2, cell 2") || refused("0,1\n1,x\n").contains("no number")
        );
        assert!(refused(",a,b\na,0,1\nc,1,0\n").contains("labels of rows and columns differ"));
        assert!(refused("0,1,2\n1,0\n").contains("as many cells"));
        assert!(refused("0,1,2,3\n1,0,3,4\n").contains("not square"));
    }
}
