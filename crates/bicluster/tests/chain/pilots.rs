//! Where chains begin that look for a start.

use ndarray::Array2;
use neuroloom_bicluster::{
    BiclusterError, Counts, DispersionPrior, DynamicsPrior, Pilot, Point, Priors, Problem, Settings,
    number_of_clusters,
};
use neuroloom_core::Seed;
use neuroloom_math::Contingency;
use neuroloom_simulate::bicluster::{Generator, Simulation};

use crate::prior::tight;

/// The defaults of the step but for one latent.
fn wide() -> Priors {
    Priors {
        dispersion: DispersionPrior { shape: 1.0, rate: 1.0 },
        dynamics: DynamicsPrior { scale: 0.01, extra_df: 2.0, column_scale: 1.0 },
        ..tight(1, 4, 3)
    }
}

fn seed() -> Seed {
    Seed::root(4)
}

fn simulation(n_per: Vec<usize>) -> Simulation {
    let generator = Generator {
        n_per,
        n_latents: 1,
        n_bins: 240,
        n_states: 2,
        noise_variance: 0.04,
        d_mean: 1.0,
        ..Generator::default()
    };
    Simulation::draw(&generator, seed()).unwrap()
}

fn counts(of: &Array2<u32>) -> Counts {
    let seen = Array2::from_shape_fn(of.dim(), |(unit, bin)| (unit + 7 * bin) % 11 > 0);
    Counts::new(of.clone(), seen, vec![0..120, 120..240])
}

fn n_clusters(counts: &Counts, settings: &Settings) -> usize {
    let scores: Vec<_> =
        (0..2).map(|number| pilot(counts, settings, number).scores(&go_on).unwrap()).collect();
    number_of_clusters(settings, &scores)
}

fn point(counts: &Counts, settings: &Settings, n_clusters: usize) -> Point {
    pilot(counts, settings, 0).point(n_clusters, &go_on).unwrap()
}

fn pilot<'a>(counts: &'a Counts, settings: &'a Settings, number: u64) -> Pilot<'a> {
    let problem = Problem { counts, held_out: &[], settings };
    Pilot { problem, number, sweeps: 60, dispersion: 1.0, seed: seed() }
}

fn go_on() -> Result<(), BiclusterError> {
    Ok(())
}

#[test]
fn two_groups_are_found_where_there_are_two_and_one_where_there_is_one() {
    let settings = Settings::new(wide(), 12);
    let two = simulation(vec![6, 6]);
    let found = counts(&two.counts);
    assert_eq!(n_clusters(&found, &settings), 2);
    let state = point(&found, &settings, 2).state;
    assert_eq!(Contingency::new(&state.labels, &two.labels).adjusted_rand_index(), 1.0);
    // Two states, of as many places as the chain has,
    assert_eq!(state.states.iter().max(), Some(&1));
    assert_eq!((state.dynamics.len(), state.transitions.log_weights.len()), (3, 3));
    // and better than chance.
    assert!(Contingency::new(&state.states, &two.states).adjusted_rand_index() > 0.2);
    assert_eq!(n_clusters(&counts(&simulation(vec![12]).counts), &settings), 1);
}

#[test]
fn a_start_depends_on_what_is_seen_alone() {
    let settings = Settings::new(wide(), 12);
    let simulated = simulation(vec![6, 6]).counts;
    let first = counts(&simulated);
    let hidden = |(unit, bin): (usize, usize)| (unit + 7 * bin) % 11 == 0;
    let changed = Array2::from_shape_fn(simulated.dim(), |at| if hidden(at) { 900 } else { simulated[at] });
    assert_eq!(point(&first, &settings, 2), point(&counts(&changed), &settings, 2));
    let scores = |counts: &Counts| pilot(counts, &settings, 1).scores(&go_on).unwrap();
    assert_eq!(scores(&first), scores(&counts(&changed)));
}

#[test]
fn a_pilot_stops_when_it_is_asked_to() {
    let settings = Settings::new(wide(), 12);
    let found = counts(&simulation(vec![6, 6]).counts);
    let stop = || Err(BiclusterError::DegreesOfFreedom { degrees: 0.0 });
    assert!(pilot(&found, &settings, 0).scores(&stop).is_err());
    assert!(pilot(&found, &settings, 0).point(2, &stop).is_err());
}
