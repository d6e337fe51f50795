//! Simulated responses as a table.

use ndarray::Array2;
use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::names::unit_ids;

/// Peak memory of a row: while it is built, and as a table.
pub(crate) const BYTES_PER_ROW: u64 = 300;

/// The responses of one population.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    pub(crate) recording_id: String,
    pub(crate) region: Option<String>,
    /// Responses `[n_conditions, n_channels]` of every fold, in arbitrary units.
    pub(crate) folds: Vec<Array2<f64>>,
}

/// A row per population, channel, fold and condition. `values` are those of the conditions, where they have any (unit 1).
pub(crate) fn table(populations: &[Population], values: Option<&[f64]>) -> Result<Table> {
    let n_conditions = populations.iter().flat_map(|p| &p.folds).map(Array2::nrows).max().unwrap_or(0);
    let n_channels = populations.iter().flat_map(|p| &p.folds).map(Array2::ncols).max().unwrap_or(0);
    let conditions: Vec<String> = unit_ids(n_conditions).collect();
    let units: Vec<String> = unit_ids(n_channels).collect();
    let rows = || {
        populations.iter().flat_map(|population| {
            let channels = 0..population.folds.first().map_or(0, Array2::ncols);
            channels.flat_map(move |channel| {
                let folds = population.folds.iter().enumerate();
                folds.flat_map(move |(fold, responses)| {
                    let column = responses.column(channel).to_vec().into_iter().enumerate();
                    column.map(move |(condition, response)| (population, channel, fold, condition, response))
                })
            })
        })
    };
    let value = |condition: usize| values.and_then(|values| values.get(condition).copied());
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", rows().map(|row| &row.0.recording_id))
        .text("unit_id", rows().map(|row| &units[row.1]))
        .optional_text("region", rows().map(|row| row.0.region.as_ref()))
        .text("condition", rows().map(|row| &conditions[row.3]))
        .optional_numbers("condition_value", rows().map(|row| value(row.3)))
        .optional_text("condition_unit", rows().map(|row| value(row.3).map(|_| "1")))
        .integers("fold", rows().map(|row| row.2 as i64))
        .numbers("response", rows().map(|row| row.4))
        .text("response_unit", rows().map(|_| "a.u."))
        .finish()
}
