//! R-hat and effective sample sizes against those of ArviZ.

use neuroloom_bicluster::{Convergence, ess_bulk, ess_tail, r_hat};
use neuroloom_core::Seed;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    chains: Vec<Vec<f64>>,
    r_hat: f64,
    ess_bulk: f64,
    ess_tail: f64,
}

#[test]
fn diagnostics_are_those_of_arviz() {
    // arviz.rhat(method="rank"), arviz.ess(method="bulk" and "tail") of ArviZ 0.23.4. It takes autocovariances by Fourier
    // transforms, we take sums: hence 1e-9.
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/arviz_convergence.json")).unwrap();
    assert_eq!(fixture.cases.len(), 7);
    for Case { name, chains, r_hat: expected, ess_bulk: bulk, ess_tail: tail } in fixture.cases {
        let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-9;
        assert!(close(r_hat(&chains), expected), "{name}: R-hat {} {expected}", r_hat(&chains));
        assert!(close(ess_bulk(&chains), bulk), "{name}: bulk {} {bulk}", ess_bulk(&chains));
        assert!(close(ess_tail(&chains), tail), "{name}: tail {} {tail}", ess_tail(&chains));
    }
}

#[test]
fn a_slow_chain_is_worth_few_draws() {
    // An autoregression of 0.9 has an autocorrelation time of 19.
    let chains: Vec<Vec<f64>> = (0..4)
        .map(|chain| {
            let mut rng = Seed::root(5).child_index(chain).rng();
            let mut at = 0.0;
            let mut step = |at: &mut f64| {
                let noise: f64 = StandardNormal.sample(&mut rng);
                *at = 0.9 * *at + noise;
                *at
            };
            (0..20_000).map(|_| step(&mut at)).collect::<Vec<f64>>()
        })
        .collect();
    let lists: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    let found = Convergence::of(&lists);
    assert!((found.ess_bulk * 19.0 / 80_000.0 - 1.0).abs() < 0.15, "{}", found.ess_bulk);
    assert!(found.r_hat < 1.01 && found.mean.abs() < 0.15 && (found.sd / 2.294 - 1.0).abs() < 0.05);
    // Scales and monotone maps do not matter.
    let bent: Vec<Vec<f64>> = chains.iter().map(|chain| chain.iter().map(|x| x.exp()).collect()).collect();
    assert!((ess_bulk(&bent) - found.ess_bulk).abs() < 1e-6);
}

#[test]
fn chains_that_cannot_be_judged_are_not() {
    let constant = [vec![2.0; 50], vec![2.0; 50]];
    assert!(r_hat(&constant).is_nan());
    assert_eq!(ess_bulk(&constant), 100.0, "what never differs is known");
    assert!(r_hat(&[vec![1.0, 2.0, 3.0]]).is_nan(), "too short");
    assert!(ess_bulk(&[vec![1.0, f64::NAN, 3.0, 4.0]]).is_nan());
    let none: [Vec<f64>; 0] = [];
    assert!(r_hat(&none).is_nan() && ess_tail(&none).is_nan());
    // The middle one of an odd number of draws belongs to no half.
    assert!(r_hat(&[vec![1.0, 2.0, 1e9, 1.5, 2.5]]) < 3.0);
}
