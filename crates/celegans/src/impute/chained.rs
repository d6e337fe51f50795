//! Chained regressions: every neuron with gaps is predicted from others, round after round.

use ndarray::Array2;
use neuroloom_core::{Result, Seed};
use neuroloom_math::{dot, mean};
use rand::Rng;
use rayon::prelude::*;

use super::{BayesianRidge, bayesian_ridge};

const MOST_ROUNDS: usize = 10;
const PREDICTORS: usize = 10;
const TOLERANCE: f64 = 1e-3;
const LEAST_CORRELATION: f64 = 1e-6;

/// Fills the NaN of `traces` `[n_neurons][n_samples]`, each of which has a measured sample.
///
/// The scheme of scikit-learn's `IterativeImputer` with the published settings: gaps start at the mean of
/// their neuron; in each of at most 10 rounds every neuron with gaps, those with the fewest first, is regressed
/// ([`bayesian_ridge`]) on 10 others, drawn without replacement with probabilities proportional to their absolute
/// correlation; rounds end when no sample moves by more than 1e-3 of the largest measured one. The draws come
/// from `seed`, so results are reproducible here but not bit by bit those of scikit-learn.
///
/// # Errors
/// When a regression cannot be solved.
pub fn chained(traces: &mut [Vec<f64>], seed: Seed) -> Result<()> {
    let gaps: Vec<Vec<usize>> = traces.iter().map(|trace| missing(trace)).collect();
    let mut order: Vec<usize> = (0..traces.len()).filter(|&neuron| !gaps[neuron].is_empty()).collect();
    order.sort_by_key(|&neuron| gaps[neuron].len());
    let largest = traces.iter().flatten().filter(|x| !x.is_nan()).fold(0.0_f64, |most, x| most.max(x.abs()));
    fill_with_means(traces, &gaps);
    let correlations = absolute_correlations(traces, &order);
    let mut rng = seed.rng();
    for _ in 0..MOST_ROUNDS {
        let mut moved = 0.0_f64;
        for (row, &neuron) in order.iter().enumerate() {
            let weights = correlations.row(row).to_vec();
            let predictors = draw_without_replacement(weights, PREDICTORS, &mut rng);
            let model = fit(traces, &gaps[neuron], neuron, &predictors)?;
            for &sample in &gaps[neuron] {
                let value = predict(&model, traces, &predictors, sample);
                moved = moved.max((value - traces[neuron][sample]).abs());
                traces[neuron][sample] = value;
            }
        }
        if moved < TOLERANCE * largest {
            break;
        }
    }
    Ok(())
}

fn missing(trace: &[f64]) -> Vec<usize> {
    trace.iter().enumerate().filter(|(_, value)| value.is_nan()).map(|(sample, _)| sample).collect()
}

fn fill_with_means(traces: &mut [Vec<f64>], gaps: &[Vec<usize>]) {
    for (trace, gaps) in traces.iter_mut().zip(gaps).filter(|(_, gaps)| !gaps.is_empty()) {
        let measured: Vec<f64> = trace.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = if measured.is_empty() { 0.0 } else { mean(&measured) };
        gaps.iter().for_each(|&sample| trace[sample] = mean);
    }
}

/// |r| of the neurons in `order` with all neurons `[order, n_neurons]`, at least 1e-6, 0 with themselves.
fn absolute_correlations(traces: &[Vec<f64>], order: &[usize]) -> Array2<f64> {
    let unit: Vec<Vec<f64>> = traces.par_iter().map(|trace| unit_length(trace)).collect();
    let entry = |(row, column): (usize, usize)| match order[row] {
        neuron if neuron == column => 0.0,
        neuron => dot(&unit[neuron], &unit[column]).abs().max(LEAST_CORRELATION),
    };
    Array2::from_shape_fn((order.len(), traces.len()), entry)
}

fn unit_length(trace: &[f64]) -> Vec<f64> {
    let mean = mean(trace);
    let centred: Vec<f64> = trace.iter().map(|value| value - mean).collect();
    let length = dot(&centred, &centred).sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    centred.into_iter().map(|value| value * scale).collect()
}

/// `n` different indices (all with weight, if they are fewer), one after the other with probability proportional to
/// what is left of `weights`.
fn draw_without_replacement(mut weights: Vec<f64>, n: usize, rng: &mut impl Rng) -> Vec<usize> {
    let available = weights.iter().filter(|weight| **weight > 0.0).count();
    let mut drawn = Vec::with_capacity(n);
    for _ in 0..n.min(available) {
        let uniform = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut rest = uniform * weights.iter().sum::<f64>();
        let candidates = weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        let mut chosen = None;
        for (index, weight) in candidates {
            chosen = Some(index);
            rest -= weight;
            if rest < 0.0 {
                break;
            }
        }
        if let Some(index) = chosen {
            weights[index] = 0.0;
            drawn.push(index);
        }
    }
    drawn
}

fn fit(traces: &[Vec<f64>], gaps: &[usize], neuron: usize, predictors: &[usize]) -> Result<BayesianRidge> {
    let measured = |trace: &[f64]| -> Vec<f64> {
        let mut gaps = gaps.iter().peekable();
        let measured = trace.iter().enumerate().filter(|(sample, _)| gaps.next_if_eq(&sample).is_none());
        measured.map(|(_, value)| *value).collect()
    };
    let x: Vec<Vec<f64>> = predictors.iter().map(|&predictor| measured(&traces[predictor])).collect();
    bayesian_ridge(&x, &measured(&traces[neuron]))
}

fn predict(model: &BayesianRidge, traces: &[Vec<f64>], predictors: &[usize], sample: usize) -> f64 {
    let terms = predictors.iter().zip(&model.coefficients).map(|(&p, c)| traces[p][sample] * c);
    model.intercept + terms.sum::<f64>()
}
