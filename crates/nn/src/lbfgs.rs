//! Limited-memory BFGS.

mod line_search;

use serde::{Deserialize, Serialize};

use crate::Real;
use line_search::{Probe, strong_wolfe};

/// A step is remembered where its curvature is at least this share of the largest that its length allows: others would spoil the
/// scale of all further steps.
const LEAST_CURVATURE: f64 = 1e-10;

/// Limited-memory BFGS (Liu and Nocedal 1989) for smooth functions whose value and gradient cost a pass over all data.
///
/// The inverse of the Hessian is approximated from the last few steps and what they did to the gradient (Nocedal and
/// Wright 2006, algorithm 7.4); steps are as long as the strong Wolfe conditions ask for (algorithms 3.5 and 3.6). Inner
/// products are sums in 64 bits. Nothing is drawn at random: the same function and start give the same bytes.
///
/// ```
/// use neuroloom_nn::{Lbfgs, Point};
///
/// // (x - 3)^2 + 10 (y + 1)^2
/// let mut objective = |x: &[f64], gradient: &mut [f64]| {
///     gradient.copy_from_slice(&[2.0 * (x[0] - 3.0), 20.0 * (x[1] + 1.0)]);
///     (x[0] - 3.0).powi(2) + 10.0 * (x[1] + 1.0).powi(2)
/// };
/// let mut point = Point::new(vec![0.0, 0.0], &mut objective);
/// let mut lbfgs = Lbfgs::new(5);
/// while point.slope() > 1e-8 {
///     lbfgs.step(&mut point, &mut objective).unwrap();
/// }
/// assert!((point.parameters[0] - 3.0).abs() < 1e-8 && (point.parameters[1] + 1.0).abs() < 1e-8);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Lbfgs<T> {
    memory: usize,
    /// The oldest first.
    steps: Vec<Step<T>>,
}

/// Parameters with the value of a function there, and its gradient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Point<T> {
    /// The parameters.
    pub parameters: Vec<T>,
    /// The value.
    pub value: f64,
    /// The gradient.
    pub gradient: Vec<T>,
}

/// A step and what it did to the gradient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
struct Step<T> {
    moved: Vec<T>,
    change: Vec<T>,
    /// Their inner product.
    curvature: f64,
}

impl<T: Real> Point<T> {
    /// The point at `parameters` of `objective(parameters, gradient)`, which fills the gradient and gives the value.
    pub fn new(parameters: Vec<T>, objective: &mut impl FnMut(&[T], &mut [T]) -> f64) -> Self {
        let mut gradient = vec![T::ZERO; parameters.len()];
        let value = objective(&parameters, &mut gradient);
        Self { parameters, value, gradient }
    }

    /// Euclidean norm of the gradient.
    pub fn slope(&self) -> f64 {
        inner(&self.gradient, &self.gradient).sqrt()
    }
}

impl<T: Real> Lbfgs<T> {
    /// Before the first step; `memory` steps are remembered.
    pub fn new(memory: usize) -> Self {
        Self { memory, steps: Vec::new() }
    }

    /// One step of `point` to a lower value, and its length over that of the direction of search; none where no lower value is
    /// found along the gradient either. The last call of `objective` is then that at the new point.
    pub fn step(
        &mut self,
        point: &mut Point<T>,
        objective: &mut impl FnMut(&[T], &mut [T]) -> f64,
    ) -> Option<f64> {
        let found = self.search(point, objective).or_else(|| {
            // What is remembered may be of another region.
            let knew = !self.steps.is_empty();
            self.steps.clear();
            if knew { self.search(point, objective) } else { None }
        });
        let (length, next) = found?;
        let step = Step::between(point, &next);
        let scale = inner(&step.moved, &step.moved) * inner(&step.change, &step.change);
        if step.curvature > LEAST_CURVATURE * scale.sqrt() {
            self.steps.push(step);
            let surplus = self.steps.len().saturating_sub(self.memory);
            self.steps.drain(..surplus);
        }
        *point = next;
        Some(length)
    }

    /// A lower point along the direction of search.
    fn search(
        &self,
        point: &Point<T>,
        objective: &mut impl FnMut(&[T], &mut [T]) -> f64,
    ) -> Option<(f64, Point<T>)> {
        let direction = self.direction(&point.gradient);
        let start = Probe { length: 0.0, value: point.value, slope: inner(&direction, &point.gradient) };
        // Nothing is known of the scale of the function before the first step.
        let first = if self.steps.is_empty() { 1.0 / point.slope().max(1.0) } else { 1.0 };
        let mut point_at = |length: f64| {
            let share = T::from_f64(length);
            let moved = point.parameters.iter().zip(&direction).map(|(&x, &d)| x + share * d).collect();
            Point::new(moved, objective)
        };
        let mut last = None;
        let found = strong_wolfe(start, first, &mut |length| {
            let there = point_at(length);
            let probe = Probe { length, value: there.value, slope: inner(&direction, &there.gradient) };
            last = Some((length, there));
            probe
        })?;
        last.filter(|(length, _)| *length == found.length)
            .or_else(|| Some((found.length, point_at(found.length))))
    }

    /// Minus the approximate inverse of the Hessian times `gradient`, by the two-loop recursion; minus the gradient where that
    /// leads upwards.
    fn direction(&self, gradient: &[T]) -> Vec<T> {
        let mut direction: Vec<T> = gradient.iter().map(|&g| -g).collect();
        let mut shares = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter().rev() {
            let share = inner(&step.moved, &direction) / step.curvature;
            add(&mut direction, -share, &step.change);
            shares.push(share);
        }
        if let Some(newest) = self.steps.last() {
            let scale = T::from_f64(newest.curvature / inner(&newest.change, &newest.change));
            direction.iter_mut().for_each(|d| *d *= scale);
        }
        for (step, share) in self.steps.iter().zip(shares.into_iter().rev()) {
            let back = inner(&step.change, &direction) / step.curvature;
            add(&mut direction, share - back, &step.moved);
        }
        if inner(&direction, gradient) < 0.0 { direction } else { gradient.iter().map(|&g| -g).collect() }
    }
}

impl<T: Real> Step<T> {
    fn between(from: &Point<T>, to: &Point<T>) -> Self {
        let difference = |to: &[T], from: &[T]| to.iter().zip(from).map(|(&a, &b)| a - b).collect::<Vec<T>>();
        let moved = difference(&to.parameters, &from.parameters);
        let change = difference(&to.gradient, &from.gradient);
        Self { curvature: inner(&moved, &change), moved, change }
    }
}

fn inner<T: Real>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum()
}

fn add<T: Real>(sum: &mut [T], factor: f64, values: &[T]) {
    let factor = T::from_f64(factor);
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += factor * value);
}
