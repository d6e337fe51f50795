//! The entries of one worm, class by class.

use neuroloom_core::Result;
use neuroloom_io::mat5::{MatValue, View};

use super::Content;

/// A neuron of a worm.
pub(super) struct Entry {
    /// Its number among all neurons of the file.
    pub number: usize,
    /// The class, with its side where it has one.
    pub name: String,
    /// The samples; none where the neuron was not found.
    pub trace: Vec<f64>,
    /// Where it stands in the file.
    pub place: String,
}

/// The entries of `worm` of `n_worms`.
///
/// # Errors
/// When the lists differ in length, or an entry is no list of numbers.
pub(super) fn entries(content: &Content, worm: usize, n_worms: usize) -> Result<Vec<Entry>> {
    let (traces, classes) = (content.traces.view(), content.classes.view());
    let n_classes = classes.cells()?.items.len();
    let n_lists = traces.cells()?.items.len();
    if n_lists != n_classes {
        return Err(traces
            .error("classes and traces differ in number")
            .expected(format!("{n_classes} classes"))
            .found(n_lists.to_string()));
    }
    let mut found = Vec::new();
    let mut number = 0;
    for class in 0..n_classes {
        let list = traces.cell(class)?;
        let n_entries = list.cells()?.items.len();
        let n_sides = match n_entries {
            n if n == 2 * n_worms => 2,
            n if n == n_worms => 1,
            _ => {
                return Err(list
                    .error("a class has another number of entries than worms or twice as many")
                    .expected(format!("{n_worms} or {}", 2 * n_worms))
                    .found(n_entries.to_string()));
            }
        };
        let name = classes.cell(class)?.text()?.trim().to_owned();
        let sides = sides(&content.sides.view(), class, n_classes)?;
        for block in 0..n_sides {
            let entry = block * n_worms + worm;
            let view = list.cell(entry)?;
            let side = side(&sides, entry, n_sides, block);
            found.push(Entry {
                number,
                name: format!("{name}{side}"),
                trace: samples(&view)?,
                place: view.place().to_owned(),
            });
            number += 1;
        }
    }
    Ok(found)
}

/// What `is_L` says of a class: 1 left, 0 right, NaN neither; a value per entry, or one for all.
fn sides(is_left: &View<'_>, class: usize, n_classes: usize) -> Result<Vec<f64>> {
    match is_left.value() {
        MatValue::Cell(_) => numbers(&is_left.cell(class)?),
        _ => {
            let all = numbers(is_left)?;
            if all.len() != n_classes {
                return Err(is_left
                    .error("classes and their sides differ in number")
                    .expected(format!("{n_classes} values"))
                    .found(all.len().to_string()));
            }
            Ok(all.get(class).copied().into_iter().collect())
        }
    }
}

/// Where `is_L` has a value per entry it says the side; otherwise the first block of a paired class is the left one.
fn side(sides: &[f64], entry: usize, n_sides: usize, block: usize) -> &'static str {
    let said = if sides.len() > 1 || n_sides == 1 { sides.get(entry).or(sides.first()) } else { None };
    match said.copied().filter(|said| !said.is_nan()) {
        Some(said) if said != 0.0 => "L",
        Some(_) => "R",
        None if n_sides == 1 => "",
        None if block == 0 => "L",
        None => "R",
    }
}

fn samples(view: &View<'_>) -> Result<Vec<f64>> {
    match view.value() {
        // Some entries lie in a cell of their own.
        MatValue::Cell(cells) if cells.items.len() == 1 => numbers(&view.cell(0)?),
        MatValue::Cell(cells) if cells.items.is_empty() => Ok(Vec::new()),
        _ => numbers(view),
    }
    .map(|trace| if trace.iter().all(|value| value.is_nan()) { Vec::new() } else { trace })
}

fn numbers(view: &View<'_>) -> Result<Vec<f64>> {
    match view.value() {
        MatValue::Logical(flags) => Ok(flags.values.iter().map(|flag| f64::from(u8::from(*flag))).collect()),
        _ => Ok(view.numbers()?.values.to_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_come_from_the_entries_or_else_from_the_blocks() {
        let nan = f64::NAN;
        assert_eq!((side(&[nan], 0, 2, 0), side(&[nan], 3, 2, 1)), ("L", "R"));
        assert_eq!((side(&[1.0], 0, 2, 0), side(&[1.0], 3, 2, 1)), ("L", "R"));
        assert_eq!(side(&[nan], 1, 1, 0), "");
        assert_eq!(side(&[1.0, 1.0, 0.0, 0.0], 2, 2, 1), "R");
        assert_eq!(side(&[0.0], 1, 1, 0), "R");
    }
}
