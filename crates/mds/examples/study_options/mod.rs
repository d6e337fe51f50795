//! How the studies search, and what they print of the types.

mod confusion;

pub use confusion::Confusion;

use neuroloom_mds::{
    Ascent, Assign, Choose, Merge, Options, Projection, Restarts, SplitOptions, Start, Stop,
};

/// Searches for stimuli of a norm.
pub fn options(norm: f64, assign: Assign) -> Options {
    Options {
        tau: 1.6,
        anneal_from: 1.0,
        anneal_iterations: 0,
        ascent: Ascent {
            learning_rate: 10.0,
            smooth: 0.0,
            stop: Stop::Steps,
            display_scale: 40.0,
            projection: Projection { norm: Some(norm), clip: Vec::new() },
            init_scale: 1.0,
        },
        steps: 25,
        steps_first: 50,
        em_max: 10,
        reinitialize: false,
        assign,
        split: SplitOptions {
            parts: 2,
            steps: 20,
            max_passes: 0,
            trials: 1,
            min_gain: 0.0,
            paired: true,
            local_starts: 1,
            local_steps: 1,
            local_max: 50,
        },
        merge: Merge::None,
        em_after: true,
        final_steps: 100,
    }
}

/// Searches from random chunks, of which the majority decides.
pub fn majority(n: usize) -> Restarts {
    Restarts { n, k_init: 20, start: Start::Chunks, choose: Choose::Consensus, together: 0.5, min_cluster: 3 }
}
