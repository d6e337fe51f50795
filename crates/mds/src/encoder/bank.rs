//! Many filters, each a product of one in space and one in time.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, concatenate};
use neuroloom_core::{Error, Result};
use neuroloom_math::symmetric_eigen;
use pulp::Arch;

use crate::real::Real;
use crate::stimulus::StimulusShape;

/// Directions of the space of filters are kept that hold more than this share of its largest: rounding of 32 bits.
const SMALLEST_DIRECTION: f64 = 1e-15;

/// Space-time separable causal filters; what was before the first frame is 0.
///
/// The filters of many cells, centred, span few directions of the space of images: images are projected on these
/// first (`[frames, pixels] x [pixels, rank]`), and mixed to filters afterwards.
#[derive(Clone, Debug)]
pub struct SeparableBank<F> {
    shape: StimulusShape,
    /// Orthonormal images, `[channel * pixel, rank]`, a block of columns per channel.
    bases: Vec<Array2<F>>,
    /// `[rank, filter]` of every channel.
    mixes: Vec<Array2<F>>,
    /// A row of all filters per lag.
    taps: Vec<Vec<F>>,
    first_out: usize,
}

/// What a bank leaves behind.
#[derive(Clone, Debug)]
pub struct BankTape<F> {
    projected: Vec<F>,
    mixed: Vec<F>,
    /// `[frame - first, filter]`.
    pub(crate) outputs: Vec<F>,
    /// The gradient with respect to the outputs, to be filled before [`SeparableBank::vjp`].
    pub(crate) cotangents: Vec<F>,
}

impl<F: Real> SeparableBank<F> {
    /// Filters with images `spatial[filter][channel * pixel]` and time courses `temporal[filter][lag]`, lag 0 being the
    /// frame itself. Outputs are computed from frame `first_out` on.
    ///
    /// # Errors
    /// When images or time courses differ in length.
    pub fn new(
        shape: StimulusShape,
        spatial: &[Vec<f64>],
        temporal: &[Vec<f64>],
        first_out: usize,
    ) -> Result<Self> {
        let (n_pixels, n_taps) = (shape.n_pixels(), temporal.first().map_or(0, Vec::len));
        let fits = spatial.len() == temporal.len()
            && spatial.iter().all(|image| image.len() == shape.channels * n_pixels)
            && temporal.iter().all(|taps| taps.len() == n_taps);
        if !fits {
            return Err(Error::internal("filters of a bank differ in size"));
        }
        let (mut bases, mut mixes) = (Vec::new(), Vec::new());
        for channel in 0..shape.channels {
            let images = Array2::from_shape_fn((n_pixels, spatial.len()), |(pixel, filter)| {
                spatial[filter][channel * n_pixels + pixel]
            });
            let (basis, mix) = factored(images.view(), SMALLEST_DIRECTION)?;
            bases.push(basis.mapv(F::from_f64));
            mixes.push(mix.mapv(F::from_f64));
        }
        let row = |lag: usize| temporal.iter().map(|taps| F::from_f64(taps[lag])).collect();
        let taps = (0..n_taps).map(row).collect();
        Ok(Self { shape, bases, mixes, taps, first_out: first_out.min(shape.frames) })
    }

    /// Number of filters.
    pub fn n_filters(&self) -> usize {
        self.mixes.first().map_or(0, Array2::ncols)
    }

    /// First frame with an output.
    pub fn first_out(&self) -> usize {
        self.first_out
    }

    /// The first frame that can influence an output.
    pub fn first_in(&self) -> usize {
        (self.first_out + 1).saturating_sub(self.taps.len())
    }

    /// Some of the filters.
    #[must_use]
    pub fn select(&self, filters: &[usize]) -> Self {
        let columns = |mix: &Array2<F>| {
            Array2::from_shape_fn((mix.nrows(), filters.len()), |(r, k)| mix[[r, filters[k]]])
        };
        let taps = self.taps.iter().map(|row| filters.iter().map(|&filter| row[filter]).collect());
        Self { mixes: self.mixes.iter().map(columns).collect(), taps: taps.collect(), ..self.clone() }
    }

    /// Room for one stimulus.
    pub fn tape(&self) -> BankTape<F> {
        let frames_in = self.shape.frames - self.first_in();
        let rank = self.bases.iter().map(Array2::ncols).max().unwrap_or(0);
        let n_out = (self.shape.frames - self.first_out) * self.n_filters();
        BankTape {
            projected: vec![F::zero(); frames_in * rank],
            mixed: vec![F::zero(); frames_in * self.n_filters()],
            outputs: vec![F::zero(); n_out],
            cotangents: vec![F::zero(); n_out],
        }
    }

    /// Fills the outputs of the tape.
    pub fn filter(&self, stimulus: &[F], tape: &mut BankTape<F>) {
        let (first, n_filters) = (self.first_in(), self.n_filters());
        for channel in 0..self.shape.channels {
            let (basis, mix) = (&self.bases[channel], &self.mixes[channel]);
            let images = self.images(stimulus, channel);
            let rows = images.nrows();
            let mut projected = matrix_mut(&mut tape.projected, rows, basis.ncols());
            general_mat_mul(F::one(), &images, basis, F::zero(), &mut projected);
            let kept = if channel == 0 { F::zero() } else { F::one() };
            let mut mixed = matrix_mut(&mut tape.mixed, rows, n_filters);
            general_mat_mul(F::one(), &projected, mix, kept, &mut mixed);
        }
        let (mixed, outputs, taps) = (&tape.mixed, &mut tape.outputs, &self.taps);
        Arch::new().dispatch(|| {
            for (frame, output) in (self.first_out..).zip(outputs.chunks_exact_mut(n_filters)) {
                output.fill(F::zero());
                // The oldest frame first: the order of the sum is the same for any number of frames.
                for lag in (0..taps.len().min(frame + 1)).rev() {
                    let row = (frame - lag - first) * n_filters;
                    add_product(output, &taps[lag], &mixed[row..row + n_filters]);
                }
            }
        });
    }

    /// Overwrites `gradient` with the gradient with respect to the stimulus, of the cotangents of the tape.
    pub fn vjp(&self, tape: &mut BankTape<F>, gradient: &mut [F]) {
        let (first, n_filters) = (self.first_in(), self.n_filters());
        let (mixed, cotangents, taps) = (&mut tape.mixed, &tape.cotangents, &self.taps);
        Arch::new().dispatch(|| {
            for (frame, row) in (first..).zip(mixed.chunks_exact_mut(n_filters)) {
                row.fill(F::zero());
                let nearest = self.first_out.saturating_sub(frame);
                let last = taps.len().min(self.shape.frames - frame);
                for (lag, taps) in taps.iter().enumerate().take(last).skip(nearest) {
                    let at = (frame + lag - self.first_out) * n_filters;
                    add_product(row, taps, &cotangents[at..at + n_filters]);
                }
            }
        });
        gradient.fill(F::zero());
        for channel in 0..self.shape.channels {
            let (basis, mix) = (&self.bases[channel], &self.mixes[channel]);
            let rows = self.shape.frames - first;
            let mixed = matrix_mut(&mut tape.mixed, rows, n_filters);
            let mut projected = matrix_mut(&mut tape.projected, rows, basis.ncols());
            general_mat_mul(F::one(), &mixed, &mix.t(), F::zero(), &mut projected);
            let range = self.range(channel);
            let mut images = matrix_mut(&mut gradient[range], rows, basis.nrows());
            general_mat_mul(F::one(), &projected, &basis.t(), F::zero(), &mut images);
        }
    }

    /// The values of one channel that can influence an output.
    fn range(&self, channel: usize) -> std::ops::Range<usize> {
        let start = channel * self.shape.channel_len();
        start + self.first_in() * self.shape.n_pixels()..start + self.shape.channel_len()
    }

    fn images<'a>(&self, stimulus: &'a [F], channel: usize) -> ArrayView2<'a, F> {
        let values = &stimulus[self.range(channel)];
        let n_pixels = self.shape.n_pixels();
        matrix(values, values.len() / n_pixels.max(1), n_pixels)
    }
}

/// `images [pixel, filter] = basis [pixel, rank] mix [rank, filter]` to rounding, the basis orthonormal.
pub(super) fn factored(images: ArrayView2<'_, f64>, smallest: f64) -> Result<(Array2<f64>, Array2<f64>)> {
    let gram = images.dot(&images.t());
    let eigen = symmetric_eigen(gram.view())
        .map_err(|e| Error::data(format!("the filters of an encoder cannot be factored: {e}")))?;
    let largest = eigen.values.iter().copied().fold(0.0, f64::max);
    let kept: Vec<usize> =
        (0..eigen.values.len()).rev().filter(|&k| eigen.values[k] > smallest * largest).collect();
    if kept.is_empty() {
        return Ok((Array2::zeros((images.nrows(), 1)), Array2::zeros((1, images.ncols()))));
    }
    let columns: Vec<_> = kept.iter().map(|&k| eigen.vectors.column(k).insert_axis(Axis(1))).collect();
    let basis =
        concatenate(Axis(1), &columns).map_err(|e| Error::internal(format!("a basis of filters: {e}")))?;
    let mix = basis.t().dot(&images);
    Ok((basis.as_standard_layout().into_owned(), mix.as_standard_layout().into_owned()))
}

/// `out += a * b`.
#[inline(always)]
fn add_product<F: Real>(out: &mut [F], a: &[F], b: &[F]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out += *a * *b;
    }
}

// Sizes come from the bank itself, which made the tape: they always fit.

fn matrix<F>(values: &[F], rows: usize, columns: usize) -> ArrayView2<'_, F> {
    ArrayView2::from_shape((rows, columns), &values[..rows * columns])
        .unwrap_or_else(|_| unreachable!("a view of {rows} x {columns}"))
}

fn matrix_mut<F>(values: &mut [F], rows: usize, columns: usize) -> ArrayViewMut2<'_, F> {
    ArrayViewMut2::from_shape((rows, columns), &mut values[..rows * columns])
        .unwrap_or_else(|_| unreachable!("a view of {rows} x {columns}"))
}
