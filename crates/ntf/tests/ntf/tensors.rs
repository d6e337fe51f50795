//! Tensors for tests, and the slow obvious versions of what the library computes fast.

use ndarray::{Array2, ArrayD, Dimension, IxDyn};
use neuroloom_core::{Seed, Table};
use neuroloom_ntf::{Factor, ImplicitAffinity, Layout, Tensor, Worm};
use neuroloom_table::{TableBuilder, kinds};
use rand::RngExt;

/// Numbers in (0, 1).
pub fn uniform(shape: &[usize], seed: u64) -> ArrayD<f64> {
    let mut rng = Seed::root(seed).rng();
    ArrayD::from_shape_simple_fn(IxDyn(shape), || rng.random::<f64>())
}

/// Factors with entries in (0, 1).
pub fn factors(shape: &[usize], rank: usize, seed: u64) -> Vec<Factor> {
    let one = |(mode, length): (usize, &usize)| {
        let mut rng = Seed::root(seed).child_index(mode as u64).rng();
        Array2::from_shape_simple_fn((*length, rank), || rng.random::<f64>())
    };
    shape.iter().enumerate().map(one).collect()
}

/// The tensor whose factors these are.
pub fn model(factors: &[Factor]) -> ArrayD<f64> {
    let shape: Vec<usize> = factors.iter().map(Array2::nrows).collect();
    let rank = factors[0].ncols();
    ArrayD::from_shape_fn(IxDyn(&shape), |index| {
        (0..rank).map(|r| (0..shape.len()).map(|mode| factors[mode][[index[mode], r]]).product::<f64>()).sum()
    })
}

pub fn dense(array: &ArrayD<f64>) -> Tensor<f64> {
    Tensor::new(array.shape().to_vec(), array.iter().copied().collect()).unwrap()
}

pub fn dense_f32(array: &ArrayD<f64>) -> Tensor<f32> {
    Tensor::new(array.shape().to_vec(), array.iter().map(|value| *value as f32).collect()).unwrap()
}

/// `M_n`, entry by entry.
pub fn slow_mttkrp(array: &ArrayD<f64>, factors: &[Factor], mode: usize) -> Factor {
    let rank = factors[0].ncols();
    let mut product = Array2::zeros((array.shape()[mode], rank));
    for (index, value) in array.indexed_iter() {
        for r in 0..rank {
            let others = (0..factors.len()).filter(|other| *other != mode);
            let weight: f64 = others.map(|other| factors[other][[index[other], r]]).product();
            product[[index[mode], r]] += value * weight;
        }
    }
    product
}

/// `|X - model|^2` over the entries for which `counts`.
pub fn slow_residual(array: &ArrayD<f64>, factors: &[Factor], counts: impl Fn(&[usize]) -> bool) -> f64 {
    let model = model(factors);
    let pairs = array.indexed_iter().zip(&model);
    pairs
        .filter(|((index, _), _)| counts(index.as_array_view().as_slice().unwrap()))
        .map(|((_, x), model)| (x - model).powi(2))
        .sum()
}

/// Signed roots of `n_worms` animals; every seventh neuron of every other animal is not observed.
pub fn affinity(
    n_neurons: usize,
    n_frames: usize,
    n_worms: usize,
    layout: Layout,
    gaps: bool,
) -> ImplicitAffinity {
    let mut rng = Seed::root(31).rng();
    let worms = (0..n_worms)
        .map(|worm| {
            let mut h =
                Array2::from_shape_simple_fn((n_neurons, n_frames), || 2.0 * rng.random::<f64>() - 1.0);
            h.mapv_inplace(|h| if h.abs() < 0.2 { 0.0 } else { h });
            let observed: Vec<bool> =
                (0..n_neurons).map(|i| !gaps || (i + worm) % 7 != 0 || worm % 2 == 0).collect();
            for (mut row, _) in h.rows_mut().into_iter().zip(&observed).filter(|(_, here)| !**here) {
                row.fill(0.0);
            }
            Worm { recording_id: format!("worm {worm}"), h, observed }
        })
        .collect();
    let neurons = (0..n_neurons).map(|i| format!("N{i}")).collect();
    ImplicitAffinity { layout, neurons, t0_s: 0.0, dt_s: 0.5, worms }
}

/// The dense tensor of an affinity with zeros where it is masked.
pub fn filled(affinity: &ImplicitAffinity) -> ArrayD<f64> {
    affinity.to_dense().mapv(|value| if value.is_nan() { 0.0 } else { value })
}

pub fn close(a: &Factor, b: &Factor, tolerance: f64) {
    assert_eq!(a.dim(), b.dim());
    let scale = b.iter().fold(1e-300, |largest: f64, value| largest.max(value.abs()));
    for (at, value) in a.indexed_iter() {
        assert!((value - b[at]).abs() <= tolerance * scale, "{at:?}: {value} and {}", b[at]);
    }
}

/// The table of an affinity.
pub fn affinity_table(affinity: &ImplicitAffinity) -> Table {
    let rows: Vec<(&Worm, usize)> =
        affinity.worms.iter().flat_map(|worm| (0..affinity.n_neurons()).map(move |i| (worm, i))).collect();
    let layout = if affinity.layout == Layout::Pairs { "pairs" } else { "square" };
    TableBuilder::new(kinds::AFFINITY)
        .text("recording_id", rows.iter().map(|(worm, _)| &worm.recording_id))
        .text("neuron", rows.iter().map(|(_, i)| &affinity.neurons[*i]))
        .integers("neuron_index", rows.iter().map(|(_, i)| *i as i64))
        .text("layout", rows.iter().map(|_| layout))
        .optional_bools("observed", rows.iter().map(|(worm, i)| Some(worm.observed[*i])))
        .numbers("t0_s", rows.iter().map(|_| affinity.t0_s))
        .numbers("dt_s", rows.iter().map(|_| affinity.dt_s))
        .lists("h", rows.iter().map(|(worm, i)| worm.h.row(*i).to_vec()))
        .finish()
        .unwrap()
}
