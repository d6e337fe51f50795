//! The tables of a simulated retina.

use std::ops::RangeInclusive;

use arrow_array::types::Float32Type;
use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::{Columns, TableBuilder, kinds};

use super::cell::Cell;
use super::cell_type::CellType;
use super::filters::Grid;
use super::params::RetinaParams;
use super::population::Retina;
use super::stimuli::Stimulus;
use crate::lists::lists;
use crate::names::unit_ids;

/// Side of a pixel on the retina, um.
const PIXEL_UM: f64 = 50.0;
/// Display level of contrast 0, and levels per 1 of contrast.
const DISPLAY: (f64, f64) = (127.5, 40.0);

/// The stimuli.
pub(super) fn stimuli(params: &RetinaParams, stimuli: &[Stimulus]) -> Result<Table> {
    let grid = params.grid();
    let names: &[&str] = if grid.channels == 1 { &["contrast"] } else { &["green", "uv"] };
    let n = stimuli.len() * grid.channels;
    let all = |value: f64| std::iter::repeat_n(value, n);
    let count = |value: usize| std::iter::repeat_n(value as i64, n);
    let rows =
        || stimuli.iter().flat_map(|stimulus| (0..grid.channels).map(move |channel| (stimulus, channel)));
    let values: Vec<f32> = rows()
        .flat_map(|(stimulus, channel)| {
            let own = channel * grid.n_pixels()..(channel + 1) * grid.n_pixels();
            stimulus.frames.slice(ndarray::s![.., own]).iter().map(|&value| value as f32).collect::<Vec<_>>()
        })
        .collect();
    TableBuilder::new(kinds::STIMULI)
        .text("stimulus_id", rows().map(|(stimulus, _)| &stimulus.id))
        .integers("channel", rows().map(|(_, channel)| channel as i64))
        .text("channel_name", rows().map(|(_, channel)| names[channel]))
        .text("stimulus_kind", rows().map(|(stimulus, _)| stimulus.kind))
        .text("split", rows().map(|(stimulus, _)| stimulus.split))
        .integers("n_frames", rows().map(|(stimulus, _)| stimulus.frames.nrows() as i64))
        .integers("height", count(params.height))
        .integers("width", count(params.width))
        .numbers("dt_s", all(params.dt_s()))
        .numbers("pixel_um", all(PIXEL_UM))
        .numbers("display_offset", all(DISPLAY.0))
        .numbers("display_scale", all(DISPLAY.1))
        .array("values", lists::<Float32Type>(rows().map(|(s, _)| s.frames.len() / grid.channels), values)?)
        .finish()
}

/// One presentation of a stimulus to all cells.
pub(super) struct Presentation {
    pub stimulus_id: String,
    pub repeat: usize,
    /// `[cell][frame]`.
    pub traces: Vec<Vec<f32>>,
}

/// The responses to all presentations, of the cells called `unit_ids`.
pub(super) fn responses(
    recording_id: &str,
    unit_ids: &[String],
    dt_s: f64,
    shown: Vec<Presentation>,
) -> Result<Table> {
    let n = unit_ids.len();
    let rows = n * shown.len();
    let units = std::iter::repeat_n(unit_ids, shown.len()).flatten();
    let ids: Vec<String> = shown.iter().map(|one| one.stimulus_id.clone()).collect();
    let repeats: Vec<i64> = shown.iter().map(|one| one.repeat as i64).collect();
    let lengths: Vec<usize> = shown.iter().flat_map(|one| one.traces.iter().map(Vec::len)).collect();
    let samples = shown.into_iter().flat_map(|one| one.traces).flatten().collect();
    TableBuilder::new(kinds::STIMULUS_RESPONSES)
        .text("recording_id", std::iter::repeat_n(recording_id, rows))
        .text("unit_id", units)
        .text("stimulus_id", ids.iter().flat_map(|id| std::iter::repeat_n(id, n)))
        .integers("repeat", repeats.iter().flat_map(|&repeat| std::iter::repeat_n(repeat, n)))
        .numbers("t0_s", std::iter::repeat_n(0.0, rows))
        .numbers("dt_s", std::iter::repeat_n(dt_s, rows))
        .array("trace", lists::<Float32Type>(lengths, samples)?)
        .text("trace_unit", std::iter::repeat_n(Unit::ONE.as_str(), rows))
        .finish()
}

/// Where the receptive fields are.
pub(super) fn units(recording_id: &str, retina: &Retina) -> Result<Table> {
    TableBuilder::new(kinds::STIMULUS_UNITS)
        .text("recording_id", retina.cells.iter().map(|_| recording_id))
        .text("unit_id", unit_ids(retina.cells.len()))
        .numbers("rf_y_px", retina.cells.iter().map(|cell| cell.centre_y_px))
        .numbers("rf_x_px", retina.cells.iter().map(|cell| cell.centre_x_px))
        .finish()
}

/// The true types.
pub(super) fn known_types(recording_id: &str, retina: &Retina) -> Result<Table> {
    TableBuilder::new(kinds::CELL_TYPES)
        .text("recording_id", retina.cells.iter().map(|_| recording_id))
        .text("unit_id", unit_ids(retina.cells.len()))
        .text("type", retina.cells.iter().map(|cell| cell.cell_type.name()))
        .finish()
}

/// A number of a cell and the column that it stands in.
type Field = (&'static str, fn(&Cell) -> f64, fn(&mut Cell, f64));

macro_rules! fields {
    ($($name:ident),*) => { [$((stringify!($name), |cell| cell.$name, |cell, value| cell.$name = value)),*] };
}

const FIELDS: [Field; 14] = fields!(
    centre_sd_px,
    surround,
    tau_frames,
    biphasic,
    threshold,
    off_weight,
    direction_rad,
    amplitude,
    centre_y_px,
    centre_x_px,
    uv_weight,
    drive_sd,
    calcium_sd,
    recording_sd
);

/// All that there is to know of the cells.
pub(super) fn cells(recording_id: &str, retina: &Retina) -> Result<Table> {
    let n = retina.cells.len();
    let table = TableBuilder::new(kinds::RETINA_CELLS)
        .text("recording_id", std::iter::repeat_n(recording_id, n))
        .text("unit_id", unit_ids(n))
        .text("type", retina.cells.iter().map(|cell| cell.cell_type.name()))
        .integers("channels", std::iter::repeat_n(retina.grid.channels as i64, n))
        .integers("height", std::iter::repeat_n(retina.grid.height as i64, n))
        .integers("width", std::iter::repeat_n(retina.grid.width as i64, n));
    let add = |table: TableBuilder, field: &Field| table.numbers(field.0, retina.cells.iter().map(field.1));
    FIELDS.iter().fold(table, add).finish()
}

/// Cells with the names of their recordings and units, from a table of kind `retina_cells`.
///
/// # Errors
/// When a type is unknown, a number is missing or not finite, a standard deviation or time constant is not above 0, or
/// cells have different screens.
pub fn read_cells(table: &Table) -> Result<(Retina, Vec<(String, String)>)> {
    let (recordings, units, types) =
        (table.text("recording_id")?, table.text("unit_id")?, table.text("type")?);
    let (mut cells, mut names) = (Vec::new(), Vec::new());
    for row in 0..table.n_rows() {
        cells.push(read_cell(table, row, types.get_or_empty(row))?);
        names.push((recordings.get_or_empty(row).to_owned(), units.get_or_empty(row).to_owned()));
    }
    Ok((Retina { grid: read_grid(table)?, cells }, names))
}

fn read_cell(table: &Table, row: usize, name: &str) -> Result<Cell> {
    let wrong = |message: &str| Error::data(message).at_object("retina_cells").at_offset(row as u64);
    let cell_type = CellType::from_name(name).ok_or_else(|| {
        let known = CellType::all().map(CellType::name).collect::<Vec<_>>().join(", ");
        wrong("a cell has an unknown type").expected(known).found(name)
    })?;
    let mut cell = Cell::draw(cell_type, neuroloom_core::Seed::root(0));
    for (field, get, set) in &FIELDS {
        let value = table.numbers(field)?.get(row).unwrap_or(f64::NAN);
        set(&mut cell, value);
        let is_scale = field.ends_with("_sd") || matches!(*field, "centre_sd_px" | "tau_frames");
        if !get(&cell).is_finite() || (is_scale && value <= 0.0) {
            return Err(wrong("a cell has a number that cannot be")
                .expected(format!("{field}: a finite number{}", if is_scale { " above 0" } else { "" }))
                .found(value.to_string()));
        }
    }
    Ok(cell)
}

fn read_grid(table: &Table) -> Result<Grid> {
    let size = |name: &str, range: RangeInclusive<i64>| -> Result<usize> {
        let sizes = table.integers(name)?.values();
        let first = sizes.first().copied().unwrap_or(0);
        let usual = range.contains(&first) && sizes.iter().all(|size| *size == first);
        usual.then_some(first as usize).ok_or_else(|| {
            Error::data("cells have different screens, or one that cannot be")
                .at_object(name)
                .expected(format!("one size for all, from {} to {}", range.start(), range.end()))
                .found(format!("{first} first"))
        })
    };
    Ok(Grid {
        channels: size("channels", 1..=2)?,
        height: size("height", 4..=64)?,
        width: size("width", 4..=64)?,
    })
}
