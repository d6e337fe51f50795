//! Motifs: who is active together, when and in whom.

use neuroloom_core::Seed;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Exp1};

use super::{Event, WormsParams};

/// A group of neurons that are active together.
#[derive(Clone, Debug, PartialEq)]
pub struct Motif {
    /// Its neurons, ascending, each with its weight (0.5 to 1).
    pub neurons: Vec<(usize, f64)>,
    /// The animals that have it, ascending, each with its gain (0.5 to 1).
    pub worms: Vec<(usize, f64)>,
    /// First frame and frame after the last one of its intervals, ascending.
    pub intervals: Vec<[usize; 2]>,
    /// Its events, which begin in the intervals.
    pub events: Vec<Event>,
}

/// All motifs. Each has random streams of its own below `seed`: more motifs change none.
pub fn motifs(params: &WormsParams, seed: Seed) -> Vec<Motif> {
    (0..params.n_motifs).map(|motif| Motif::draw(params, seed.child_index(motif as u64))).collect()
}

impl Motif {
    fn draw(params: &WormsParams, seed: Seed) -> Self {
        let intervals = intervals(params, seed.child("intervals"));
        Self {
            neurons: members(params.n_neurons, params.motif_neurons, seed.child("neurons")),
            worms: members(params.n_worms, params.worms_of_motif(), seed.child("worms")),
            events: events(params, &intervals, seed.child("events")),
            intervals,
        }
    }

    /// Its weight in the trace of a neuron of an animal; 0 where either is not of it.
    pub fn weight(&self, worm: usize, neuron: usize) -> f64 {
        let of = |members: &[(usize, f64)], member: usize| {
            members.binary_search_by_key(&member, |known| known.0).map_or(0.0, |place| members[place].1)
        };
        of(&self.worms, worm) * of(&self.neurons, neuron)
    }
}

/// `n` of `n_all`, ascending, with a weight each.
fn members(n_all: usize, n: usize, seed: Seed) -> Vec<(usize, f64)> {
    let mut stream = seed.rng();
    let mut all: Vec<usize> = (0..n_all).collect();
    all.shuffle(&mut stream);
    let mut members: Vec<(usize, f64)> =
        all.into_iter().take(n).map(|member| (member, stream.random_range(0.5..1.0))).collect();
    members.sort_unstable_by_key(|member| member.0);
    members
}

/// An interval somewhere in each part of the recording.
fn intervals(params: &WormsParams, seed: Seed) -> Vec<[usize; 2]> {
    let mut stream = seed.rng();
    let part = params.part_frames();
    let interval = |k: usize| {
        let start = k * part + stream.random_range(0..=part - params.interval_frames);
        [start, start + params.interval_frames]
    };
    (0..params.n_intervals).map(interval).collect()
}

/// A Poisson train of events in every interval; the first one stands at its beginning, so that none is empty.
fn events(params: &WormsParams, intervals: &[[usize; 2]], seed: Seed) -> Vec<Event> {
    let mut stream = seed.rng();
    let mut events = Vec::new();
    for &[start, stop] in intervals {
        let mut onset = start as f64;
        while onset < stop as f64 {
            events.push(Event::draw(onset, params, &mut stream));
            let gap: f64 = Exp1.sample(&mut stream);
            onset += gap * params.event_gap_frames;
        }
    }
    events
}
