//! The rows of one worm.

use std::collections::{BTreeSet, VecDeque};

use arrow_array::{Array, RecordBatch, UInt32Array};
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use neuroloom_celegans::names;
use neuroloom_core::{Error, Result};
use neuroloom_io::row_groups::RowGroups;

use super::columns::{NAMES, Rows, values};
use super::index::Place;

/// Row groups that are kept: the rows of a worm stand together, at most on both sides of a seam.
const KEPT: usize = 2;

/// Reads worms, one after the other.
pub(super) struct Reader<'a> {
    files: &'a [RowGroups],
    kept: VecDeque<((usize, usize), RecordBatch)>,
}

/// A worm of the collection.
#[derive(Clone, Debug)]
pub(super) struct Worm {
    pub id: String,
    pub source: String,
    pub raw_data_file: String,
    pub neurons: Vec<Neuron>,
    pub n_neurons: usize,
    pub n_labeled: usize,
    /// Labelled neurons whose slot was not that of their name.
    pub n_wrong_slots: usize,
    pub original_times_s: Vec<f64>,
    pub times_s: Vec<f64>,
    /// smooth_method, interpolate_method, normalization_method.
    pub methods: [String; 3],
    /// Whether the signals were stored in 16 bits.
    pub is_half: bool,
}

/// A neuron of a worm.
#[derive(Clone, Debug)]
pub(super) struct Neuron {
    pub name: String,
    /// Place of its name in the list; none for a neuron without one.
    pub slot: Option<usize>,
    pub original: Vec<f32>,
    pub calcium: Vec<f32>,
}

impl Worm {
    /// The same without its traces, which are written.
    pub fn without_signals(self) -> Self {
        Self { neurons: Vec::new(), ..self }
    }
}

impl<'a> Reader<'a> {
    pub fn new(files: &'a [RowGroups]) -> Self {
        Self { files, kept: VecDeque::new() }
    }

    /// The worm `id`, whose rows are at `places`.
    ///
    /// # Errors
    /// When a column is missing or of another type, the rows of the worm do not agree, or a file is damaged.
    pub fn worm(&mut self, id: &str, places: &[Place]) -> Result<Worm> {
        let mut batches = Vec::new();
        for places in places.chunk_by(|a, b| a.group == b.group) {
            let Some(first) = places.first() else { continue };
            let rows: UInt32Array = places.iter().map(|place| place.row as u32).collect();
            let taken = take_record_batch(self.group(first.group)?, &rows);
            batches.push(taken.map_err(|e| Error::internal(format!("cannot take rows: {e}")))?);
        }
        let first = batches.first().ok_or_else(|| Error::internal("a worm without rows"))?;
        let joined = concat_batches(&first.schema(), &batches).map_err(|e| {
            Error::data("the files of the collection have different columns")
                .at_object(id)
                .found(e.to_string())
        })?;
        let file = places.first().and_then(|place| self.files.get(place.group.0));
        assembled(id, &Rows(joined)).map_err(|error| match file {
            Some(file) => error.at_file(file.path()),
            None => error,
        })
    }

    fn group(&mut self, place: (usize, usize)) -> Result<&RecordBatch> {
        if let Some(at) = self.kept.iter().position(|(kept, _)| *kept == place) {
            self.kept.swap(0, at);
        } else {
            let file = self.files.get(place.0).ok_or_else(|| Error::internal("a file was lost"))?;
            let batch = file.read(place.1, &NAMES)?;
            self.kept.truncate(KEPT - 1);
            self.kept.push_front((place, batch));
        }
        self.kept.front().map(|(_, batch)| batch).ok_or_else(|| Error::internal("a row group was lost"))
    }
}

fn assembled(id: &str, rows: &Rows) -> Result<Worm> {
    let n = rows.0.num_rows();
    let only = |name: &str| only_text(id, rows, name);
    let times = |name: &str, count: &str| clock(id, rows, name, count);
    let (original_times_s, times_s) = (
        times("original_time_in_seconds", "original_max_timesteps")?,
        times("time_in_seconds", "max_timesteps")?,
    );
    let (names, slots) = (rows.texts("neuron")?, rows.integers("slot")?);
    let labeled = rows.bools("is_labeled_neuron")?;
    let (original, calcium) = (rows.signals("original_calcium_data")?, rows.signals("calcium_data")?);
    let mut seen = BTreeSet::new();
    let mut n_wrong_slots = 0;
    let mut neurons = Vec::with_capacity(n);
    for row in 0..n {
        let name = names.value(row);
        let place = |error: Error| error.at_object(format!("{id}, {name}"));
        if !seen.insert(name.to_owned()) {
            return Err(place(Error::data("a worm has two neurons of one name").expected("each name once")));
        }
        let slot = labeled.value(row).then(|| names::slot(name)).flatten();
        if labeled.value(row) && slot.is_none() {
            let error = Error::data("a labelled neuron has none of the 300 names");
            return Err(place(error.expected("AVAL, AVAR ...").found(name)));
        }
        n_wrong_slots += usize::from(slot.is_some_and(|slot| i64::try_from(slot) != Ok(slots.value(row))));
        let of = |lists, clock: &[f64]| {
            let trace = values(lists, row);
            match trace.len() == clock.len() {
                true => Ok(trace),
                false => Err(place(
                    Error::data("a trace and its clock differ in length")
                        .expected(format!("{} samples", clock.len()))
                        .found(trace.len().to_string()),
                )),
            }
        };
        neurons.push(Neuron {
            name: name.to_owned(),
            slot,
            original: of(&original, &original_times_s)?,
            calcium: of(&calcium, &times_s)?,
        });
    }
    Ok(Worm {
        id: id.to_owned(),
        source: only("source_dataset")?,
        raw_data_file: only("raw_data_file")?,
        n_neurons: n,
        n_labeled: neurons.iter().filter(|neuron| neuron.slot.is_some()).count(),
        n_wrong_slots,
        neurons,
        original_times_s,
        times_s,
        methods: [only("smooth_method")?, only("interpolate_method")?, only("normalization_method")?],
        is_half: rows.is_half("calcium_data"),
    })
}

/// The word that all rows have in a column.
fn only_text(id: &str, rows: &Rows, name: &str) -> Result<String> {
    let words = rows.texts(name)?;
    let first = words.value(0);
    match (1..words.len()).map(|row| words.value(row)).find(|word| *word != first) {
        None => Ok(first.to_owned()),
        Some(other) => Err(disagree(id, name).found(format!("{first:?} and {other:?}"))),
    }
}

/// The clock that all rows have in a column, with as many samples as they say.
fn clock(id: &str, rows: &Rows, name: &str, count: &str) -> Result<Vec<f64>> {
    let (clocks, counts) = (rows.signals(name)?, rows.integers(count)?);
    let first = values(&clocks, 0);
    // Bits, so that a NaN equals itself here and is refused below.
    let bits = |clock: &[f32]| clock.iter().map(|t| t.to_bits()).collect::<Vec<_>>();
    let reference = bits(&first);
    for row in 0..clocks.len() {
        if usize::try_from(counts.value(row)) != Ok(first.len()) {
            return Err(disagree(id, count)
                .expected(format!("{}, as there are in {name}", first.len()))
                .found(counts.value(row).to_string()));
        }
        if row > 0 && bits(&values(&clocks, row)) != reference {
            return Err(disagree(id, name).expected("one clock for all neurons").found("several"));
        }
    }
    match first.iter().position(|t| !t.is_finite()) {
        Some(at) => Err(Error::data("a time is no finite number")
            .at_object(format!("{id}, {name}"))
            .at_offset(at as u64)
            .expected("seconds")
            .found(first.get(at).copied().unwrap_or(f32::NAN).to_string())),
        None => Ok(first.into_iter().map(f64::from).collect()),
    }
}

fn disagree(id: &str, column: &str) -> Error {
    Error::data("the rows of a worm do not agree").at_object(format!("{id}, {column}"))
}
