//! The shape of a calcium event.

use rand::{Rng, RngExt};

use super::WormsParams;

/// Decay times after which nothing is left of an event: less than 1e-6 of its height.
const DECAYS: f64 = 14.0;

/// One event: it rises on a line and decays exponentially.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When it begins, frames.
    pub onset: f64,
    /// How long it rises, frames.
    pub rise: f64,
    /// Its height at the end of the rise.
    pub height: f64,
}

impl Event {
    /// An event at `onset` with a rise and a height (0.6 to 1.4) of its own.
    pub(super) fn draw(onset: f64, params: &WormsParams, stream: &mut impl Rng) -> Self {
        let [shortest, longest] = params.rise_frames;
        Self { onset, rise: stream.random_range(shortest..=longest), height: stream.random_range(0.6..1.4) }
    }

    /// Its value at `frame`, with decay time `decay`, frames.
    pub fn at(&self, frame: f64, decay: f64) -> f64 {
        let since = frame - self.onset;
        if since <= 0.0 {
            0.0
        } else if since < self.rise {
            self.height * since / self.rise
        } else {
            self.height * (-(since - self.rise) / decay).exp()
        }
    }

    /// Adds it, `weight` times, to a trace.
    pub fn add_to(&self, trace: &mut [f64], weight: f64, decay: f64) {
        let first = self.onset.ceil().max(0.0) as usize;
        let last = (self.onset + self.rise + DECAYS * decay).ceil().max(0.0) as usize;
        for (frame, sample) in trace.iter_mut().enumerate().take(last).skip(first) {
            *sample += weight * self.at(frame as f64, decay);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_rises_on_a_line_and_decays() {
        let event = Event { onset: 10.0, rise: 8.0, height: 2.0 };
        assert_eq!([event.at(10.0, 25.0), event.at(14.0, 25.0), event.at(18.0, 25.0)], [0.0, 1.0, 2.0]);
        assert!((event.at(43.0, 25.0) - 2.0 / std::f64::consts::E).abs() < 1e-12);
    }

    #[test]
    fn events_are_added_to_what_is_there() {
        let event = Event { onset: -2.0, rise: 8.0, height: 2.0 };
        let mut trace = vec![1.0; 400];
        event.add_to(&mut trace, 0.5, 25.0);
        for (frame, sample) in trace.iter().enumerate() {
            assert!((sample - 1.0 - 0.5 * event.at(frame as f64, 25.0)).abs() < 1e-6);
        }
    }
}
