//! Fits: peers reach the same errors from the same starts, truth is found, laws hold.

use ndarray::{Array2, ArrayD};
use neuroloom_core::Seed;
use neuroloom_ntf::operand::{
    Compressed, DenseRows, Operand, PairRows, SparseOperand, SquareAffinity, SymmetricRows, TwoPass,
};
use neuroloom_ntf::{
    Factor, Fit, FitOptions, Fitting, Hidden, Layout, Loss, Mask, Method, ModeOptions, Model, Penalty,
    Problem, SparseTensor, Start, similarity,
};
use proptest::prelude::*;
use rand::RngExt;
use serde::Deserialize;

use crate::tensors::{affinity, close, dense, dense_f32, factors, filled, model, uniform};

#[derive(Deserialize)]
struct Peer {
    name: String,
    shape: Vec<usize>,
    rank: usize,
    tensor: Vec<f64>,
    start: Vec<Vec<f64>>,
    hals: Vec<f64>,
    hals_stop: Vec<f64>,
    bcd: Vec<f64>,
    mu: Vec<f64>,
    tensorly_hals: Vec<f64>,
}

fn peers() -> Vec<Peer> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ntf_peers.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

impl Peer {
    fn array(&self) -> ArrayD<f64> {
        ArrayD::from_shape_vec(self.shape.clone(), self.tensor.clone()).unwrap()
    }

    fn start(&self) -> Start {
        let factor = |(length, values): (&usize, &Vec<f64>)| {
            Array2::from_shape_vec((*length, self.rank), values.clone())
        };
        let factors = self.shape.iter().zip(&self.start).map(|pair| factor(pair).unwrap()).collect();
        Start::given(&self.shape, self.rank, factors, |_| false).unwrap()
    }

    /// The trace from the peer's start.
    fn fit(&self, options: FitOptions) -> Fit {
        let operand = TwoPass::new(DenseRows::new(dense(&self.array())));
        run(&Problem { operand: &operand, mask: &Mask::Full, options: &options }, vec![self.start()])
    }
}

fn run(problem: &Problem<'_>, starts: Vec<Start>) -> Fit {
    let mut fitting = Fitting::new(starts, false);
    while !fitting.is_done() {
        fitting.round(problem, None).unwrap();
    }
    fitting.finish()
}

fn random_starts(operand: &dyn Operand, rank: usize, n: usize) -> Vec<Start> {
    (0..n).map(|i| Start::random(operand.shape(), rank, operand.squared_norm(), &Seed::root(4), i)).collect()
}

/// Every sweep, whatever it brings.
fn sweeps(rank: usize, n: usize) -> FitOptions {
    FitOptions { tolerance: f64::NEG_INFINITY, max_iterations: n, ..FitOptions::of_rank(rank) }
}

#[test]
fn tensortools_takes_the_same_path_from_the_same_start() {
    for peer in peers() {
        let options = FitOptions { floor: 1e-6, revive: false, ..sweeps(peer.rank, peer.hals.len()) };
        let fit = peer.fit(options);
        for (sweep, (ours, theirs)) in fit.starts[0].trace.iter().zip(&peer.hals).enumerate() {
            assert!((ours - theirs).abs() <= 1e-6 * theirs, "{} sweep {sweep}: {ours} {theirs}", peer.name);
        }
    }
}

#[test]
fn tensortools_stops_at_the_same_sweep() {
    for peer in peers() {
        let options = FitOptions { floor: 1e-6, revive: false, tolerance: 1e-5, ..sweeps(peer.rank, 501) };
        let fit = peer.fit(options);
        assert_eq!(fit.starts[0].iterations(), peer.hals_stop.len(), "{}", peer.name);
    }
}

#[test]
fn the_default_is_no_worse_than_peers_at_the_end() {
    for peer in peers() {
        let ours =
            peer.fit(FitOptions { revive: false, ..sweeps(peer.rank, peer.hals.len()) }).starts[0].error();
        for (theirs, name) in [(&peer.bcd, "bcd"), (&peer.mu, "mu"), (&peer.tensorly_hals, "tensorly")] {
            let theirs = theirs.last().unwrap();
            assert!(ours <= theirs + 5e-3, "{} {name}: {ours} {theirs}", peer.name);
        }
    }
}

#[test]
fn multiplicative_updates_take_the_path_of_tensorly() {
    for peer in peers() {
        let options = FitOptions { method: Method::Mu, ..sweeps(peer.rank, peer.mu.len()) };
        let (fit, theirs) = (peer.fit(options), peer.mu.last().unwrap());
        let ours = fit.starts[0].error();
        assert!((ours - theirs).abs() <= 1e-4, "{}: {ours} {theirs}", peer.name);
    }
}

#[test]
fn an_exact_model_is_found() {
    for (shape, rank) in [(vec![12, 10, 14], 3), (vec![8, 7, 6, 9], 3), (vec![20, 15], 2)] {
        let truth = factors(&shape, rank, 3);
        let truth: Vec<Factor> =
            truth.iter().map(|factor| factor.mapv(|u| if u < 0.5 { 0.0 } else { u })).collect();
        let operand = TwoPass::new(DenseRows::new(dense(&model(&truth))));
        let options = FitOptions { tolerance: 1e-12, max_iterations: 5000, ..FitOptions::of_rank(rank) };
        let fit = run(
            &Problem { operand: &operand, mask: &Mask::Full, options: &options },
            random_starts(&operand, rank, 6),
        );
        let error = fit.starts[fit.best].error();
        assert!(error < 1e-5, "{shape:?}: {error}");
        if shape.len() > 2 {
            let found = similarity(&Model::from_factors(&truth), &fit.model);
            assert!(found > 0.999, "{shape:?}: {found}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_objective_never_grows(seed in 0..1000u64, method in 0..3usize, penalty in 0..3usize) {
        let array = uniform(&[6, 7, 8], seed);
        let operand = TwoPass::new(DenseRows::new(dense(&array)));
        let method = [Method::Hals, Method::Mu, Method::Bcd][method];
        let first = [Penalty::default(), Penalty { l1: 0.3, ridge: 0.1, ..Penalty::default() }, Penalty { smooth: 2.0, ..Penalty::default() }][penalty];
        let first = if method == Method::Hals { first } else { Penalty::default() };
        let ridge = Penalty { ridge: if first.is_none() { 0.0 } else { 0.5 }, ..Penalty::default() };
        let mode = |penalty| ModeOptions { penalty, ..ModeOptions::default() };
        let options = FitOptions { method, modes: vec![mode(first), mode(ridge), mode(ridge)], ..sweeps(3, 40) };
        let fit = run(&Problem { operand: &operand, mask: &Mask::Full, options: &options }, random_starts(&operand, 3, 1));
        for pair in fit.starts[0].objective.windows(2) {
            prop_assert!(pair[1] <= pair[0] * (1.0 + 1e-9), "{:?}: {pair:?}", method);
        }
        prop_assert!(fit.starts[0].factors.iter().flatten().all(|u| *u >= 0.0));
    }

    #[test]
    fn scaling_the_tensor_scales_the_weights(scale in 0.01..100.0f64) {
        let array = uniform(&[5, 6, 7], 2);
        let fit_of = |array: &ArrayD<f64>| {
            let operand = TwoPass::new(DenseRows::new(dense(array)));
            run(&Problem { operand: &operand, mask: &Mask::Full, options: &sweeps(2, 30) }, random_starts(&operand, 2, 1))
        };
        let (one, scaled) = (fit_of(&array), fit_of(&(&array * scale)));
        for (a, b) in one.model.lambda.iter().zip(&scaled.model.lambda) {
            prop_assert!((a * scale - b).abs() < 1e-6 * b);
        }
    }
}

#[test]
fn permuting_a_mode_permutes_its_factor() {
    let array = uniform(&[5, 6, 7], 2);
    let order = [3, 0, 4, 1, 2];
    let permuted =
        ArrayD::from_shape_fn(array.raw_dim(), |index| array[[order[index[0]], index[1], index[2]]]);
    let start = factors(&[5, 6, 7], 2, 8);
    let mut permuted_start = start.clone();
    permuted_start[0] = Array2::from_shape_fn((5, 2), |(i, r)| start[0][[order[i], r]]);
    let fit_of = |array: &ArrayD<f64>, start: Vec<Factor>| {
        let operand = TwoPass::new(DenseRows::new(dense(array)));
        let start = Start::given(array.shape(), 2, start, |_| false).unwrap();
        run(&Problem { operand: &operand, mask: &Mask::Full, options: &sweeps(2, 30) }, vec![start]).model
    };
    let (plain, moved) = (fit_of(&array, start), fit_of(&permuted, permuted_start));
    close(&Array2::from_shape_fn((5, 2), |(i, r)| plain.factors[0][[order[i], r]]), &moved.factors[0], 1e-8);
}

#[test]
fn all_forms_of_an_affinity_are_fitted_alike() {
    let pairs = affinity(10, 60, 3, Layout::Pairs, false);
    let square = affinity(10, 60, 1, Layout::Square, false);
    let fit_of = |operand: &dyn Operand| {
        let start = Start::random(operand.shape(), 3, operand.squared_norm(), &Seed::root(1), 0);
        run(&Problem { operand, mask: &Mask::Full, options: &sweeps(3, 60) }, vec![start]).starts[0].error()
    };
    let same = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
    same(
        fit_of(&TwoPass::new(PairRows::<f64>::new(&pairs))),
        fit_of(&TwoPass::new(DenseRows::new(dense(&filled(&pairs))))),
    );
    let whole = fit_of(&TwoPass::new(DenseRows::new(dense(&filled(&square)))));
    same(fit_of(&SquareAffinity::<f64>::new(&square)), whole);
    same(fit_of(&SquareAffinity::<f32>::new(&square)), whole);
    same(fit_of(&TwoPass::new(SymmetricRows::new(&dense(&filled(&square))).unwrap())), whole);
}

#[test]
fn what_is_hidden_is_filled_in() {
    let truth = factors(&[9, 8, 10], 2, 1);
    let array = model(&truth);
    let mut rng = Seed::root(3).rng();
    let hide: Vec<[u32; 4]> = array
        .indexed_iter()
        .filter(|_| rng.random::<f64>() < 0.3)
        .map(|(index, _)| [index[0] as u32, index[1] as u32, index[2] as u32, 0])
        .collect();
    let mut zeroed = array.clone();
    for index in &hide {
        zeroed[[index[0] as usize, index[1] as usize, index[2] as usize]] = 0.0;
    }
    let operand = TwoPass::new(DenseRows::new(dense(&zeroed)));
    let mask = Mask::Hidden(Hidden::new(vec![9, 8, 10], hide.clone()));
    let options = FitOptions { tolerance: 1e-12, max_iterations: 4000, ..FitOptions::of_rank(2) };
    let fit =
        run(&Problem { operand: &operand, mask: &mask, options: &options }, random_starts(&operand, 2, 3));
    let found = model(&fit.starts[fit.best].factors);
    for index in &hide {
        let at = [index[0] as usize, index[1] as usize, index[2] as usize];
        assert!((found[&at[..]] - array[&at[..]]).abs() < 1e-3, "{at:?}");
    }

    // The same from a list of what was observed.
    let entries = array
        .indexed_iter()
        .map(|(index, x)| ([index[0] as u32, index[1] as u32, index[2] as u32, 0], *x))
        .filter(|(index, _)| !hide.contains(index));
    let sparse = SparseTensor::new(vec![9, 8, 10], entries.collect()).unwrap();
    let operand = SparseOperand::new(&sparse, true);
    let mask = Mask::Observed(operand.entries().clone());
    let again =
        run(&Problem { operand: &operand, mask: &mask, options: &options }, random_starts(&operand, 2, 3));
    assert!(similarity(&fit.model, &again.model) > 0.9999);
}

#[test]
fn poisson_counts_are_fitted_better_by_their_likelihood() {
    let truth = factors(&[10, 9, 12], 2, 6);
    let rates = model(&truth).mapv(|x| 4.0 * x);
    let mut rng = Seed::root(2).rng();
    // Poisson counts by inversion.
    let counts = rates.mapv(|rate| {
        let (mut k, mut p, limit) = (0.0, rng.random::<f64>(), (-rate).exp());
        while p > limit {
            p *= rng.random::<f64>();
            k += 1.0;
        }
        k
    });
    let operand = TwoPass::new(DenseRows::new(dense(&counts)));
    let fit_of = |loss, operand: &dyn Operand| {
        let options = FitOptions { loss, tolerance: 1e-8, max_iterations: 2000, ..FitOptions::of_rank(2) };
        run(&Problem { operand, mask: &Mask::Full, options: &options }, random_starts(operand, 2, 3))
    };
    let likelihood = |fit: &Fit| -> f64 {
        let model = model(&fit.starts[fit.best].factors);
        counts.iter().zip(&model).map(|(x, m)| x * m.max(1e-12).ln() - m).sum()
    };
    let (kl, gaussian) = (fit_of(Loss::Kl, &operand), fit_of(Loss::Gaussian, &operand));
    assert!(likelihood(&kl) > likelihood(&gaussian));
    for pair in kl.starts[0].objective.windows(2) {
        assert!(pair[1] <= pair[0] + 1e-12);
    }
    let entries = counts.indexed_iter().filter(|(_, x)| **x > 0.0);
    let entries =
        entries.map(|(index, x)| ([index[0] as u32, index[1] as u32, index[2] as u32, 0], *x)).collect();
    let sparse =
        fit_of(Loss::Kl, &SparseOperand::new(&SparseTensor::new(vec![10, 9, 12], entries).unwrap(), false));
    assert!(similarity(&kl.model, &sparse.model) > 0.9999);
}

#[test]
fn new_animals_are_projected_on_fixed_factors() {
    let truth = factors(&[12, 5, 9], 2, 1);
    let operand = TwoPass::new(DenseRows::new(dense(&model(&truth))));
    let fixed = ModeOptions { fixed: true, ..ModeOptions::default() };
    let options = FitOptions {
        modes: vec![fixed, ModeOptions::default(), fixed],
        tolerance: 1e-12,
        max_iterations: 2000,
        ..FitOptions::of_rank(2)
    };
    let mut start = factors(&[12, 5, 9], 2, 70);
    start[0].clone_from(&truth[0]);
    start[2].clone_from(&truth[2]);
    let start = Start::given(operand.shape(), 2, start, |_| false).unwrap();
    let fit = run(&Problem { operand: &operand, mask: &Mask::Full, options: &options }, vec![start]);
    assert_eq!(fit.starts[0].factors[0], truth[0]);
    close(&fit.starts[0].factors[1], &truth[1], 1e-4);
}

#[test]
fn a_signed_mode_may_go_below_zero() {
    let mut truth = factors(&[12, 8, 9], 2, 1);
    truth[2].mapv_inplace(|u| u - 0.5);
    let operand = TwoPass::new(DenseRows::new(dense(&model(&truth))));
    let signed = ModeOptions { signed: true, ..ModeOptions::default() };
    let fit_of = |modes| {
        let options = FitOptions { modes, tolerance: 1e-12, max_iterations: 3000, ..FitOptions::of_rank(2) };
        run(
            &Problem { operand: &operand, mask: &Mask::Full, options: &options },
            random_starts(&operand, 2, 4),
        )
    };
    let both = fit_of(vec![ModeOptions::default(), ModeOptions::default(), signed]);
    assert!(both.starts[both.best].error() < 1e-4);
    let positive = fit_of(Vec::new());
    assert!(positive.starts[positive.best].error() > 0.1);
}

#[test]
fn compression_ends_with_the_error_of_the_tensor_itself() {
    let truth = factors(&[14, 14, 300], 4, 5);
    let mut array = model(&truth);
    let noise = uniform(&[14, 14, 300], 9);
    array.zip_mut_with(&noise, |x, noise| *x += 0.3 * noise);
    let operand = TwoPass::new(DenseRows::new(dense_f32(&array)));
    assert!(Compressed::pays(operand.rows(), 4));
    let compressed = Compressed::new(&operand, 4, &Seed::root(1)).unwrap();
    let options = FitOptions { tolerance: 1e-6, ..FitOptions::of_rank(4) };
    let problem = Problem { operand: &operand, mask: &Mask::Full, options: &options };
    let mut fitting = Fitting::new(random_starts(&operand, 4, 3), true);
    while !fitting.is_done() {
        fitting.round(&problem, Some(&compressed)).unwrap();
    }
    let (fast, exact) = (fitting.finish(), run(&problem, random_starts(&operand, 4, 3)));
    let (fast_error, exact_error) = (fast.starts[fast.best].error(), exact.starts[exact.best].error());
    assert!((fast_error - exact_error).abs() < 1e-4, "{fast_error} {exact_error}");
    let direct = operand.residual(&fast.starts[fast.best].factors, None).unwrap();
    assert!(((direct / operand.squared_norm()).sqrt() - fast_error).abs() < 1e-6);
}

#[test]
fn extrapolation_ends_no_worse() {
    let array = uniform(&[9, 8, 10], 4);
    let operand = TwoPass::new(DenseRows::new(dense(&array)));
    let fit_of = |extrapolate| {
        let options =
            FitOptions { extrapolate, tolerance: 1e-9, max_iterations: 3000, ..FitOptions::of_rank(3) };
        run(
            &Problem { operand: &operand, mask: &Mask::Full, options: &options },
            random_starts(&operand, 3, 1),
        )
    };
    let (plain, fast) = (fit_of(false), fit_of(true));
    assert!(fast.starts[0].error() < plain.starts[0].error() + 1e-3);
    // What is reported is the error of what is returned.
    let direct = operand.residual(&fast.starts[0].factors, None).unwrap();
    assert!(((direct / operand.squared_norm()).sqrt() - fast.starts[0].error()).abs() < 1e-6);
}

#[test]
fn a_fit_taken_up_from_its_bytes_is_the_fit_in_one_go() {
    let array = uniform(&[9, 8, 50], 4);
    let operand = TwoPass::new(DenseRows::new(dense(&array)));
    for (method, extrapolate) in [(Method::Hals, false), (Method::Hals, true), (Method::Bcd, false)] {
        let options = FitOptions { method, extrapolate, ..sweeps(3, 35) };
        let problem = Problem { operand: &operand, mask: &Mask::Full, options: &options };
        let whole = run(&problem, random_starts(&operand, 3, 2));
        let mut fitting = Fitting::new(random_starts(&operand, 3, 2), false);
        while !fitting.is_done() {
            fitting.round(&problem, None).unwrap();
            fitting = serde_json::from_str(&serde_json::to_string(&fitting).unwrap()).unwrap();
        }
        assert_eq!(fitting.finish(), whole);
    }
}
