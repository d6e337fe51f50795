//! The cells of `simulate.retina` as an encoder: an upper bound for any encoder that is fitted to their recordings.

use std::ops::Range;

use neuroloom_core::{Error, Result};
use neuroloom_simulate::retina::{
    CALCIUM_TAU_FRAMES, CONTRAST_TAU_FRAMES, Cell, ENERGY_FLOOR, Grid, Mechanism, OPPONENCY, RESTING_DRIVE,
};
use pulp::Arch;

use super::Encoder;
use super::bank::{BankTape, SeparableBank};
use super::readout::{Output, Readout};
use crate::real::Real;
use crate::stimulus::StimulusShape;

/// Steepness of the rectification of all cells, `ln(1 + e^(3v))/3`.
const STEEPNESS: f64 = 3.0;

/// Simulated ganglion cells, all in the middle of the screen. Responses are in standard deviations of the recording of
/// the training movie.
#[derive(Clone, Debug)]
pub struct TrueCells<F> {
    shape: StimulusShape,
    cells: Vec<Cell>,
    readout: Readout,
    bank: SeparableBank<F>,
    /// The cells in the order of their columns: linear, ON-OFF, suppressed, selective for direction.
    order: Vec<usize>,
    counts: Counts,
    threshold: Vec<F>,
    amplitude: Vec<F>,
    off_weight: Vec<F>,
    floor: Vec<F>,
    weights: Vec<F>,
}

/// Cells of every mechanism.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    linear: usize,
    on_off: usize,
    suppressed: usize,
    motion: usize,
}

/// What a response of [`TrueCells`] leaves behind.
#[derive(Clone, Debug)]
pub struct TrueCellsTape<F> {
    /// Its outputs become the derivatives of the responses with respect to them.
    bank: BankTape<F>,
    /// A response per column.
    sums: Vec<F>,
    /// The contrast that suppresses, and the derivative of the response with respect to it, `[frame, cell]`.
    contrast: Vec<F>,
}

impl<F: Real> TrueCells<F> {
    /// The cells as they respond to stimuli of `frames` frames: the mean `output` of the last `window` frames.
    ///
    /// # Errors
    /// When the window does not fit or there are no cells.
    pub fn new(cells: &[Cell], grid: Grid, frames: usize, window: usize, output: Output) -> Result<Self> {
        if window == 0 || window > frames || cells.is_empty() {
            return Err(Error::params("a response window does not fit")
                .expected(format!("1 to {frames} frames, and at least one cell"))
                .found(format!("{window} frames, {} cells", cells.len())));
        }
        let readout = match output {
            Output::Rate => Readout::rate(frames, window),
            Output::Calcium => Readout::low_pass(frames, window, CALCIUM_TAU_FRAMES),
        };
        let shape = StimulusShape { channels: grid.channels, frames, height: grid.height, width: grid.width };
        Self::of_cells(cells, shape, readout)
    }

    fn of_cells(cells: &[Cell], shape: StimulusShape, readout: Readout) -> Result<Self> {
        let (order, counts) = columns(cells);
        let sorted: Vec<&Cell> = order.iter().map(|&k| &cells[k]).collect();
        let first_out = if counts.suppressed > 0 { 0 } else { readout.first_frame() };
        let (spatial, temporal) = filters(&sorted, counts, shape);
        let of = |f: fn(&Cell) -> f64| sorted.iter().map(|cell| F::from_f64(f(cell))).collect::<Vec<F>>();
        Ok(Self {
            bank: SeparableBank::new(shape, &spatial, &temporal, first_out)?,
            threshold: of(|cell| cell.threshold),
            amplitude: of(|cell| cell.amplitude / (STEEPNESS * cell.recording_sd)),
            off_weight: of(|cell| cell.off_weight),
            floor: of(|cell| ENERGY_FLOOR / cell.drive_sd.powi(2)),
            weights: readout.weights.iter().map(|&weight| F::from_f64(weight)).collect(),
            cells: cells.to_vec(),
            shape,
            readout,
            order,
            counts,
        })
    }

    /// Weights of the frames with an output.
    fn frame_weights(&self) -> &[F] {
        &self.weights[self.bank.first_out()..]
    }

    #[inline(always)]
    fn threshold_cells(&self, tape: &mut TrueCellsTape<F>) {
        let (n_filters, three) = (self.bank.n_filters(), F::from_f64(STEEPNESS));
        let columns = self.counts.linear_columns();
        let rows = tape.bank.outputs.chunks_exact_mut(n_filters);
        for (row, &weight) in rows.zip(self.frame_weights()) {
            for column in columns.clone() {
                let (value, slope) = (three * (row[column] - self.threshold[column])).softplus();
                let scale = weight * self.amplitude[column];
                tape.sums[column] += scale * value;
                row[column] = three * scale * slope;
            }
        }
    }

    #[inline(always)]
    fn on_off_cells(&self, tape: &mut TrueCellsTape<F>) {
        let (n_filters, three) = (self.bank.n_filters(), F::from_f64(STEEPNESS));
        let columns = self.counts.on_off_columns();
        let rows = tape.bank.outputs.chunks_exact_mut(n_filters);
        for (row, &weight) in rows.zip(self.frame_weights()) {
            for column in columns.clone() {
                let (g, threshold, off) = (row[column], self.threshold[column], self.off_weight[column]);
                let (on_value, on_slope) = (three * (g - threshold)).softplus();
                let (off_value, off_slope) = (three * (-g - threshold)).softplus();
                let scale = weight * self.amplitude[column];
                tape.sums[column] += scale * (on_value + off * off_value);
                row[column] = three * scale * (on_slope - off * off_slope);
            }
        }
    }

    #[inline(always)]
    fn suppressed_cells(&self, tape: &mut TrueCellsTape<F>) {
        let n_filters = self.bank.n_filters();
        let (columns, n) = (self.counts.suppressed_columns(), self.counts.suppressed);
        if n == 0 {
            return;
        }
        let keep = F::from_f64((-1.0 / CONTRAST_TAU_FRAMES).exp());
        let fresh = F::one() - keep;
        let (three, half) = (F::from_f64(STEEPNESS), F::from_f64(0.5));
        let (rest, tiny) = (F::from_f64(RESTING_DRIVE), F::from_f64(1e-12));
        let TrueCellsTape { bank, sums, contrast } = tape;
        let (state, slopes) = contrast.split_at_mut(n);
        state.fill(F::zero());
        let rows = bank.outputs.chunks_exact(n_filters).zip(slopes.chunks_exact_mut(n));
        for ((row, slopes), &weight) in rows.zip(self.frame_weights()) {
            for (k, column) in columns.clone().enumerate() {
                state[k] = keep * state[k] + fresh * row[column] * row[column];
                let root = state[k].sqrt();
                let (value, slope) = (three * (rest - root)).softplus();
                let scale = weight * self.amplitude[column];
                sums[column] += scale * value;
                // Without any contrast the cell is at its maximum, and the drive has no first-order effect.
                slopes[k] = if state[k] > tiny { -three * scale * slope * half / root } else { F::zero() };
            }
        }
        state.fill(F::zero());
        let rows = bank.outputs.chunks_exact_mut(n_filters).zip(slopes.chunks_exact(n)).rev();
        for (row, slopes) in rows {
            for (k, column) in columns.clone().enumerate() {
                state[k] = slopes[k] + keep * state[k];
                row[column] = (fresh + fresh) * state[k] * row[column];
            }
        }
    }

    #[inline(always)]
    fn motion_cells(&self, tape: &mut TrueCellsTape<F>) {
        let (n_filters, n) = (self.bank.n_filters(), self.counts.motion);
        let (three, opponency) = (F::from_f64(STEEPNESS), F::from_f64(OPPONENCY));
        let columns = self.counts.motion_columns();
        let rows = tape.bank.outputs.chunks_exact_mut(n_filters);
        for (row, &weight) in rows.zip(self.frame_weights()) {
            for column in columns.clone() {
                let at = [column, column + n, column + 2 * n, column + 3 * n];
                let [e1, o1, e2, o2] = at.map(|at| row[at]);
                let (a, b, c, d) = (e1 - o2, o1 + e2, e1 + o2, o1 - e2);
                let preferred = (a * a + b * b + self.floor[column]).sqrt();
                let null = (c * c + d * d + self.floor[column]).sqrt();
                let drive = preferred - opponency * null;
                let (value, slope) = (three * (drive - self.threshold[column])).softplus();
                let scale = weight * self.amplitude[column];
                tape.sums[column] += scale * value;
                let toward = three * scale * slope / preferred;
                let away = three * scale * slope * opponency / null;
                row[at[0]] = toward * a - away * c;
                row[at[1]] = toward * b - away * d;
                row[at[2]] = toward * b + away * d;
                row[at[3]] = -toward * a - away * c;
            }
        }
    }
}

impl<F: Real> Encoder<F> for TrueCells<F> {
    type Tape = TrueCellsTape<F>;

    fn shape(&self) -> StimulusShape {
        self.shape
    }

    fn n_units(&self) -> usize {
        self.cells.len()
    }

    fn frames(&self) -> Range<usize> {
        self.bank.first_in()..self.shape.frames
    }

    fn name(&self) -> &'static str {
        "true_cells"
    }

    fn tape(&self) -> TrueCellsTape<F> {
        let frames_out = self.shape.frames - self.bank.first_out();
        TrueCellsTape {
            bank: self.bank.tape(),
            sums: vec![F::zero(); self.cells.len()],
            contrast: vec![F::zero(); (frames_out + 1) * self.counts.suppressed],
        }
    }

    fn respond(&self, stimulus: &[F], tape: &mut TrueCellsTape<F>, responses: &mut [F]) {
        self.bank.filter(stimulus, &mut tape.bank);
        tape.sums.fill(F::zero());
        Arch::new().dispatch(|| {
            self.threshold_cells(tape);
            self.on_off_cells(tape);
            self.suppressed_cells(tape);
            self.motion_cells(tape);
        });
        for (&sum, &unit) in tape.sums.iter().zip(&self.order) {
            responses[unit] = sum;
        }
    }

    fn vjp(&self, cotangent: &[F], tape: &mut TrueCellsTape<F>, gradient: &mut [F]) {
        let by_column = &mut tape.sums;
        for (value, &unit) in by_column.iter_mut().zip(&self.order) {
            *value = cotangent[unit];
        }
        let n_filters = self.bank.n_filters();
        let (by_column, motion) = (&*by_column, self.counts.motion);
        let first_motion = self.cells.len() - motion;
        let BankTape { outputs, cotangents, .. } = &mut tape.bank;
        let rows = outputs.chunks_exact(n_filters).zip(cotangents.chunks_exact_mut(n_filters));
        for (derivatives, row) in rows {
            // The columns of all cells, then three more of those that are selective for direction.
            let (first, more) = by_column.split_at(first_motion);
            let factors = first.iter().chain(more.iter().cycle().take(4 * motion));
            for ((out, derivative), factor) in row.iter_mut().zip(derivatives).zip(factors) {
                *out = *derivative * *factor;
            }
        }
        self.bank.vjp(&mut tape.bank, gradient);
    }

    fn select(&self, units: &[usize]) -> Self {
        let known: Vec<usize> = units.iter().copied().filter(|&unit| unit < self.cells.len()).collect();
        let cells: Vec<Cell> = known.iter().map(|&unit| self.cells[unit].clone()).collect();
        let mut column_of = vec![0; self.cells.len()];
        for (column, &unit) in self.order.iter().enumerate() {
            column_of[unit] = column;
        }
        let (order, counts) = columns(&cells);
        let own: Vec<usize> = order.iter().map(|&k| column_of[known[k]]).collect();
        let mut filters = own.clone();
        let motion = &own[own.len() - counts.motion..];
        filters.extend((1..4).flat_map(|q| motion.iter().map(move |column| column + q * self.counts.motion)));
        let pick = |values: &[F]| own.iter().map(|&column| values[column]).collect::<Vec<F>>();
        Self {
            shape: self.shape,
            readout: self.readout.clone(),
            bank: self.bank.select(&filters),
            threshold: pick(&self.threshold),
            amplitude: pick(&self.amplitude),
            off_weight: pick(&self.off_weight),
            floor: pick(&self.floor),
            weights: self.weights.clone(),
            cells,
            order,
            counts,
        }
    }
}

impl Counts {
    fn linear_columns(self) -> Range<usize> {
        0..self.linear
    }

    fn on_off_columns(self) -> Range<usize> {
        self.linear..self.linear + self.on_off
    }

    fn suppressed_columns(self) -> Range<usize> {
        let start = self.linear + self.on_off;
        start..start + self.suppressed
    }

    /// The first of four blocks.
    fn motion_columns(self) -> Range<usize> {
        let start = self.linear + self.on_off + self.suppressed;
        start..start + self.motion
    }
}

/// The cells sorted by mechanism.
fn columns(cells: &[Cell]) -> (Vec<usize>, Counts) {
    let of = |wanted: fn(Mechanism) -> bool| -> Vec<usize> {
        (0..cells.len()).filter(|&k| wanted(cells[k].mechanism())).collect()
    };
    let groups = [
        of(|mechanism| matches!(mechanism, Mechanism::Linear(_))),
        of(|mechanism| mechanism == Mechanism::OnOff),
        of(|mechanism| mechanism == Mechanism::Suppressed),
        of(|mechanism| mechanism == Mechanism::Motion),
    ];
    let [linear, on_off, suppressed, motion] = [0, 1, 2, 3].map(|k: usize| groups[k].len());
    (groups.concat(), Counts { linear, on_off, suppressed, motion })
}

/// Filters of all columns, divided by the standard deviation of the drive; those of OFF cells are turned over.
fn filters(sorted: &[&Cell], counts: Counts, shape: StimulusShape) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let grid = Grid { channels: shape.channels, height: shape.height, width: shape.width };
    let scaled = |cell: &Cell, image: &[f64]| -> Vec<f64> {
        let sign = if let Mechanism::Linear(sign) = cell.mechanism() { f64::from(sign) } else { 1.0 };
        image.iter().map(|value| sign * value / cell.drive_sd).collect()
    };
    let (mut spatial, mut temporal) = (Vec::new(), Vec::new());
    let first_motion = sorted.len() - counts.motion;
    let (one_filter, motion) = sorted.split_at(first_motion);
    let columns = one_filter.iter().map(|cell| (cell, 0));
    for (cell, pair) in columns.chain((0..4).flat_map(|pair| motion.iter().map(move |cell| (cell, pair)))) {
        let (space, time) = cell.filter_pairs()[pair];
        spatial.push(scaled(cell, &cell.spatial_filters(grid, true)[space]));
        temporal.push(cell.temporal_filters()[time].to_vec());
    }
    (spatial, temporal)
}
