//! Loss and gradient of one chunk.

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::vectorised;

use super::chunks::Chunk;
use super::movies::{Clip, Movies};
use super::options::{FitOptions, Loss};
use crate::network::{Masks, Network, Region, Tape};
use crate::real::Real;

/// What the logarithm of a rate of 0 is kept from.
const TINY: f64 = 1e-16;

/// Room for one chunk at a time.
#[derive(Debug)]
pub struct FitPass<'a, F> {
    network: &'a Network,
    options: &'a FitOptions,
    len: usize,
    tape: Tape<F>,
    /// `[frame][neuron]`: drives, then rates, then signals.
    drive: Vec<F>,
    slopes: Vec<F>,
    signal: Vec<F>,
    matrix_gradient: Vec<F>,
    gradient: Vec<F>,
}

/// The parameters of a network, and the weights of all neurons that they stand for.
#[derive(Debug)]
pub(crate) struct Weights<'p, F> {
    parameters: &'p [F],
    masks: Masks<F>,
    matrix: Vec<F>,
}

impl<'p, F: Real> Weights<'p, F> {
    pub fn new(network: &Network, parameters: &'p [F]) -> Self {
        let masks = network.readout().masks(network.map_size(), parameters);
        let mut matrix = Vec::new();
        network.readout().matrix(&masks, parameters, &mut matrix);
        Self { parameters, masks, matrix }
    }
}

impl<'a, F: Real> FitPass<'a, F> {
    /// Room for chunks of `len` frames.
    pub fn new(network: &'a Network, options: &'a FitOptions, len: usize) -> Self {
        let frames = len + options.settle + network.memory();
        Self {
            tape: Tape::new(network, frames, Region::whole(network.map_size())),
            drive: Vec::new(),
            slopes: Vec::new(),
            signal: Vec::new(),
            matrix_gradient: Vec::new(),
            gradient: Vec::new(),
            network,
            options,
            len,
        }
    }

    /// Sum of the losses of all frames and neurons of a chunk under `parameters`, with [`gradient`](Self::gradient) of
    /// the mean.
    pub fn loss_and_gradient(&mut self, parameters: &[F], movies: &Movies, chunk: Chunk) -> f64 {
        self.both(&Weights::new(self.network, parameters), movies, chunk)
    }

    /// The gradient of the mean loss of the last chunk.
    pub fn gradient(&self) -> &[F] {
        &self.gradient
    }

    pub(crate) fn both(&mut self, weights: &Weights<'_, F>, movies: &Movies, chunk: Chunk) -> f64 {
        let loss = self.loss(weights, movies, chunk);
        self.backward(weights);
        loss
    }

    /// Sum of the losses; leaves derivatives of the mean by the signals in `signal`.
    pub(crate) fn loss(&mut self, weights: &Weights<'_, F>, movies: &Movies, chunk: Chunk) -> f64 {
        let Some(clip) = movies.train.get(chunk.clip) else { return f64::NAN };
        self.predict(weights, movies, clip, chunk.start);
        let n = movies.n_units;
        let counted = self.options.settle * n;
        let traces = &clip.traces[chunk.start * n..(chunk.start + self.len) * n];
        let share = F::from_f64(1.0 / (self.len * n) as f64);
        self.signal[..counted].fill(F::zero());
        let mut total = 0.0;
        for (row, traces) in self.signal[counted..].chunks_exact_mut(n).zip(traces.chunks_exact(n)) {
            let mut sum = F::zero();
            for (value, &trace) in row.iter_mut().zip(traces) {
                let (r, y) = (*value, F::from_f64(f64::from(trace)));
                match self.options.loss {
                    Loss::Mse => {
                        sum += (r - y) * (r - y);
                        *value = share * (r - y + r - y);
                    }
                    Loss::Poisson => {
                        let safe = r + F::from_f64(TINY);
                        sum += r - y * safe.ln();
                        *value = share * (F::one() - y / safe);
                    }
                }
            }
            total += sum.double();
        }
        total
    }

    /// Predicted signals `[frame][neuron]` of a chunk, the frames in which it settles before it.
    pub(crate) fn predict(&mut self, weights: &Weights<'_, F>, movies: &Movies, clip: &Clip, start: usize) {
        let (n, n_pixels) = (movies.n_units, movies.n_pixels());
        let before = self.options.settle + self.network.memory();
        let lead = before.saturating_sub(start);
        let first = (start + lead - before) * n_pixels;
        let values: Vec<F> = clip
            .frames
            .chunks_exact(clip.n_frames * n_pixels)
            .flat_map(|channel| &channel[first..(start + self.len) * n_pixels])
            .map(|&value| F::from_f64(f64::from(value)))
            .collect();
        let stride = values.len() / movies.screen[0];
        self.tape.load(&values, stride, lead);
        self.network.features(weights.parameters, &mut self.tape);
        let frames = self.tape.frames_out();
        for room in [&mut self.drive, &mut self.slopes, &mut self.signal] {
            room.resize(frames * n, F::zero());
        }
        let layout = self.network.readout();
        layout.drive(self.tape.flatten(), &weights.matrix, &mut self.drive);
        let bias = layout.bias.of(weights.parameters);
        let log_gain = layout.log_gain.of(weights.parameters);
        let gain: Vec<F> = log_gain.iter().map(|gain| gain.exponential()).collect();
        let keep = F::from_f64(self.options.calcium_tau_frames.map_or(0.0, |tau| (-1.0 / tau).exp()));
        let fresh = F::one() - keep;
        let (drive, slopes, signal) = (&mut self.drive, &mut self.slopes, &mut self.signal);
        vectorised(
            #[inline(always)]
            || {
                let rows = drive.chunks_exact_mut(n).zip(slopes.chunks_exact_mut(n)).enumerate();
                for (frame, (row, slopes)) in rows {
                    let (past, now) = signal.split_at_mut(frame * n);
                    let before = past.len().checked_sub(n).map(|at| &past[at..]);
                    let units = row.iter_mut().zip(slopes).zip(bias.iter().zip(&gain)).zip(now).enumerate();
                    for (unit, (((drive, slope_out), (&bias, &gain)), out)) in units {
                        let (value, slope) = (*drive + bias).softplus();
                        let rate = gain * value;
                        *drive = rate;
                        *slope_out = gain * slope;
                        // Before the first frame the signal stood where that frame's rate would keep it.
                        let state = before.map_or(rate, |before| before[unit]);
                        *out = keep * state + fresh * rate;
                    }
                }
            },
        );
    }

    pub(crate) fn signal(&self) -> &[F] {
        &self.signal
    }

    fn backward(&mut self, weights: &Weights<'_, F>) {
        let layout = self.network.readout();
        let n = layout.n_units;
        let keep = F::from_f64(self.options.calcium_tau_frames.map_or(0.0, |tau| (-1.0 / tau).exp()));
        self.gradient.clear();
        self.gradient.resize(weights.parameters.len(), F::zero());
        self.rates_backward(keep, n);
        let frames = self.tape.frames_out();
        let (mut d_bias, mut d_log_gain) = (vec![F::zero(); n], vec![F::zero(); n]);
        let rows =
            self.signal.chunks_exact_mut(n).zip(self.drive.chunks_exact(n).zip(self.slopes.chunks_exact(n)));
        for (row, (rates, slopes)) in rows {
            let sums = d_bias.iter_mut().zip(&mut d_log_gain);
            for ((d_rate, (&rate, &slope)), (d_bias, d_log_gain)) in
                row.iter_mut().zip(rates.iter().zip(slopes)).zip(sums)
            {
                *d_log_gain += *d_rate * rate;
                *d_rate *= slope;
                *d_bias += *d_rate;
            }
        }
        layout.bias.of_mut(&mut self.gradient).copy_from_slice(&d_bias);
        layout.log_gain.of_mut(&mut self.gradient).copy_from_slice(&d_log_gain);
        let width = weights.matrix.len() / n;
        self.matrix_gradient.resize(weights.matrix.len(), F::zero());
        let (d_drive, features) = (Factor::rows(&self.signal, n), Factor::rows(&self.tape.flat, width));
        let target = Target::replace(&mut self.matrix_gradient, width);
        product(target, [n, frames, width], d_drive.turned(), features, F::one());
        layout.matrix_backward(&weights.masks, weights.parameters, &self.matrix_gradient, &mut self.gradient);
        let target = Target::replace(&mut self.tape.flat_gradient, width);
        product(target, [frames, n, width], d_drive, Factor::rows(&weights.matrix, width), F::one());
        self.tape.unflatten_gradient();
        let gradient = Some(self.gradient.as_mut_slice());
        self.network.features_backward(weights.parameters, &mut self.tape, gradient, false);
    }

    /// From derivatives by the signals to those by the rates.
    fn rates_backward(&mut self, keep: F, n: usize) {
        let fresh = F::one() - keep;
        let frames = self.signal.len() / n;
        let mut later = vec![F::zero(); n];
        for (frame, row) in self.signal.chunks_exact_mut(n).enumerate().rev() {
            let own = if frame == 0 && frames > 0 { F::one() } else { fresh };
            for (value, later) in row.iter_mut().zip(&mut later) {
                *later = *value + keep * *later;
                *value = own * *later;
            }
        }
    }
}
