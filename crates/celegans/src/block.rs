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
pub fn interleave(traces: &[&[f64]], n_samples: usize, rows: &mut Vec<Row>) {
    rows.clear();
    rows.resize(n_samples, [0.0; LANES]);
    for (lane, trace) in traces.iter().enumerate().take(LANES) {
        for (row, value) in rows.iter_mut().zip(*trace) {
            row[lane] = *value;
        }
    }
}

/// Writes lane `i` of `rows` to `traces[i]`, rounded to 32 bits.
pub fn deinterleave(rows: &[Row], traces: &mut [&mut [f32]]) {
    let (tiles, rest) = rows.as_chunks::<TILE>();
    for (tile, rows) in tiles.iter().enumerate() {
        for (trace, lane) in traces.iter_mut().zip(transposed(rows)) {
            let part = trace.get_mut(tile * TILE..).and_then(|part| part.first_chunk_mut());
            part.into_iter().for_each(|part| *part = lane);
        }
    }
    for (lane, trace) in traces.iter_mut().enumerate().take(LANES) {
        let part = trace.get_mut(tiles.len() * TILE..).unwrap_or_default();
        part.iter_mut().zip(rest).for_each(|(value, row)| *value = row[lane] as f32);
    }
}

fn transposed(rows: &[Row; TILE]) -> [[f32; TILE]; LANES] {
    std::array::from_fn(|lane| std::array::from_fn(|i| rows[i][lane] as f32))
}

/// `out = f(a, b)` lane by lane.
pub(crate) fn zip_with(a: &Row, b: &Row, f: impl Fn(f64, f64) -> f64) -> Row {
    std::array::from_fn(|lane| f(a[lane], b[lane]))
}
