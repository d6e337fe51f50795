//! Which rows belong to which worm.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};
use neuroloom_io::row_groups::RowGroups;

use super::columns::Rows;

/// Digits of the number of a worm, so that byte order is the order of the numbers.
const DIGITS: usize = 4;

/// The worms with the places of their rows, by id.
pub(super) struct Index {
    pub worms: BTreeMap<String, Vec<Place>>,
}

/// A row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// File and row group.
    pub group: (usize, usize),
    pub row: usize,
}

impl Index {
    /// Looks through the names of data sets and worms in `files`.
    ///
    /// # Errors
    /// When a file is damaged or lacks these columns, or a data set that was asked for is in none.
    pub fn of(files: &[RowGroups], wanted: Option<&[String]>) -> Result<Self> {
        let mut worms: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let mut present: BTreeMap<String, ()> = BTreeMap::new();
        for (file, groups) in files.iter().enumerate() {
            for group in 0..groups.n_groups() {
                let rows = Rows(groups.read(group, &["source_dataset", "worm"])?);
                let at = |error: Error| error.at_file(groups.path());
                let (sources, numbers) =
                    (rows.texts("source_dataset").map_err(at)?, rows.texts("worm").map_err(at)?);
                for row in 0..rows.0.num_rows() {
                    let source = sources.value(row);
                    if !present.contains_key(source) {
                        present.insert(source.to_owned(), ());
                    }
                    if wanted.is_some_and(|wanted| wanted.iter().all(|name| name != source)) {
                        continue;
                    }
                    let id = format!("{source}/{}", padded(numbers.value(row)));
                    worms.entry(id).or_default().push(Place { group: (file, group), row });
                }
            }
        }
        let names: Vec<&str> = present.keys().map(String::as_str).collect();
        match wanted.unwrap_or_default().iter().find(|name| !present.contains_key(*name)) {
            None => Ok(Self { worms }),
            Some(absent) => Err(Error::params(format!("the collection has no data set {absent:?}"))
                .at_object("sources")
                .expected(names.join(", "))
                .found(absent.clone())),
        }
    }
}

/// `worm12` as `worm0012`; a name of another form as it is.
fn padded(worm: &str) -> String {
    match worm.strip_prefix("worm") {
        Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("worm{number:0>DIGITS$}")
        }
        _ => worm.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worms_keep_the_order_of_their_numbers() {
        assert!(padded("worm2") < padded("worm10"));
        assert_eq!(["worm12", "worm", "w-1"].map(padded), ["worm0012", "worm", "w-1"]);
    }
}
