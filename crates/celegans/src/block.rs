//! Eight neurons side by side: the unit of work of the numeric passes.
//!
//! A sample of eight neurons is one cache line of `f64`, so every pass over time below runs over all eight at
//! once and the index arithmetic (window edges, interpolation weights) is paid for once.

/// Neurons per block.
pub const LANES: usize = 8;

/// One sample of every neuron of a block.
pub type Row = [f64; LANES];

/// Rows that are written in one go: stays in the nearest cache while its lanes are taken apart.
const TILE: usize = 16;

/// Traces of up to eight neurons as rows of samples, to `rows`; lanes without a neuron are 0.
#[inline(always)]
pub fn interleave(traces: &[&[f64]], n_samples: usize, rows: &mut Vec<Row>) {
    sized(rows, n_samples);
    let mut lanes = [[].as_slice(); LANES];
    lanes.iter_mut().zip(traces).for_each(|(lane, trace)| *lane = trace.get(..n_samples).unwrap_or_default());
    match lanes.iter().all(|lane| lane.len() == n_samples) {
        true => {
            for (i, row) in rows.iter_mut().enumerate() {
                *row = std::array::from_fn(|lane| lanes[lane][i]);
            }
        }
        false => {
            for (i, row) in rows.iter_mut().enumerate() {
                *row = std::array::from_fn(|lane| lanes[lane].get(i).copied().unwrap_or(0.0));
            }
        }
    }
}

/// `rows` at `n` rows, whatever they hold: all are about to be written.
#[inline(always)]
pub(crate) fn sized(rows: &mut Vec<Row>, n: usize) -> &mut [Row] {
    rows.resize(n, [0.0; LANES]);
    rows
}

/// Writes lane `i` of the rows that `row` gives to `traces[i]`, rounded to 32 bits. The rows are made a few at a time and
/// never stand in memory all together.
#[inline(always)]
pub fn deinterleave(n_rows: usize, mut row: impl FnMut(usize) -> Row, traces: &mut [&mut [f32]]) {
    let rest = n_rows - n_rows % TILE;
    let mut tile = [[0.0; LANES]; TILE];
    for first in (0..rest).step_by(TILE) {
        for (i, place) in tile.iter_mut().enumerate() {
            *place = row(first + i);
        }
        for (trace, lane) in traces.iter_mut().zip(transposed(&tile)) {
            let part = trace.get_mut(first..).and_then(|part| part.first_chunk_mut());
            part.into_iter().for_each(|part| *part = lane);
        }
    }
    for i in rest..n_rows {
        let row = row(i);
        for (trace, value) in traces.iter_mut().zip(row) {
            trace.get_mut(i).into_iter().for_each(|place| *place = value as f32);
        }
    }
}

#[inline(always)]
fn transposed(rows: &[Row; TILE]) -> [[f32; TILE]; LANES] {
    std::array::from_fn(|lane| std::array::from_fn(|i| rows[i][lane] as f32))
}

/// `out = f(a, b)` lane by lane.
#[inline(always)]
pub(crate) fn zip_with(a: &Row, b: &Row, f: impl Fn(f64, f64) -> f64) -> Row {
    std::array::from_fn(|lane| f(a[lane], b[lane]))
}
