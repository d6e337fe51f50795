//! Convolution in space.

use std::ops::Range;

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::{Layout, Segment};

use super::geometry::{Region, Shape};
use crate::real::Real;

/// Filters of `size` x `size` pixels over a map with a margin of 0, frame by frame.
///
/// Before the first layer a place has its frames in a row: what the filters see is copied side by side in stretches of it, and one
/// product of matrices does the rest. Later a frame has its channels in a row, and for every pixel of the filters the frames of a
/// row of places are a matrix as they lie: its product with the weights of that pixel is added up, and nothing is copied.
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
        if self.first { out.region.n_positions() * out.frames * self.seen() } else { 0 }
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
        let (weight, seen, [_, out]) = (self.weight.of(parameters), self.seen(), self.channels);
        if self.first {
            let rows = to.region.n_positions() * to.frames;
            self.gather([from, to], x, columns);
            let columns = Factor::transposed(&*columns, rows);
            let weight = Factor::transposed(weight, seen);
            return product(Target::replace(y, out), [rows, seen, out], columns, weight, F::one());
        }
        y.fill(F::zero());
        self.blocks([from, to], |Block { behind, before, pixel }| {
            let weight = Factor::transposed(&weight[pixel..], seen);
            let x = Factor::rows(&x[before.start * from.channels..], from.channels);
            let target = Target::add(&mut y[behind.start * out..], out);
            product(target, [behind.len(), from.channels, out], x, weight, F::one());
        });
    }

    #[expect(clippy::too_many_arguments, reason = "all that an adjoint needs")]
    pub fn backward<F: Real>(
        &self,
        parameters: &[F],
        [from, to]: [&Shape; 2],
        x: &[F],
        [columns, scratch]: [&mut Vec<F>; 2],
        dy: &[F],
        gradient: Option<&mut [F]>,
        dx: Option<&mut [F]>,
    ) {
        if self.first {
            self.backward_of_columns(parameters, [from, to], [columns, scratch], dy, gradient, dx);
        } else {
            self.backward_of_blocks(parameters, [from, to], x, dy, gradient, dx);
        }
    }

    fn backward_of_columns<F: Real>(
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
            let columns = Factor::transposed(&*columns, rows);
            product(target, [out, rows, seen], Factor::transposed(dy, out), columns, F::one());
        }
        let Some(dx) = dx else { return };
        scratch.resize(rows * seen, F::zero());
        let weight = Factor::transposed(self.weight.of(parameters), seen);
        let target = Target::replace(scratch, rows);
        product(target, [seen, out, rows], weight, Factor::transposed(dy, out), F::one());
        dx.fill(F::zero());
        self.scatter([from, to], scratch, dx);
    }

    fn backward_of_blocks<F: Real>(
        &self,
        parameters: &[F],
        [from, to]: [&Shape; 2],
        x: &[F],
        dy: &[F],
        gradient: Option<&mut [F]>,
        dx: Option<&mut [F]>,
    ) {
        let ([n_in, out], seen) = (self.channels, self.seen());
        if let Some(gradient) = gradient {
            let gradient = self.weight.of_mut(gradient);
            self.blocks([from, to], |Block { behind, before, pixel }| {
                let dy = Factor::transposed(&dy[behind.start * out..], out);
                let x = Factor::rows(&x[before.start * n_in..], n_in);
                let target = Target::add(&mut gradient[pixel..], seen);
                product(target, [out, behind.len(), n_in], dy, x, F::one());
            });
        }
        let Some(dx) = dx else { return };
        let weight = self.weight.of(parameters);
        dx.fill(F::zero());
        self.blocks([from, to], |Block { behind, before, pixel }| {
            let dy = Factor::rows(&dy[behind.start * out..], out);
            let weight = Factor::rows(&weight[pixel..], seen);
            let target = Target::add(&mut dx[before.start * n_in..], n_in);
            product(target, [behind.len(), out, n_in], dy, weight, F::one());
        });
    }

    /// What the filters see, `[seen][place and frame]`; 0 in the margin.
    fn gather<F: Real>(&self, [from, to]: [&Shape; 2], x: &[F], columns: &mut [F]) {
        let (plane, rows) = (from.len() / from.channels, to.region.n_positions() * to.frames);
        if self.padding > 0 {
            columns.fill(F::zero());
        }
        self.blocks([from, to], |Block { behind, before, pixel }| {
            let planes = columns[pixel * rows..].chunks_exact_mut(rows).zip(x.chunks_exact(plane));
            for (column, plane) in planes {
                column[behind.clone()].copy_from_slice(&plane[before.clone()]);
            }
        });
    }

    /// Its adjoint, added to `dx`.
    fn scatter<F: Real>(&self, [from, to]: [&Shape; 2], columns: &[F], dx: &mut [F]) {
        let (plane, rows) = (from.len() / from.channels, to.region.n_positions() * to.frames);
        self.blocks([from, to], |Block { behind, before, pixel }| {
            let planes = columns[pixel * rows..].chunks_exact(rows).zip(dx.chunks_exact_mut(plane));
            for (column, plane) in planes {
                let sums = plane[before.clone()].iter_mut();
                sums.zip(&column[behind.clone()]).for_each(|(sum, value)| *sum += *value);
            }
        });
    }

    /// Calls `f` for all blocks that lie on the map.
    fn blocks(&self, [from, to]: [&Shape; 2], mut f: impl FnMut(Block)) {
        let on_map = |first: usize, offset: usize, n: usize, start: usize, side: usize| {
            // What is at `first + k` behind the layer is at `first + k + offset - padding - start` before it.
            let shift = (first + offset) as isize - self.padding as isize - start as isize;
            let from = (-shift).clamp(0, n as isize);
            let to = (side as isize - shift).clamp(from, n as isize);
            ((from as usize)..(to as usize), shift)
        };
        let (map, behind) = (from.region, to.region);
        for offset in 0..self.size * self.size {
            let (rows, down) = on_map(behind.y, offset / self.size, behind.height, map.y, map.height);
            let (columns, right) = on_map(behind.x, offset % self.size, behind.width, map.x, map.width);
            if columns.is_empty() {
                continue;
            }
            for row in rows {
                let place = row * behind.width + columns.start;
                let source_row = row.saturating_add_signed(down);
                let source = source_row * map.width + columns.start.saturating_add_signed(right);
                let n = columns.len() * to.frames;
                f(Block {
                    behind: place * to.frames..place * to.frames + n,
                    before: source * from.frames..source * from.frames + n,
                    pixel: offset * from.channels,
                });
            }
        }
    }
}

/// Frames of a row of places, behind a layer and before it, and where the weights of one pixel of a filter begin.
struct Block {
    behind: Range<usize>,
    before: Range<usize>,
    pixel: usize,
}
