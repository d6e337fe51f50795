//! Eight neurons side by side: the unit of work of the numeric passes.
//!
//! A sample of eight neurons is one cache line of `f64`, so every pass over time below runs over all eight at
//! once and the index arithmetic (window edges, interpolation weights) is paid for once.

/// Neurons per block.
pub const LANES: usize = 8;

/// One sample of every neuron of a block.
pub type Row = [f64; LANES];

/// Rows that are written in one go: stays in the nearest cache while its lanes are taken apart.
const TILE: usize = 8;

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

/// Rows that are made when they are asked for.
pub trait Rows {
    /// Row `k`.
    fn row(&self, k: usize) -> Row;
}

/// Rows that stand in memory.
impl Rows for &[Row] {
    #[inline(always)]
    fn row(&self, k: usize) -> Row {
        self[k]
    }
}

/// Writes lane `i` of the first `n_rows` of `rows` to `traces[i]`, rounded to 32 bits. The rows are made a few at a time
/// and need never stand in memory all together.
#[inline(always)]
pub fn deinterleave(n_rows: usize, rows: &impl Rows, traces: &mut [&mut [f32]]) {
    let rest = n_rows - n_rows % TILE;
    for first in (0..rest).step_by(TILE) {
        let mut tile = [[0.0_f32; LANES]; TILE];
        for (i, place) in tile.iter_mut().enumerate() {
            *place = rows.row(first + i).map(|value| value as f32);
        }
        for (trace, lane) in traces.iter_mut().zip(transposed(tile)) {
            let part = trace.get_mut(first..).and_then(|part| part.first_chunk_mut());
            part.into_iter().for_each(|part| *part = lane);
        }
    }
    for i in rest..n_rows {
        let row = rows.row(i);
        for (trace, value) in traces.iter_mut().zip(row) {
            trace.get_mut(i).into_iter().for_each(|place| *place = value as f32);
        }
    }
}

/// Rows into lanes, in three rounds of exchanges between two rows each: a processor has an instruction for each.
#[inline(always)]
fn transposed(rows: [[f32; LANES]; TILE]) -> [[f32; TILE]; LANES] {
    let [a, b, c, d, e, f, g, h] = rows;
    let (ab, cd, ef, gh) = (singles(a, b), singles(c, d), singles(e, f), singles(g, h));
    let (abcd_0, abcd_1) = (pairs(ab.0, cd.0), pairs(ab.1, cd.1));
    let (efgh_0, efgh_1) = (pairs(ef.0, gh.0), pairs(ef.1, gh.1));
    let (l0, l4) = halves(abcd_0.0, efgh_0.0);
    let (l1, l5) = halves(abcd_0.1, efgh_0.1);
    let (l2, l6) = halves(abcd_1.0, efgh_1.0);
    let (l3, l7) = halves(abcd_1.1, efgh_1.1);
    [l0, l1, l2, l3, l4, l5, l6, l7]
}

type Eight = [f32; 8];

#[inline(always)]
fn singles(a: Eight, b: Eight) -> (Eight, Eight) {
    ([a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]], [a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]])
}

#[inline(always)]
fn pairs(a: Eight, b: Eight) -> (Eight, Eight) {
    ([a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]], [a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7]])
}

#[inline(always)]
fn halves(a: Eight, b: Eight) -> (Eight, Eight) {
    ([a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]], [a[4], a[5], a[6], a[7], b[4], b[5], b[6], b[7]])
}

/// `out = f(a, b)` lane by lane.
#[inline(always)]
pub(crate) fn zip_with(a: &Row, b: &Row, f: impl Fn(f64, f64) -> f64) -> Row {
    std::array::from_fn(|lane| f(a[lane], b[lane]))
}
