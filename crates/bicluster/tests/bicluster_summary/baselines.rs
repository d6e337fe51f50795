//! Plain methods find what is easy, and not what is not.

use ndarray::Array2;
use neuroloom_bicluster::{Counts, baselines};
use neuroloom_core::Seed;
use neuroloom_math::Contingency;
use neuroloom_simulate::bicluster::{Generator, Setting, Simulation};

fn counts(truth: &Simulation) -> Counts {
    let seen = Array2::from_elem(truth.counts.dim(), true);
    Counts::new(truth.counts.clone(), seen, std::iter::once(0..truth.states.len()).collect())
}

fn ari(found: &[usize], truth: &[usize]) -> f64 {
    Contingency::new(found, truth).adjusted_rand_index()
}

#[test]
fn shared_baselines_are_found_by_k_means() {
    let truth = Simulation::draw(&Generator::of(Setting::Standard), Seed::root(2)).unwrap();
    let counts = counts(&truth);
    assert!(ari(&baselines::neurons_by_k_means(&counts, 3, Seed::root(1)), &truth.labels) > 0.8);
    assert!(
        ari(&baselines::neurons_by_spectrum(&counts, 3, &mut Seed::root(1).rng()).unwrap(), &truth.labels)
            > 0.8
    );
    let power = baselines::bins_by_power(&counts, 2, Seed::root(1));
    assert!((0.05..0.9).contains(&ari(&power, &truth.states)), "{}", ari(&power, &truth.states));
    let [neurons, bins] = baselines::both_by_spectrum(&counts, [3, 2], Seed::root(1)).unwrap();
    assert_eq!((neurons.len(), bins.len()), (30, 500));
}

#[test]
fn silent_neurons_do_no_harm() {
    let mut truth = Simulation::draw(&Generator::of(Setting::LowRate), Seed::root(3)).unwrap();
    truth.counts.row_mut(4).fill(0);
    truth.counts.row_mut(17).fill(2);
    let counts = counts(&truth);
    assert_eq!(baselines::neurons_by_spectrum(&counts, 3, &mut Seed::root(1).rng()).unwrap().len(), 30);
    assert_eq!(baselines::both_by_spectrum(&counts, [3, 2], Seed::root(1)).unwrap()[1].len(), 1000);
    assert_eq!(baselines::bins_by_power(&counts, 2, Seed::root(1)).len(), 1000);
}
