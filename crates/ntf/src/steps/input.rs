//! Tensors as the steps take them: one of three kinds of tables, with labels.

mod dense;
mod entries;
mod labels;
mod operands;

use neuroloom_core::{Error, Inputs, PortSpec, Result};
use neuroloom_table::kinds;

pub(super) use labels::{ModeLabels, find_mode};
pub(super) use operands::{Built, Form, build};

use super::affinity::read_affinity;
use crate::tensor::{MAX_MODES, SparseTensor, Tensor};
use crate::{ImplicitAffinity, Layout};

/// The ports of a tensor: exactly one of the first three is connected.
pub(super) fn ports() -> Vec<PortSpec> {
    vec![
        PortSpec::optional(
            "affinity",
            kinds::AFFINITY,
            "An affinity tensor as signed roots: never stored entry by entry",
        ),
        PortSpec::optional("tensor", kinds::TENSOR, "A dense tensor"),
        PortSpec::optional("entries", kinds::TENSOR_ENTRIES, "A sparse tensor"),
        PortSpec::optional("modes", kinds::TENSOR_MODES, "Labels of the modes of `tensor` or `entries`"),
    ]
}

/// A tensor with what stands along its modes.
#[derive(Debug)]
pub(super) struct TensorInput {
    pub(super) data: Data,
    pub(super) modes: Vec<ModeLabels>,
}

/// A tensor.
#[derive(Debug)]
pub(super) enum Data {
    Affinity(ImplicitAffinity),
    /// With 0 in place of hidden entries.
    Dense {
        tensor: Tensor<f64>,
        hidden: Vec<[u32; MAX_MODES]>,
    },
    Sparse(SparseTensor),
}

impl TensorInput {
    /// The tensor of the port that is connected.
    ///
    /// # Errors
    /// When none or several are, and what the tables' readers refuse.
    pub(super) fn read(inputs: &Inputs, missing: Missing) -> Result<Self> {
        let ports = ["affinity", "tensor", "entries"];
        let tables: Vec<_> = ports.iter().filter_map(|port| Some((*port, inputs.optional(port)?))).collect();
        let [(port, table)] = tables.as_slice() else {
            let found: Vec<&str> = tables.iter().map(|(port, _)| *port).collect();
            return Err(Error::params("a factorisation takes one tensor")
                .expected("one of the inputs `affinity`, `tensor`, `entries`")
                .found(if found.is_empty() { "none of them".to_owned() } else { found.join(" and ") }));
        };
        let modes = inputs.optional("modes");
        let (data, shape) = match *port {
            "affinity" => {
                let affinity = read_affinity(table)?;
                let modes = labels::of_affinity(&affinity);
                return Ok(Self { data: Data::Affinity(affinity), modes });
            }
            "tensor" => {
                let (tensor, hidden) = dense::read(table, missing)?;
                let shape = tensor.shape().to_vec();
                (Data::Dense { tensor, hidden }, shape)
            }
            _ => {
                let labelled = modes.map(labels::lengths).transpose()?;
                let tensor = entries::read(table, labelled)?;
                let shape = tensor.shape().to_vec();
                (Data::Sparse(tensor), shape)
            }
        };
        Ok(Self { data, modes: labels::read(modes, &shape)? })
    }

    /// Length of every mode.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.modes.iter().map(|mode| mode.labels.len()).collect()
    }

    /// Neurons whose pairs make a mode; none where no mode is of pairs.
    pub(super) fn pair_mode(&self) -> Option<usize> {
        self.modes.iter().position(|mode| mode.name == "pair")
    }

    /// Warnings about pairs that hardly anyone has.
    pub(super) fn warnings(&self) -> Vec<String> {
        let Data::Affinity(affinity) = &self.data else { return Vec::new() };
        if affinity.layout != Layout::Pairs || affinity.worms.len() < 2 {
            return Vec::new();
        }
        let seen = |i: usize, j: usize| {
            affinity.worms.iter().filter(|worm| worm.observed[i] && worm.observed[j]).count()
        };
        let n = affinity.n_neurons();
        let counts = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|(i, j)| seen(i, j));
        let (mut never, mut once) = (0, 0);
        for count in counts {
            match count {
                0 => never += 1,
                1 => once += 1,
                _ => {}
            }
        }
        let mut warnings = Vec::new();
        if never > 0 {
            warnings.push(format!(
                "{never} pairs of neurons were observed together in no recording; their weight is 0"
            ));
        }
        if once > 0 {
            warnings.push(format!("{once} pairs of neurons were observed together in only one recording"));
        }
        warnings
    }
}

/// What to do with NaN or null entries.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Leave them out of the fit: exact updates on the rest.
    #[default]
    Mask,
    /// Stop and name the first.
    Error,
}
