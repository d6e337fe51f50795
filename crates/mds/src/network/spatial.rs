//! Convolution in space.

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::{Layout, Segment};

use super::geometry::{Region, Shape};
use crate::real::Real;

/// Filters of `size` x `size` pixels over a map with a margin of 0, frame by frame.
///
/// What the filters see is copied side by side, and one product of matrices does the rest. Before the first layer a place has
/// its frames in a row: columns are stretches of it. Later a frame has its channels in a row: rows are made of those.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spatial {
    /// In and out.
    pub channels: [usize; 2],
    size: usize,
    padding: usize,
    first: bool,
    weight: Segment,
}

impl Spatial {
    pub fn new(
        layout: &mut Layout,
        name: &str,
        channels: [usize; 2],
        size: usize,
        padding: usize,
        first: bool,
    ) -> Self {
        let weight = layout.add(format!("{name}.weight"), &[channels[1], size, size, channels[0]]);
        Self { channels, size, padding, first, weight }
    }

    /// Where its weights lie.
    pub fn weight(&self) -> Segment {
        self.weight
    }

    /// Side of a filter.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Rows and columns of the map behind it.
    pub fn map_out(&self, map: [usize; 2]) -> [usize; 2] {
        map.map(|side| side + 2 * self.padding + 1 - self.size)
    }

    /// What of the map before it the positions `out` behind it need.
    pub fn needed(&self, out: Region, map: [usize; 2]) -> Region {
        let range = |start: usize, n: usize, side: usize| {
            let first = start.saturating_sub(self.padding);
            let last = (start + n + self.size - 1).saturating_sub(self.padding).min(side);
            (first, last.saturating_sub(first))
        };
        let ((y, height), (x, width)) = (range(out.y, out.height, map[0]), range(out.x, out.width, map[1]));
        Region { y, x, height, width }
    }

    pub fn columns_len(&self, out: &Shape) -> usize {
        out.region.n_positions() * out.frames * self.seen()
    }

    /// Weights of one filter.
    fn seen(&self) -> usize {
        self.size * self.size * self.channels[0]
    }

    pub fn forward<F: Real>(
        &self,
        parameters: &[F],
        [from, to]: [&Shape; 2],
        x: &[F],
        columns: &mut [F],
        y: &mut [F],
    ) {
        let rows = to.region.n_positions() * to.frames;
        self.gather([from, to], x, columns);
        let weight = Factor::transposed(self.weight.of(parameters), self.seen());
        let [_, out] = self.channels;
        let seen = self.columns_factor(columns, rows);
        product(Target::replace(y, out), [rows, self.seen(), out], seen, weight, F::one());
    }

    pub fn backward<F: Real>(
        &self,
        parameters: &[F],
        [from, to]: [&Shape; 2],
        [columns, scratch]: [&mut Vec<F>; 2],
        dy: &[F],
        gradient: Option<&mut [F]>,
        dx: Option<&mut [F]>,
    ) {
        let rows = to.region.n_positions() * to.frames;
        let ([_, out], seen) = (self.channels, self.seen());
        if let Some(gradient) = gradient {
            let target = Target::add(self.weight.of_mut(gradient), seen);
            let columns = self.columns_factor(columns, rows);
            product(target, [out, rows, seen], Factor::transposed(dy, out), columns, F::one());
        }
        let Some(dx) = dx else { return };
        scratch.resize(rows * seen, F::zero());
        let (weight, dy) = (self.weight.of(parameters), Factor::rows(dy, out));
        if self.first {
            let target = Target::replace(scratch, rows);
            let weight = Factor::transposed(weight, seen);
            product(target, [seen, out, rows], weight, dy.turned(), F::one());
        } else {
            let target = Target::replace(scratch, seen);
            product(target, [rows, out, seen], dy, Factor::rows(weight, seen), F::one());
        }
        dx.fill(F::zero());
        self.scatter([from, to], scratch, dx);
    }

    /// What the filters see as `[place and frame, seen]`.
    fn columns_factor<'a, F: Real>(&self, columns: &'a [F], rows: usize) -> Factor<'a, F> {
        if self.first { Factor::transposed(columns, rows) } else { Factor::rows(columns, self.seen()) }
    }

    fn gather<F: Real>(&self, shapes: [&Shape; 2], x: &[F], columns: &mut [F]) {
        self.stretches(shapes, |seen, place, length| match place {
            Some(place) => columns[seen..seen + length].copy_from_slice(&x[place..place + length]),
            None => columns[seen..seen + length].fill(F::zero()),
        });
    }

    fn scatter<F: Real>(&self, shapes: [&Shape; 2], columns: &[F], dx: &mut [F]) {
        self.stretches(shapes, |seen, place, length| {
            if let Some(place) = place {
                let values = &columns[seen..seen + length];
                dx[place..place + length].iter_mut().zip(values).for_each(|(out, value)| *out += *value);
            }
        });
    }

    /// Calls `f(start in the columns, start before the layer, length)` for all stretches; the second is none in the margin.
    fn stretches(&self, [from, to]: [&Shape; 2], mut f: impl FnMut(usize, Option<usize>, usize)) {
        let (n_positions, frames) = (to.region.n_positions(), to.frames);
        let positions_in = from.region.n_positions();
        for position in 0..n_positions {
            let (row, column) = (position / to.region.width, position % to.region.width);
            for offset in 0..self.size * self.size {
                let y = (to.region.y + row + offset / self.size) as isize - self.padding as isize;
                let x = (to.region.x + column + offset % self.size) as isize - self.padding as isize;
                let place = from.region.position(y, x);
                if self.first {
                    for channel in 0..from.channels {
                        let seen = (offset * from.channels + channel) * n_positions + position;
                        let plane = place.map(|place| (channel * positions_in + place) * frames);
                        f(seen * frames, plane, frames);
                    }
                } else {
                    for frame in 0..frames {
                        let seen = (position * frames + frame) * self.seen() + offset * from.channels;
                        let place = place.map(|place| (place * frames + frame) * from.channels);
                        f(seen, place, from.channels);
                    }
                }
            }
        }
    }
}
