//! States against all paths enumerated, weights against integrals (T4).

use ndarray::{Array2, array};
use neuroloom_bicluster::{HdpPrior, Transitions, sample_states, sample_transitions, transitions_from_prior};
use neuroloom_math::ln_gamma;

use crate::support::{assert_moments, moments_on_grid, rng, total_variation};

const DRAWS: usize = 400_000;

fn transitions(rows: Array2<f64>) -> Transitions {
    Transitions { log_weights: vec![0.0; rows.nrows()], log_rows: rows.ln() }
}

fn likelihoods() -> Array2<f64> {
    // the rows of last bins, 3 and 8, must not be read
    array![
        [0.0, -1.0, -4.0],
        [-2.0, 0.3, -5.0],
        [-3.0, -1.0, 0.0],
        [f64::NAN, 0.0, 0.0],
        [-1.0, -1.5, -6.0],
        [f64::NEG_INFINITY, 0.0, -0.5],
        [-700.0, -703.0, -701.0],
        [-4.0, 0.0, -4.0],
        [9.0, f64::NAN, -9.0]
    ]
}

#[test]
fn paths_are_drawn_as_often_as_enumeration_says() {
    let transitions = transitions(array![[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.3, 0.3, 0.4]]);
    let (log_lik, segments) = (likelihoods(), [0..4, 4..9]);
    let steps = [0_usize, 1, 2, 4, 5, 6, 7];
    let path_of = |code: usize| -> Vec<usize> { (0..7).map(|i| code / 3_usize.pow(i) % 3).collect() };
    let weight = |path: &[usize]| -> f64 {
        let emitted: f64 = steps.iter().zip(path).map(|(&t, &state)| log_lik[[t, state]]).sum();
        let moved: f64 =
            (1..7).filter(|&i| i != 3).map(|i| transitions.log_rows[[path[i - 1], path[i]]]).sum();
        (emitted + moved + 700.0).exp()
    };
    let weights: Vec<f64> = (0..3_usize.pow(7)).map(|code| weight(&path_of(code))).collect();
    let total: f64 = weights.iter().sum();
    let expected: Vec<f64> = weights.iter().map(|weight| weight / total).collect();

    let (mut rng, mut visits) = (rng(1), vec![0; expected.len()]);
    for _ in 0..DRAWS {
        let states = sample_states(log_lik.view(), &transitions, &segments, &mut rng);
        assert_eq!((states[3], states[8]), (states[2], states[7]));
        visits[steps.iter().enumerate().map(|(i, &t)| states[t] * 3_usize.pow(i as u32)).sum::<usize>()] += 1;
    }
    let distance = total_variation(&visits, &expected);
    assert!(distance < 0.01, "{distance}");
}

#[test]
fn states_that_underflow_are_weighed_in_logarithms() {
    // state 1 is out of reach of a product of doubles, and yet the only one that explains bins 1 and 2
    let log_rows = array![[0.0, -900.0, -905.0], [-900.0, 0.0, -900.0], [0.0, 0.0, 0.0]];
    let transitions = Transitions { log_weights: vec![0.0; 3], log_rows };
    let log_lik =
        array![[0.0, -5000.0, -5000.0], [-5000.0, 0.0, 5.0], [-9000.0, 0.0, -9000.0], [0.0, 0.0, 0.0]];
    let mut rng = rng(2);
    let draws = 20_000;
    let through_one = (0..draws)
        .filter(|_| {
            let states = sample_states(log_lik.view(), &transitions, std::slice::from_ref(&(0..4)), &mut rng);
            assert_eq!((states[0], states[2]), (0, 1));
            states[1] == 1
        })
        .count();
    // 0 -> 1 -> 1 weighs e^-900, 0 -> 2 -> 1 weighs e^-905 e^5
    let z = (through_one as f64 - 0.5 * f64::from(draws)) / (0.25 * f64::from(draws)).sqrt();
    assert!(z.abs() < 4.5, "{z}");
}

#[test]
fn weights_of_the_prior_are_dirichlet() {
    let prior = HdpPrior { alpha: 5.0, gamma: 2.0, kappa: 10.0 };
    let mut rng = rng(3);
    let draws: Vec<Transitions> = (0..50_000).map(|_| transitions_from_prior(&prior, 4, &mut rng)).collect();
    let first: Vec<f64> = draws.iter().map(|draw| draw.log_weights[0].exp()).collect();
    assert_moments("beta", &first, 0.25, 0.25 * 0.75 / 3.0);
    let stay: Vec<f64> = draws.iter().map(|draw| draw.log_rows[[1, 1]].exp()).collect();
    // E pi_11 = (alpha / 4 + kappa) / 15; its variance is that of the Dirichlet and that of beta
    let second = |beta_mean: f64, beta_second: f64| {
        let first_power = 5.0 * beta_mean + 10.0;
        (25.0 * beta_second + 100.0 * beta_mean + 100.0 + first_power) / (15.0 * 16.0)
    };
    let mean = 11.25 / 15.0;
    assert_moments("pi", &stay, mean, second(0.25, 0.25 * 0.75 / 3.0 + 0.0625) - mean * mean);
}

#[test]
fn weights_and_rows_given_states_have_the_moments_of_an_integral() {
    let prior = HdpPrior { alpha: 3.0, gamma: 2.0, kappa: 1.5 };
    let states = [0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1];
    let segments = [0..8, 8..14];
    // the last bins of segments drive no step
    let counts = [[4.0, 3.0], [1.0, 2.0]];
    let log_density = |log_odds: f64| {
        let beta = 1.0 / (1.0 + (-log_odds).exp());
        let weights = [beta, 1.0 - beta];
        let rows = (0..2).map(|from: usize| {
            (0..2)
                .map(|to: usize| {
                    let a = prior.alpha * weights[to] + if from == to { prior.kappa } else { 0.0 };
                    ln_gamma(a + counts[from][to]) - ln_gamma(a)
                })
                .sum::<f64>()
        });
        // Beta(1, 1) times the Jacobian of the log odds
        rows.sum::<f64>() + beta.ln() + (1.0 - beta).ln()
    };
    let (mean, variance) = moments_on_grid(-25.0, 25.0, log_density);
    let mut rng = rng(4);
    let mut current = transitions_from_prior(&prior, 2, &mut rng);
    let (mut odds, mut stay, mut expected_stay) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..100_000 {
        current = sample_transitions(&prior, &states, &segments, 2, &current, &mut rng);
        odds.push(current.log_weights[0] - current.log_weights[1]);
        stay.push(current.log_rows[[0, 0]].exp());
        let weight = prior.alpha * current.log_weights[0].exp() + prior.kappa + counts[0][0];
        expected_stay.push(weight / (prior.alpha + prior.kappa + 7.0));
    }
    assert_moments("log odds of beta", &odds, mean, variance);
    let differences: Vec<f64> = stay.iter().zip(&expected_stay).map(|(a, b)| a - b).collect();
    assert!(crate::support::z_score(&differences, 0.0).abs() < 4.5);
}
