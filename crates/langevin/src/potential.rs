//! Potentials: what pulls the position.

mod network;
mod oscillators;
mod quadratic;

use neuroloom_nn::{CounterStream, Layout, Real};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use network::Network;
pub use oscillators::{OscillatorRule, Oscillators};
pub use quadratic::Quadratic;

/// Which potential pulls the position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PotentialKind {
    /// Coupled oscillators: a quadratic form whose terms couple neighbours and channels by a convolution.
    #[default]
    Oscillators,
    /// A well of its own stiffness for each dimension.
    Quadratic,
    /// A network with one hidden layer.
    Network,
    /// No potential: positions drift with their velocities.
    None,
}

/// A potential `U(z)` with its parameters' places.
#[derive(Clone, Copy, Debug)]
pub enum Potential {
    /// See [`PotentialKind::Oscillators`].
    Oscillators(Oscillators),
    /// See [`PotentialKind::Quadratic`].
    Quadratic(Quadratic),
    /// See [`PotentialKind::Network`].
    Network(Network),
    /// See [`PotentialKind::None`].
    None,
}

/// What a pass needs of a potential: numbers that follow from its parameters, what their gradient is made of, and room.
#[derive(Clone, Debug, Default)]
pub struct PotentialState<T> {
    kernel: Vec<T>,
    d_kernel: Vec<T>,
    room: Vec<T>,
}

impl Potential {
    /// The potential of `dim` dimensions; its tensors are called `potential.*`.
    pub fn new(layout: &mut Layout, kind: PotentialKind, dim: usize, rule: OscillatorRule) -> Self {
        match kind {
            PotentialKind::Oscillators => Self::Oscillators(Oscillators::new(layout, dim, rule)),
            PotentialKind::Quadratic => Self::Quadratic(Quadratic::new(layout, dim)),
            PotentialKind::Network => Self::Network(Network::new(layout, dim)),
            PotentialKind::None => Self::None,
        }
    }

    /// Fills in the start values; `tensor` is the number of the first in the stream.
    pub fn initialise<T: Real>(&self, stream: CounterStream, tensor: u32, parameters: &mut [T]) {
        match self {
            Self::Oscillators(oscillators) => oscillators.initialise(stream, tensor, parameters),
            Self::Quadratic(quadratic) => quadratic.initialise(parameters),
            Self::Network(network) => network.initialise(stream, tensor, parameters),
            Self::None => {}
        }
    }

    /// To be called before a pass.
    pub fn prepare<T: Real>(&self, parameters: &[T], state: &mut PotentialState<T>) {
        if let Self::Oscillators(oscillators) = self {
            state.kernel = oscillators.summed_kernel(parameters).to_vec();
            state.d_kernel = vec![T::ZERO; state.kernel.len()];
        }
    }

    /// `force = dU/dz` for rows `z` `[rows, dim]`.
    ///
    /// # Panics
    /// When the sizes do not fit, or the potential was not prepared.
    pub fn force<T: Real>(&self, parameters: &[T], state: &mut PotentialState<T>, z: &[T], force: &mut [T]) {
        match self {
            Self::Oscillators(oscillators) => oscillators.force(&state.kernel, &mut state.room, z, force),
            Self::Quadratic(quadratic) => quadratic.force(parameters, z, force),
            Self::Network(network) => network.force(parameters, &mut state.room, z, force),
            Self::None => force.fill(T::ZERO),
        }
    }

    /// Adds to `dz` what the cotangent `d_force` of the force at `z` means for `z`, and keeps what it means for the
    /// parameters. `room` `[rows, dim]` is overwritten.
    ///
    /// # Panics
    /// When the sizes do not fit, or the potential was not prepared.
    #[expect(clippy::too_many_arguments, reason = "what went into the force, and three cotangents")]
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        state: &mut PotentialState<T>,
        z: &[T],
        d_force: &[T],
        dz: &mut [T],
        gradient: &mut [T],
        room: &mut [T],
    ) {
        match self {
            Self::Oscillators(oscillators) => {
                oscillators.add_kernel_gradient(z, d_force, &mut state.d_kernel);
                // The force is linear and symmetric: its adjoint is itself.
                oscillators.force(&state.kernel, &mut state.room, d_force, room);
                dz.iter_mut().zip(&*room).for_each(|(sum, &d)| *sum += d);
            }
            Self::Quadratic(quadratic) => quadratic.backward(parameters, z, d_force, dz, gradient),
            Self::Network(network) => {
                network.backward(parameters, &mut state.room, z, d_force, dz, gradient);
            }
            Self::None => {}
        }
    }

    /// To be called after a backward pass: adds to `gradient` what was kept for it.
    pub fn finish<T: Real>(&self, parameters: &[T], state: &PotentialState<T>, gradient: &mut [T]) {
        if let Self::Oscillators(oscillators) = self {
            oscillators.add_gradient(parameters, &state.d_kernel, gradient);
        }
    }

    /// `U` of every row of `z` `[rows, dim]`.
    pub fn energy<T: Real>(&self, parameters: &[T], z: &[T]) -> Vec<f64> {
        match self {
            Self::Oscillators(oscillators) => oscillators.energy(parameters, z),
            Self::Quadratic(quadratic) => quadratic.energy(parameters, z),
            Self::Network(network) => network.energy(parameters, z),
            Self::None => Vec::new(),
        }
    }
}
