//! The head that the ring keeps track of.

use neuroloom_core::stream;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::RingParams;
use crate::wrapped_rad;

/// A head that turns by chance: its angular velocity is an Ornstein–Uhlenbeck process (Uhlenbeck and Ornstein 1930, Phys Rev
/// 36:823), `dω = -ω/T dt + s √(2/T) dW`, of standard deviation `s` and correlation time `T`; its direction is the
/// integral, `dφ = ω dt`. Both by Euler–Maruyama.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    /// Where it points, rad in [0, 2π).
    pub heading_rad: f64,
    /// How fast it turns, rad/s; positive is counterclockwise.
    pub turn_rad_per_s: f64,
    #[serde(with = "stream")]
    stream: ChaCha8Rng,
}

impl Head {
    /// A head that points in the direction 0 and turns as it does on average.
    pub fn new(params: &RingParams, mut stream: ChaCha8Rng) -> Self {
        let draw: f64 = StandardNormal.sample(&mut stream);
        Self { heading_rad: 0.0, turn_rad_per_s: params.turn_sd_rad_per_s * draw, stream }
    }

    /// One step of `dt_s`.
    pub fn advance(&mut self, params: &RingParams) {
        let share = params.dt_s / params.turn_time_s;
        let draw: f64 = StandardNormal.sample(&mut self.stream);
        self.heading_rad = wrapped_rad(self.heading_rad + self.turn_rad_per_s * params.dt_s);
        self.turn_rad_per_s +=
            -share * self.turn_rad_per_s + params.turn_sd_rad_per_s * (2.0 * share).sqrt() * draw;
    }
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;

    use super::*;

    #[test]
    fn turns_have_the_deviation_and_memory_that_were_asked_for() {
        let params = RingParams::default();
        let mut head = Head::new(&params, Seed::root(1).rng());
        let turns: Vec<f64> = (0..2_000_000)
            .map(|_| {
                head.advance(&params);
                head.turn_rad_per_s
            })
            .collect();
        let lagged = |lag: usize| {
            let products = turns.iter().zip(turns.iter().skip(lag)).map(|(a, b)| a * b);
            products.sum::<f64>() / (turns.len() - lag) as f64
        };
        // 2000 s are 2000 independent stretches of 2T: the variance has a standard error of sqrt(2/2000), 3 %.
        assert!((lagged(0) / 1.5_f64.powi(2) - 1.0).abs() < 0.15, "{}", lagged(0));
        assert!((lagged(500) / lagged(0) - (-1.0_f64).exp()).abs() < 0.1, "{}", lagged(500) / lagged(0));
    }

    #[test]
    fn a_head_that_is_held_still_points_where_it_did() {
        let params = RingParams { turn_sd_rad_per_s: 0.0, ..RingParams::default() };
        let mut head = Head::new(&params, Seed::root(1).rng());
        (0..1000).for_each(|_| head.advance(&params));
        assert_eq!((head.heading_rad, head.turn_rad_per_s), (0.0, 0.0));
    }
}
