//! Results as tables.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::results::{Group, Results, Spread, Test};
use crate::identify::{Cell, Class, Descriptor, Outcome};

/// Bytes of a row of the identification table while it is built.
pub(super) const BYTES_PER_ROW: u64 = 400;

/// A row per descriptor and RDM.
pub(super) fn identification(results: &Results) -> Result<Table> {
    let rdms: Vec<(&str, &str, &str)> = results.observations.rdms().collect();
    let regions = results.observations.design().regions();
    let rows: Vec<(Descriptor, usize, Outcome)> = results
        .descriptors
        .all()
        .iter()
        .zip(&results.identified)
        .flat_map(|(&descriptor, identified)| {
            let outcomes = identified.outcomes.iter().enumerate();
            outcomes.map(move |(rdm, &outcome)| (descriptor, rdm, outcome))
        })
        .collect();
    let cell = |of: fn(&Cell) -> f64| rows.iter().map(move |row| row.0.cell().as_ref().map(of));
    TableBuilder::new(kinds::IDENTIFICATION)
        .text("descriptor", rows.iter().map(|row| row.0.to_string()))
        .optional_text("class", rows.iter().map(|row| row.0.cell().map(|cell| Class::of(cell).name())))
        .optional_numbers("l", cell(Cell::l))
        .optional_numbers("u", cell(Cell::u))
        .text("rdm_id", rows.iter().map(|row| rdms[row.1].0))
        .text("subject", rows.iter().map(|row| rdms[row.1].1))
        .text("region", rows.iter().map(|row| rdms[row.1].2))
        .text("predicted", rows.iter().map(|row| &regions[row.2.predicted]))
        .optional_bools("correct", rows.iter().map(|row| Some(row.2.is_correct)))
        .numbers("within", rows.iter().map(|row| row.2.within))
        .numbers("across", rows.iter().map(|row| row.2.across))
        .optional_numbers("ratio", rows.iter().map(|row| row.2.ratio()))
        .finish()
}

struct AccuracyRow {
    level: &'static str,
    name: String,
    class: Option<Class>,
    cell: Option<Cell>,
    accuracy: f64,
    spread: Option<Spread>,
}

/// A row per descriptor, per class, and for the nested selection.
pub(super) fn accuracy(results: &Results) -> Result<Table> {
    let rows = accuracy_rows(results);
    let n_rdms = results.observations.rdms().count() as i64;
    let chance = results.observations.design().chance();
    let spread = |of: fn(&Spread) -> f64| rows.iter().map(move |row| row.spread.as_ref().map(of));
    TableBuilder::new(kinds::ACCURACY)
        .text("level", rows.iter().map(|row| row.level))
        .text("descriptor", rows.iter().map(|row| &row.name))
        .optional_text("class", rows.iter().map(|row| row.class.map(Class::name)))
        .optional_numbers("l", rows.iter().map(|row| row.cell.map(|cell| cell.l())))
        .optional_numbers("u", rows.iter().map(|row| row.cell.map(|cell| cell.u())))
        .integers("n_rdms", rows.iter().map(|_| n_rdms))
        .numbers("accuracy", rows.iter().map(|row| row.accuracy))
        .numbers("chance", rows.iter().map(|_| chance))
        .optional_numbers("se", spread(|spread| spread.se))
        .optional_numbers("low", spread(|spread| spread.low))
        .optional_numbers("high", spread(|spread| spread.high))
        .finish()
}

fn accuracy_rows(results: &Results) -> Vec<AccuracyRow> {
    let single = results.descriptors.all().iter().zip(&results.identified).enumerate();
    let single = single.map(|(number, (descriptor, identified))| AccuracyRow {
        level: "descriptor",
        name: descriptor.to_string(),
        class: descriptor.cell().map(Class::of),
        cell: descriptor.cell(),
        accuracy: identified.accuracy(),
        spread: Spread::of(&results.samples_of(number)),
    });
    let classes =
        results.groups.iter().filter(|group| group.class.is_some()).map(|group: &Group| AccuracyRow {
            level: "class",
            name: group.name.clone(),
            class: group.class,
            cell: None,
            accuracy: group.accuracy,
            spread: Spread::of(&group.samples),
        });
    let nested = results.nested.iter().map(|nested| AccuracyRow {
        level: "nested_best",
        name: "best cell of the grid, chosen without the subject".to_owned(),
        class: None,
        cell: None,
        accuracy: nested.accuracy,
        spread: None,
    });
    single.chain(classes).chain(nested).collect()
}

/// A row per test and pair.
pub(super) fn pairs(tests: &[Test]) -> Result<Table> {
    TableBuilder::new(kinds::ACCURACY_PAIRS)
        .text("test", tests.iter().map(|test| test.name))
        .text("class_a", tests.iter().map(|test| &test.a))
        .text("class_b", tests.iter().map(|test| &test.b))
        .numbers("difference", tests.iter().map(|test| test.found.difference))
        .optional_numbers("statistic", tests.iter().map(|test| test.found.statistic))
        .optional_numbers("df", tests.iter().map(|test| test.found.df))
        .numbers("p", tests.iter().map(|test| test.found.p))
        .numbers("q", tests.iter().map(|test| test.q))
        .finish()
}
