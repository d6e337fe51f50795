//! Concentrations of the hierarchical Dirichlet process: data drawn again and again from the model leave their prior.

use ndarray::Array2;
use neuroloom_bicluster::{
    ConcentrationPrior, HdpPrior, sample_transitions_and_concentrations, transitions_from_prior,
};

use crate::support::{assert_moments, rng};

const N_STATES: usize = 3;
const SWEEPS: usize = 100_000;

#[test]
fn successive_conditional_draws_keep_the_prior() {
    let hyper = ConcentrationPrior { row: [6.0, 2.0], stickiness: [3.0, 2.0], shared: [5.0, 2.0] };
    let mut rng = rng(1);
    let segments = [0..9, 9..21];
    let mut prior: HdpPrior = hyper.draw_prior(&mut rng);
    let mut transitions = transitions_from_prior(&prior, N_STATES, &mut rng);
    let (mut totals, mut shares, mut gammas) = (Vec::new(), Vec::new(), Vec::new());
    let no_evidence = Array2::zeros((21, N_STATES));
    for _ in 0..SWEEPS {
        let states =
            neuroloom_bicluster::sample_states(no_evidence.view(), &transitions, &segments, &mut rng);
        (transitions, prior) = sample_transitions_and_concentrations(
            &hyper,
            &prior,
            &states,
            &segments,
            N_STATES,
            &transitions,
            &mut rng,
        );
        totals.push(prior.alpha + prior.kappa);
        shares.push(prior.kappa / (prior.alpha + prior.kappa));
        gammas.push(prior.gamma);
    }
    assert_moments("alpha + kappa", &totals, 3.0, 1.5);
    assert_moments("share of kappa", &shares, 0.6, 0.04);
    assert_moments("gamma", &gammas, 2.5, 1.25);
}
