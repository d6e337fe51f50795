use std::f64::consts::TAU;

use ndarray::Array2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A closed curve, `t` from 0 to 1, with height `h`.
///
/// Eights are the infinity sign `x = sin(2πt)`, `y = sin(4πt)/2`, which comes to its middle at `t = 0` and `t = 1/2`, with a height `z` of their own. Twisted is
/// as published; how an eight is untangled is our own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `x = cos(2πt)`, `y = sin(2πt)`, `z = 0`: one loop.
    Circle,
    /// Two circles side by side, 3 apart: the first half of the stimuli runs around one, the second around the other. Two loops.
    TwoCircles,
    /// An eight with `z = 0`: it meets itself.
    FlatEight,
    /// An eight with `z = h cos(4πt)`, the same at both passages: it is bent and meets itself.
    TwistedEight,
    /// An eight with `z = h cos(2πt)`, opposite at the two passages: one loop, as the circle.
    UntangledFlatEight,
    /// An eight with `z = h (cos(2πt) + cos(4πt))`, `2h` and 0 at the two passages: it is bent, and one loop.
    UntangledTwistedEight,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 6] = [
        Self::Circle,
        Self::TwoCircles,
        Self::FlatEight,
        Self::TwistedEight,
        Self::UntangledFlatEight,
        Self::UntangledTwistedEight,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Circle => "circle",
            Self::TwoCircles => "two_circles",
            Self::FlatEight => "flat_eight",
            Self::TwistedEight => "twisted_eight",
            Self::UntangledFlatEight => "untangled_flat_eight",
            Self::UntangledTwistedEight => "untangled_twisted_eight",
        }
    }

    /// Coordinates `[n_points, 3]` of points at `t = i/n_points`.
    pub fn points(self, n_points: usize, height: f64) -> Array2<f64> {
        let mut points = Array2::zeros((n_points, 3));
        for (i, mut point) in points.outer_iter_mut().enumerate() {
            let coordinates = match self {
                Self::TwoCircles => two_circles(i, n_points),
                _ => self.at(i as f64 / n_points as f64, height),
            };
            point.iter_mut().zip(coordinates).for_each(|(value, coordinate)| *value = coordinate);
        }
        points
    }

    fn at(self, t: f64, height: f64) -> [f64; 3] {
        let (once, twice) = (TAU * t, 2.0 * TAU * t);
        let eight = |z: f64| [once.sin(), twice.sin() / 2.0, z];
        match self {
            Self::Circle | Self::TwoCircles => [once.cos(), once.sin(), 0.0],
            Self::FlatEight => eight(0.0),
            Self::TwistedEight => eight(height * twice.cos()),
            Self::UntangledFlatEight => eight(height * once.cos()),
            Self::UntangledTwistedEight => eight(height * (once.cos() + twice.cos())),
        }
    }
}

fn two_circles(i: usize, n_points: usize) -> [f64; 3] {
    let first = n_points.div_ceil(2);
    let (side, t) = match i.checked_sub(first) {
        None => (-1.5, i as f64 / first as f64),
        Some(i) => (1.5, i as f64 / (n_points - first) as f64),
    };
    let (sin, cos) = (TAU * t).sin_cos();
    [side + cos, sin, 0.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap_at_the_passages(shape: Shape) -> f64 {
        let points = shape.points(50, 0.5);
        let difference = &points.row(0) - &points.row(25);
        difference.dot(&difference).sqrt()
    }

    #[test]
    fn only_untangled_eights_pass_themselves_by() {
        assert!(gap_at_the_passages(Shape::FlatEight) < 1e-12);
        assert!(gap_at_the_passages(Shape::TwistedEight) < 1e-12);
        assert!((gap_at_the_passages(Shape::UntangledFlatEight) - 1.0).abs() < 1e-12);
        assert!((gap_at_the_passages(Shape::UntangledTwistedEight) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn two_circles_are_apart() {
        let points = Shape::TwoCircles.points(11, 0.5);
        assert!((0..6).all(|i| points[[i, 0]] < -0.4) && (6..11).all(|i| points[[i, 0]] > 0.4));
    }
}
