//! Layers written out, one value after the other.

/// Values of `channels` channels in every frame and at every place.
pub struct Map {
    values: Vec<f64>,
    channels: usize,
    frames: usize,
    screen: [usize; 2],
}

impl Map {
    /// Of `[channel][frame][row][column]`.
    pub fn of_stimulus(stimulus: &[f64], channels: usize, frames: usize, screen: [usize; 2]) -> Self {
        assert_eq!(stimulus.len(), channels * frames * screen[0] * screen[1]);
        Self { values: stimulus.to_vec(), channels, frames, screen }
    }

    fn at(&self, [channel, frame]: [usize; 2], y: isize, x: isize) -> f64 {
        let [height, width] = self.screen;
        let inside = (0..height as isize).contains(&y) && (0..width as isize).contains(&x);
        if !inside {
            return 0.0;
        }
        self.values[((channel * self.frames + frame) * height + y as usize) * width + x as usize]
    }

    fn made(
        channels: usize,
        frames: usize,
        screen: [usize; 2],
        f: impl Fn([usize; 2], isize, isize) -> f64,
    ) -> Self {
        let mut values = Vec::new();
        for channel in 0..channels {
            for frame in 0..frames {
                for place in 0..screen[0] * screen[1] {
                    values.push(f(
                        [channel, frame],
                        (place / screen[1]) as isize,
                        (place % screen[1]) as isize,
                    ));
                }
            }
        }
        Self { values, channels, frames, screen }
    }

    /// A function of every value.
    pub fn each(&self, f: impl Fn(f64) -> f64) -> Self {
        Self::made(self.channels, self.frames, self.screen, |at, y, x| f(self.at(at, y, x)))
    }
}

/// `weight [out][row][column][in]`.
pub fn spatial(map: &Map, weight: &[f64], [out, size, padding]: [usize; 3]) -> Map {
    let screen = map.screen.map(|side| side + 2 * padding + 1 - size);
    Map::made(out, map.frames, screen, |[channel, frame], y, x| {
        let mut sum = 0.0;
        for dy in 0..size {
            for dx in 0..size {
                for seen in 0..map.channels {
                    let (y, x) = (y + dy as isize - padding as isize, x + dx as isize - padding as isize);
                    let at = ((channel * size + dy) * size + dx) * map.channels + seen;
                    sum += weight[at] * map.at([seen, frame], y, x);
                }
            }
        }
        sum
    })
}

/// `weight [out][tap][in]`, the oldest frame first.
pub fn temporal(map: &Map, weight: &[f64], bias: &[f64], taps: usize) -> Map {
    Map::made(bias.len(), map.frames + 1 - taps, map.screen, |[channel, frame], y, x| {
        let mut sum = bias[channel];
        for tap in 0..taps {
            for seen in 0..map.channels {
                sum +=
                    weight[(channel * taps + tap) * map.channels + seen] * map.at([seen, frame + tap], y, x);
            }
        }
        sum
    })
}

/// Weight, bias, mean and variance of every channel.
pub fn batch_norm(map: &Map, [weight, bias, mean, variance]: &[Vec<f64>; 4], epsilon: f64) -> Map {
    Map::made(map.channels, map.frames, map.screen, |[channel, frame], y, x| {
        let value = map.at([channel, frame], y, x) - mean[channel];
        value / (variance[channel] + epsilon).sqrt() * weight[channel] + bias[channel]
    })
}

/// Mean rates of the last `window` frames of neurons in the middle: features, offsets, logarithms of gains and of widths.
pub fn responses(
    map: &Map,
    [features, bias, log_gain, log_sigma]: &[Vec<f64>; 4],
    window: usize,
) -> Vec<f64> {
    let [height, width] = map.screen;
    let middle = |side: usize| (side as f64 - 1.0) / 2.0;
    let response = |unit: usize| {
        let weight = |y: usize, x: usize| {
            let (dy, dx) = (y as f64 - middle(height), x as f64 - middle(width));
            (-(dy * dy + dx * dx) / (2.0 * (2.0 * log_sigma[unit]).exp())).exp()
        };
        let places = || (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let total: f64 = places().map(|(y, x)| weight(y, x)).sum();
        let rate = |frame: usize| {
            let mut drive = bias[unit];
            for channel in 0..map.channels {
                for (y, x) in places() {
                    let value = map.at([channel, frame], y as isize, x as isize);
                    drive += features[unit * map.channels + channel] * weight(y, x) / total * value;
                }
            }
            log_gain[unit].exp() * (drive.max(0.0) + (-drive.abs()).exp().ln_1p())
        };
        (map.frames - window..map.frames).map(rate).sum::<f64>() / window as f64
    };
    (0..bias.len()).map(response).collect()
}
