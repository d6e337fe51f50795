//! Rows of samples into traces, in tiles.
//!
//! A file has the samples of all channels at one time side by side, a table all samples of one channel. Going through
//! either in order jumps through the other, a cache line for each value; a square tile uses whole lines of both.

/// Samples on a side of a tile: a cache line of 32-bit floats.
const TILE: usize = 16;

/// Puts value `[row, channel]` of `slab` (`[n_rows, starts.len()]`, row-major) to `starts[channel] + first + row` of
/// `block`. Places that `block` does not have, and an incomplete last row, are left out.
pub(super) fn transpose<T: Copy + Default>(slab: &[T], block: &mut [T], starts: &[usize], first: usize) {
    let n_channels = starts.len();
    if let &[start] = starts {
        put(block, start + first, slab);
        return;
    }
    let mut tile = [[T::default(); TILE]; TILE];
    for (i, starts) in starts.chunks(TILE).enumerate() {
        for (j, rows) in slab.chunks(TILE * n_channels).enumerate() {
            let n_rows = take(&mut tile, rows, n_channels, i * TILE..i * TILE + starts.len());
            for (trace, start) in tile.iter().zip(starts) {
                put(block, start + first + j * TILE, trace.get(..n_rows).unwrap_or_default());
            }
        }
    }
}

/// Fills `tile` with the `channels` of `rows`, channel by channel, and gives the number of rows.
fn take<T: Copy>(
    tile: &mut [[T; TILE]; TILE],
    rows: &[T],
    n_channels: usize,
    channels: std::ops::Range<usize>,
) -> usize {
    let mut n_rows = 0;
    for (r, row) in rows.chunks_exact(n_channels).enumerate() {
        let values = row.get(channels.clone()).unwrap_or_default();
        // A whole line has a length that is known when compiling.
        match <&[T; TILE]>::try_from(values) {
            Ok(values) => fill(tile, r, values),
            Err(_) => fill(tile, r, values),
        }
        n_rows = r + 1;
    }
    n_rows
}

#[inline(always)]
fn fill<'a, T: Copy + 'a>(tile: &mut [[T; TILE]; TILE], r: usize, values: impl IntoIterator<Item = &'a T>) {
    for (trace, &value) in tile.iter_mut().zip(values) {
        if let Some(place) = trace.get_mut(r) {
            *place = value;
        }
    }
}

fn put<T: Copy>(block: &mut [T], start: usize, values: &[T]) {
    if let Some(target) = block.get_mut(start..start + values.len()) {
        target.copy_from_slice(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value names its row and channel, so a value in a wrong place is seen.
    fn check(n_rows: usize, n_channels: usize) {
        let slab: Vec<u32> = (0..n_rows * n_channels).map(|i| i as u32 + 1).collect();
        // Traces stand in reverse, with a gap of 3 before each and room for one row more at both ends.
        let length = n_rows + 5;
        let starts: Vec<usize> = (0..n_channels).rev().map(|place| place * length + 3).collect();
        let mut block = vec![0; n_channels * length];
        transpose(&slab, &mut block, &starts, 1);
        let mut expected = vec![0; n_channels * length];
        for row in 0..n_rows {
            for channel in 0..n_channels {
                expected[starts[channel] + 1 + row] = slab[row * n_channels + channel];
            }
        }
        assert_eq!(block, expected, "{n_rows} rows of {n_channels} channels");
    }

    #[test]
    fn every_value_lands_in_its_trace() {
        for n_rows in [0, 1, 15, 16, 17, 50] {
            for n_channels in [1, 2, 15, 16, 17, 40] {
                check(n_rows, n_channels);
            }
        }
    }

    #[test]
    fn what_has_no_place_is_left_out() {
        let mut block = [0; 3];
        transpose(&[1, 2, 3, 4], &mut block, &[0, 2], 0);
        assert_eq!(block, [1, 3, 0]);
    }
}
