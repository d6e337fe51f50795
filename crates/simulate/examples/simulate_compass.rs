//! How long does a compass that only adds up turns keep its bearings?
//!
//!     cargo run --release --package neuroloom-simulate --example simulate_compass

use neuroloom_core::Seed;
use neuroloom_simulate::difference_rad;
use neuroloom_simulate::ring::{Ring, RingParams, Simulation};

fn main() {
    println!("landmarks   heading error after 1, 2, 5, 10 min (rad)");
    for landmark in [0.0, 0.01, 0.1] {
        let params = RingParams { landmark, noise_hz: 8.0, ..RingParams::default() };
        let ring = Ring::new(&params);
        let mut simulation = Simulation::new(&params, &ring, Seed::root(7));
        simulation.advance(&params, &ring, params.n_steps());
        let samples = simulation.samples();
        let error_after = |minutes: usize| {
            let at = minutes * 60 * 50 - 1;
            difference_rad(f64::from(samples.bump_rad[at]), f64::from(samples.heading_rad[at]))
        };
        let errors = [1, 2, 5, 10].map(|minutes| format!("{:6.2}", error_after(minutes)));
        println!("{landmark:9}   {}", errors.join(" "));
    }
}
