//! The implicit affinity tensor as a table and back.

use ndarray::Array2;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::{ImplicitAffinity, Layout, Worm};

const PAIRS: &str = "pairs";
const SQUARE: &str = "square";

/// The tensor as a table, one row per recording and neuron.
///
/// # Errors
/// When it does not fit the schema.
pub(super) fn affinity_table(affinity: &ImplicitAffinity) -> Result<Table> {
    let neurons = affinity.n_neurons();
    let n_rows = affinity.worms.len() * neurons;
    let rows = || affinity.worms.iter().flat_map(|worm| (0..neurons).map(move |neuron| (worm, neuron)));
    let layout = match affinity.layout {
        Layout::Pairs => PAIRS,
        Layout::Square => SQUARE,
    };
    TableBuilder::new(kinds::AFFINITY)
        .text("recording_id", rows().map(|(worm, _)| &worm.recording_id))
        .text("neuron", affinity.worms.iter().flat_map(|_| &affinity.neurons))
        .integers("neuron_index", rows().map(|(_, neuron)| neuron as i64))
        .text("layout", std::iter::repeat_n(layout, n_rows))
        .optional_bools("observed", rows().map(|(worm, neuron)| worm.observed.get(neuron).copied()))
        .numbers("t0_s", std::iter::repeat_n(affinity.t0_s, n_rows))
        .numbers("dt_s", std::iter::repeat_n(affinity.dt_s, n_rows))
        .lists("h", rows().map(|(worm, neuron)| worm.h.row(neuron).to_vec()))
        .finish()
}

/// The tensor of a table, its recordings in the order of their first rows.
///
/// # Errors
/// No row; several layouts, clocks or lengths; a recording that has not every neuron once, with the same names as the
/// others; a root that is not finite, or not 0 where the neuron was not observed.
pub fn read_affinity(table: &Table) -> Result<ImplicitAffinity> {
    let recordings = rows_by_recording(table)?;
    let Some((_, first)) = recordings.first() else {
        return Err(wrong("there are no rows").expected("one per recording and neuron"));
    };
    let shared = Shared::of(table, first)?;
    let worm =
        |(id, rows): &(String, Vec<usize>)| shared.worm(table, id, rows).map_err(|error| error.at_object(id));
    let worms: Vec<Worm> = recordings.iter().map(worm).collect::<Result<_>>()?;
    let Shared { layout, t0_s, dt_s, neurons, .. } = shared;
    Ok(ImplicitAffinity { layout, neurons, t0_s, dt_s, worms })
}

fn wrong(message: impl AsRef<str>) -> Error {
    Error::data(format!("affinity table: {}", message.as_ref()))
}

fn rows_by_recording(table: &Table) -> Result<Vec<(String, Vec<usize>)>> {
    let ids = table.text("recording_id")?;
    let mut places = std::collections::HashMap::new();
    let mut recordings: Vec<(String, Vec<usize>)> = Vec::new();
    for row in 0..table.n_rows() {
        let id = ids.get_or_empty(row);
        let place = *places.entry(id).or_insert_with(|| {
            recordings.push((id.to_owned(), Vec::new()));
            recordings.len() - 1
        });
        recordings[place].1.push(row);
    }
    Ok(recordings)
}

/// What all recordings have in common.
struct Shared {
    layout: Layout,
    t0_s: f64,
    dt_s: f64,
    n_frames: usize,
    neurons: Vec<String>,
}

impl Shared {
    /// As the rows of the first recording have it.
    fn of(table: &Table, rows: &[usize]) -> Result<Self> {
        let row = rows.first().copied().unwrap_or(0);
        let number = |name: &str| Ok::<f64, Error>(table.numbers(name)?.get(row).unwrap_or(f64::NAN));
        let (t0_s, dt_s) = (number("t0_s")?, number("dt_s")?);
        if !(t0_s.is_finite() && dt_s.is_finite() && dt_s > 0.0) {
            return Err(wrong("the clock makes no sense")
                .at_offset(row as u64)
                .expected("a finite t0_s and a dt_s above 0")
                .found(format!("t0_s = {t0_s}, dt_s = {dt_s}")));
        }
        let n_frames = table.lists("h")?.length(row);
        if n_frames == 0 || rows.len() < 2 {
            return Err(wrong("there is no pair of neurons at any time")
                .expected("at least 2 neurons and 1 frame")
                .found(format!("{} neurons, {n_frames} frames", rows.len())));
        }
        let names = table.text("neuron")?;
        let order = order(table, rows)?;
        let neurons = order.iter().map(|&row| names.get_or_empty(row).to_owned()).collect();
        Ok(Self { layout: layout(table, row)?, t0_s, dt_s, n_frames, neurons })
    }

    fn worm(&self, table: &Table, id: &str, rows: &[usize]) -> Result<Worm> {
        if rows.len() != self.neurons.len() {
            return Err(wrong("a recording has not every neuron once")
                .expected(format!("{} rows", self.neurons.len()))
                .found(rows.len().to_string()));
        }
        let order = order(table, rows)?;
        let (lists, observed) = (table.lists("h")?, table.bools("observed")?);
        for (&row, neuron) in order.iter().zip(&self.neurons) {
            self.check_row(table, row, neuron)
                .map_err(|error| error.at_object(format!("{id}: neuron {neuron}")))?;
        }
        // Every row was found to have this many.
        let mut h = Array2::zeros((order.len(), self.n_frames));
        for (&row, mut roots) in order.iter().zip(h.rows_mut()) {
            let values = lists.get(row).unwrap_or_default();
            roots.iter_mut().zip(values.iter()).for_each(|(root, value)| *root = *value);
        }
        let observed = order.iter().map(|&row| observed.value(row)).collect();
        Ok(Worm { recording_id: id.to_owned(), h, observed })
    }

    fn check_row(&self, table: &Table, row: usize, neuron: &str) -> Result<()> {
        let differs = |what: &str, expected: String, found: String| {
            Err(wrong(format!("{what} differs between rows")).expected(expected).found(found))
        };
        let name = table.text("neuron")?.get_or_empty(row);
        if name != neuron {
            return differs("the neuron at a place", neuron.to_owned(), name.to_owned());
        }
        let clock = [table.numbers("t0_s")?.get(row), table.numbers("dt_s")?.get(row)];
        if clock != [Some(self.t0_s), Some(self.dt_s)] {
            return differs(
                "the clock",
                format!("t0_s {}, dt_s {}", self.t0_s, self.dt_s),
                format!("{clock:?}"),
            );
        }
        if layout(table, row)? != self.layout {
            return differs("the layout", format!("{:?}", self.layout), format!("{:?}", layout(table, row)?));
        }
        let h = table.lists("h")?.get(row).unwrap_or_default();
        if h.len() != self.n_frames {
            return differs("the number of frames", self.n_frames.to_string(), h.len().to_string());
        }
        check_roots(&h, table.bools("observed")?.value(row))
    }
}

fn check_roots(h: &[f64], observed: bool) -> Result<()> {
    if let Some(frame) = h.iter().position(|h| !h.is_finite()) {
        return Err(wrong("a root is not finite").at_offset(frame as u64).found(h[frame].to_string()));
    }
    match h.iter().position(|h| *h != 0.0).filter(|_| !observed) {
        None => Ok(()),
        Some(frame) => Err(wrong("a neuron that was not observed has an affinity")
            .at_offset(frame as u64)
            .expected("0 where `observed` is false")
            .found(h[frame].to_string())),
    }
}

fn layout(table: &Table, row: usize) -> Result<Layout> {
    match table.text("layout")?.get_or_empty(row) {
        PAIRS => Ok(Layout::Pairs),
        SQUARE => Ok(Layout::Square),
        other => Err(wrong("a layout is unknown")
            .at_offset(row as u64)
            .expected(format!("{PAIRS} or {SQUARE}"))
            .found(other)),
    }
}

/// The rows of a recording by the place of their neuron.
fn order(table: &Table, rows: &[usize]) -> Result<Vec<usize>> {
    let indices = table.integers("neuron_index")?;
    let mut order = vec![None; rows.len()];
    for &row in rows {
        let index = indices.value(row);
        let place = usize::try_from(index).ok().and_then(|index| order.get_mut(index));
        match place {
            Some(place @ None) => *place = Some(row),
            Some(Some(_)) | None => {
                return Err(wrong("a recording has not every neuron once")
                    .at_offset(row as u64)
                    .expected(format!("neuron_index 0 to {}, each once", rows.len() - 1))
                    .found(index.to_string()));
            }
        }
    }
    Ok(order.into_iter().flatten().collect())
}
