//! Head-direction tuning of a made-up neuron, without tables or a pipeline.
//!
//! `cargo run --release -p neuroloom-prepare --example tune_neurons`

use std::f64::consts::TAU;

use neuroloom_prepare::Support;
use neuroloom_prepare::tuning::{
    BehaviourAxis, Geometry, bits_per_spike, interleaved_folds, sample_cells, tally_spikes, visits_of_samples,
};

fn main() -> neuroloom_core::Result<()> {
    // A minute of turning, ten samples a second; the neuron fires once a turn, at a quarter of it.
    let times_s: Vec<f64> = (0..600).map(|i| f64::from(i) * 0.1).collect();
    let angles: Vec<f64> = times_s.iter().map(|t| (t / 3.0 * TAU) % TAU).collect();
    let spikes_s: Vec<f64> = (0..20).map(|turn| f64::from(turn) * 3.0 + 0.75).collect();

    let axis = BehaviourAxis::new(Geometry::Circular, 0.0, TAU, 12)?;
    let cells = sample_cells(&times_s, 0.1, 0.5);
    let mut visits = visits_of_samples(&cells, &angles, &axis, &Support::everything());
    interleaved_folds(&mut visits, 2, 6.0);

    let tally = tally_spikes(&spikes_s, &visits, 2, axis.n_bins());
    let rates_hz = tally.responses(0.1, None);
    for (condition, rates) in axis.conditions().iter().zip(rates_hz.columns()) {
        println!("{:>6} rad  fold 0 {:5.2} Hz  fold 1 {:5.2} Hz", condition.label, rates[0], rates[1]);
    }
    let row = |sums: &ndarray::Array2<f64>| sums.sum_axis(ndarray::Axis(0)).to_vec();
    println!("{:.2} bits per spike", bits_per_spike(&row(&tally.total), &row(&tally.occupancy_s)));
    Ok(())
}
