//! What is known of the neurons: class, type, transmitter, position.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use neuroloom_celegans::names::{self, NAMES};
use neuroloom_core::{Error, Result, Table, files};
use neuroloom_table::{TableBuilder, kinds};

use crate::document::Document;
use crate::spreadsheet::Sheet;

/// Names that the column of names goes by.
const NAME: [&str; 3] = ["neuron", "label", "name"];
const CLASS: [&str; 1] = ["class"];
const TYPE: [&str; 1] = ["type"];
const TRANSMITTER: [&str; 2] = ["transmitter", "neurotransmitter"];
const AXES: [[&str; 2]; 3] = [["x_um", "x"], ["y_um", "y"], ["z_um", "z"]];

/// The table of neurons that lies in a folder of connectomes, if one does: `neurons.csv`, `neurons.tsv` or
/// `neurons.parquet`.
pub fn in_folder(folder: &Path) -> Option<PathBuf> {
    let names = ["neurons.csv", "neurons.tsv", "neurons.parquet"];
    names.iter().map(|name| folder.join(name)).find(|path| files::is_file(path))
}

/// Reads a table of neurons: our own Parquet, or text or a workbook with a header. Of the columns only the names
/// (`neuron`, `label` or `name`) are needed; `class`, `type`, `transmitter` (`neurotransmitter`) and the position in um
/// (`x`, `y`, `z`, the second antero-posterior) are taken where they are. Zero padding is removed from names;
/// `interneuron` and `motorneuron` become `inter` and `motor`, acetylcholine `ACh`.
///
/// # Errors
/// When the names are missing, one is given twice, or a position is no number.
pub fn read(path: &Path) -> Result<Table> {
    let read = || match Document::open(path)? {
        Document::Table(table) if table.kind() == kinds::NEURONS => Ok(table),
        mut document => of_sheet(&document.sheet(None)?),
    };
    read().map_err(|error: Error| error.at_file(path))
}

/// The 300 neurons with their class, where nothing else is known.
///
/// # Errors
/// An internal error where the columns do not fit the kind.
pub fn names_only() -> Result<Table> {
    TableBuilder::new(kinds::NEURONS)
        .text("neuron", NAMES)
        .integers("slot", (0..).take(NAMES.len()))
        .text("class", NAMES.map(|name| names::class(name).unwrap_or(name)))
        .finish()
}

fn of_sheet(sheet: &Sheet) -> Result<Table> {
    let header = sheet.first_row().unwrap_or(0);
    let column = |names: &[&str]| names.iter().find_map(|name| sheet.column(header, name).ok());
    let Some(name) = column(&NAME) else {
        let [wanted, ..] = NAME;
        return Err(sheet
            .column(header, wanted)
            .err()
            .unwrap_or_else(|| Error::internal("a column was lost")));
    };
    let rows: Vec<u32> = sheet.rows_from(header.saturating_add(1));
    let neurons = neurons(sheet, name, &rows)?;
    let words = |column: Option<u32>| -> Vec<Option<String>> {
        rows.iter().map(|row| sheet.text(*row, column?)).collect()
    };
    let classes = words(column(&CLASS))
        .into_iter()
        .zip(&neurons)
        .map(|(class, neuron)| class.unwrap_or_else(|| names::class(neuron).unwrap_or(neuron).to_owned()));
    let slot = |neuron: &String| names::slot(neuron).and_then(|slot| i64::try_from(slot).ok()).unwrap_or(-1);
    let mut table = TableBuilder::new(kinds::NEURONS)
        .text("neuron", &neurons)
        .integers("slot", neurons.iter().map(slot))
        .text("class", classes)
        .optional_text("type", words(column(&TYPE)).into_iter().map(|word| word.map(|word| type_word(&word))))
        .optional_text(
            "transmitter",
            words(column(&TRANSMITTER))
                .into_iter()
                .map(|word| word.map(|word| names::transmitter(&word).to_owned())),
        );
    for axis in AXES {
        let [um, _] = axis;
        if let Some(column) = column(&axis) {
            let values = rows.iter().map(|row| sheet.number(*row, column)).collect::<Result<Vec<_>>>()?;
            table = table.optional_numbers(um, values);
        }
    }
    table.finish()
}

fn neurons(sheet: &Sheet, column: u32, rows: &[u32]) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut neurons = Vec::with_capacity(rows.len());
    for row in rows {
        let written = sheet.text(*row, column).ok_or_else(|| {
            Error::data("a row names no neuron").at_object(sheet.place(*row, column)).expected("a name")
        })?;
        let name = names::without_zero_padding(&written).unwrap_or(written);
        if !seen.insert(name.clone()) {
            return Err(Error::data("a neuron is given twice")
                .at_object(sheet.place(*row, column))
                .expected("each neuron once")
                .found(name));
        }
        neurons.push(name);
    }
    Ok(neurons)
}

fn type_word(written: &str) -> String {
    let word = written.to_lowercase();
    let bare = word.strip_suffix("neuron").unwrap_or(&word).trim_end_matches([' ', '-']);
    let known = ["inter", "motor", "sensory", "pharyngeal"];
    if known.contains(&bare) { bare.to_owned() } else { written.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_one_word_each() {
        let written = ["interneuron", "motorneuron", "Motor neuron", "sensory", "pharyngeal", "polymodal"];
        assert_eq!(written.map(type_word), ["inter", "motor", "motor", "sensory", "pharyngeal", "polymodal"]);
    }
}
