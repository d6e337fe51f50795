//! Residuals of a group of neurons from their table.

use std::collections::{BTreeSet, HashMap};

use ndarray::{Array2, Axis};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::steps::responses::Group;

/// Residuals of the neurons of a group.
pub struct Residuals {
    /// `[n_observations, n_channels]`
    pub values: Array2<f64>,
    /// The fold of every observation, where the table tells.
    folds: Vec<Option<i64>>,
}

impl Residuals {
    /// Those of the neurons of a group, observations in the order of their numbers.
    ///
    /// # Errors
    /// A neuron without residuals, an observation that a neuron lacks or has twice, one in two folds.
    pub fn read(table: &Table, group: &Group) -> Result<Self> {
        let (recordings, units) = (table.text("recording_id")?, table.text("unit_id")?);
        let observations = table.integers("observation")?;
        let (values, folds) = (table.numbers("residual")?, table.numbers("fold")?);
        let channel_of: HashMap<&str, usize> =
            group.channels.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let channel = |row: usize| {
            let name = format!("{}/{}", recordings.get_or_empty(row), units.get_or_empty(row));
            channel_of.get(name.as_str()).copied()
        };
        let rows: Vec<(usize, usize)> =
            (0..table.n_rows()).filter_map(|row| Some((row, channel(row)?))).collect();
        let numbers: BTreeSet<i64> = rows.iter().map(|&(row, _)| observations.value(row)).collect();
        let place_of: HashMap<i64, usize> =
            numbers.iter().enumerate().map(|(place, &number)| (number, place)).collect();
        let mut found = Array2::from_elem((numbers.len(), group.channels.len()), None);
        let mut fold_of = vec![None; numbers.len()];
        for &(row, channel) in &rows {
            let Some(&place) = place_of.get(&observations.value(row)) else { continue };
            let wrong = |message: &str| {
                Error::data(format!("residuals: {message}")).at_offset(row as u64).at_object(format!(
                    "unit {}, observation {}",
                    group.channels[channel],
                    observations.value(row)
                ))
            };
            if found[[place, channel]].replace(values.get(row).unwrap_or(f64::NAN)).is_some() {
                return Err(wrong("a residual stands twice"));
            }
            let fold = folds.get(row).map(|fold| fold as i64);
            if *fold_of[place].get_or_insert(fold) != fold {
                return Err(wrong("an observation lies in two folds"));
            }
        }
        complete(&found, group, &numbers)?;
        let folds = fold_of.into_iter().map(Option::flatten).collect();
        Ok(Self { values: found.mapv(Option::unwrap_or_default), folds })
    }

    /// Those of every fold of the group.
    ///
    /// # Errors
    /// A fold without residuals.
    pub fn of_folds(&self, group: &Group) -> Result<Vec<Array2<f64>>> {
        let of_fold = |&fold: &i64| {
            let places: Vec<usize> =
                (0..self.folds.len()).filter(|&place| self.folds[place] == Some(fold)).collect();
            if places.is_empty() {
                let known: BTreeSet<i64> = self.folds.iter().copied().flatten().collect();
                return Err(Error::data("residuals: a fold has none")
                    .at_object(format!("{}: fold {fold}", group.name))
                    .expected("residuals with the number of every fold of the responses")
                    .found(format!("residuals of folds {known:?}"))
                    .hint("use `per_fold: false`, or number the folds of the residuals as those of the responses"));
            }
            Ok(self.values.select(Axis(0), &places))
        };
        group.folds.iter().map(of_fold).collect()
    }
}

fn complete(found: &Array2<Option<f64>>, group: &Group, numbers: &BTreeSet<i64>) -> Result<()> {
    let expected = "a residual of every unit of the group for every observation";
    if found.is_empty() {
        return Err(Error::data("residuals: there are none for a group of neurons")
            .at_object(&group.name)
            .expected(expected)
            .found("no row of its units")
            .hint("look whether recording_id and unit_id are those of the responses"));
    }
    match found.indexed_iter().find(|(_, value)| value.is_none()) {
        Some(((place, channel), _)) => Err(Error::data("residuals are missing")
            .at_object(format!(
                "unit {}, observation {}",
                group.channels[channel],
                numbers.iter().nth(place).copied().unwrap_or_default()
            ))
            .expected(expected)
            .found("no row")),
        None => Ok(()),
    }
}
