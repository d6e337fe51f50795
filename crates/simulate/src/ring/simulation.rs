//! Head, ring and spikes, one step after the other.

use neuroloom_core::{Seed, stream};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{Head, Ring, RingParams, TickTrain};
use crate::Arrivals;

/// All that the rest of a simulation depends on, and what was recorded so far: a checkpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Simulation {
    steps_done: u64,
    head: Head,
    /// `u` of every cell of the ring, Hz.
    activity: Vec<f64>,
    #[serde(with = "stream")]
    noise: ChaCha8Rng,
    cells: Vec<Cell>,
    samples: Samples,
}

/// A cell of the ring that is recorded. A stream of its own for each: recording more of them changes none.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cell {
    place: usize,
    arrivals: Arrivals,
    #[serde(with = "stream")]
    stream: ChaCha8Rng,
    spikes: TickTrain,
}

/// The behaviour, sampled at a regular interval, rad in [0, 2π).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// Where the head points.
    pub heading_rad: Vec<f32>,
    /// Where the bump stands.
    pub bump_rad: Vec<f32>,
}

impl Simulation {
    /// The state at time 0: the bump stands where the head points. `params` have been checked.
    pub fn new(params: &RingParams, ring: &Ring, seed: Seed) -> Self {
        let head = Head::new(params, seed.child("head").rng());
        let cell = |unit: usize| {
            let place = unit * params.ring_units / params.n_units;
            let mut stream = seed.child("spikes").child_index(place as u64).rng();
            Cell { place, arrivals: Arrivals::new(&mut stream), stream, spikes: TickTrain::default() }
        };
        Self {
            steps_done: 0,
            activity: ring.bump(head.heading_rad),
            head,
            noise: seed.child("noise").rng(),
            cells: (0..params.n_units).map(cell).collect(),
            samples: Samples::default(),
        }
    }

    /// Steps that are done.
    pub fn steps_done(&self) -> u64 {
        self.steps_done
    }

    /// Preferred direction and spikes of every recorded cell, in the order of their directions.
    pub fn units<'a>(&'a self, ring: &'a Ring) -> impl ExactSizeIterator<Item = (f64, &'a TickTrain)> {
        self.cells.iter().map(|cell| (ring.preferred_rad(cell.place), &cell.spikes))
    }

    /// The behaviour so far.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// Goes on for `n_steps` steps.
    pub fn advance(&mut self, params: &RingParams, ring: &Ring, n_steps: u64) {
        let every = params.steps_per_sample();
        let mut draws = vec![0.0; self.activity.len()];
        for _ in 0..n_steps {
            if self.steps_done.is_multiple_of(every) {
                self.sample(ring);
            }
            self.spike(params);
            for draw in &mut draws {
                *draw = StandardNormal.sample(&mut self.noise);
            }
            let Head { heading_rad, turn_rad_per_s, .. } = self.head;
            ring.advance(&mut self.activity, turn_rad_per_s, heading_rad, &draws);
            self.head.advance(params);
            self.steps_done += 1;
        }
    }

    fn sample(&mut self, ring: &Ring) {
        self.samples.heading_rad.push(single(self.head.heading_rad));
        self.samples.bump_rad.push(single(ring.phase_rad(&self.activity)));
    }

    /// The spikes from now to the next step.
    fn spike(&mut self, params: &RingParams) {
        let step = self.steps_done as f64;
        for Cell { place, arrivals, stream, spikes } in &mut self.cells {
            let rate_hz = self.activity.get(*place).map_or(0.0, |u| u.max(0.0)) + params.baseline_rate_hz;
            arrivals.pass(rate_hz * params.dt_s, stream, |share| spikes.push((step + share) * params.dt_s));
        }
    }
}

/// An angle in 32 bits. The angles just below a turn round to more than that: they are 0.
fn single(angle_rad: f64) -> f32 {
    let angle = angle_rad as f32;
    if angle < std::f32::consts::TAU { angle } else { 0.0 }
}
