//! The graph of a model as a chain of layers.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};
use prost::Message;

use super::convolution::{self, Convolution};
use super::proto::{Attribute, Graph, Model, Node, Tensor, ValueInfo};
use crate::import::batch_norm::BatchNorm;
use crate::import::chain::Chain;
use crate::network::LayerSpec;

const KINDS: &str = "Conv, BatchNormalization, Elu, Relu, Softplus";
/// What the standard says of a batch normalisation that does not say it.
const EPSILON: f32 = 1e-5;
/// Codes of the types of values.
const FLOAT: i32 = 1;
const DOUBLE: i32 = 11;

/// The graph of a model.
#[derive(Debug)]
pub(super) struct Core {
    graph: Graph,
}

impl Core {
    /// # Errors
    /// When the bytes are no ONNX model.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let wrong = |found: String| {
            Error::data("the file is no ONNX model").expected("a model with a graph").found(found)
        };
        let model = Model::decode(bytes).map_err(|e| wrong(e.to_string()))?;
        let graph = model.graph.ok_or_else(|| wrong("no graph".into()))?;
        Ok(Self { graph })
    }

    /// The layers, for a screen of channels, rows and columns.
    ///
    /// # Errors
    /// When the model takes another screen, is no chain, or has a node that no layer stands for.
    pub fn chain(&self, screen: [usize; 3]) -> Result<Chain> {
        let graph = &self.graph;
        let weights: BTreeMap<&str, &Tensor> =
            graph.initializers.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        let mut inputs = graph.inputs.iter().filter(|input| !weights.contains_key(input.name.as_str()));
        let (Some(input), None) = (inputs.next(), inputs.next()) else {
            return Err(Error::data("an encoder takes one stimulus")
                .at_object("graph.input")
                .expected("1 input that is no weight")
                .found(format!("{} inputs", graph.inputs.len())));
        };
        let n_dims = check_screen(input, screen)?;
        let (mut chain, mut at) = (Chain::new(screen[0]), input.name.as_str());
        for (place, node) in graph.nodes.iter().enumerate() {
            let name = named(place, node);
            let layer = NodeOf { node, name: &name, weights: &weights };
            at = layer.follows(at)?;
            layer.add(&mut chain, n_dims)?;
        }
        match graph.outputs.as_slice() {
            [output] if output.name == at => Ok(chain),
            outputs => {
                let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
                Err(Error::data("what the model gives is not what its last node gives")
                    .at_object("graph.output")
                    .expected(at)
                    .found(names.join(", ")))
            }
        }
    }
}

/// What a node is called in errors.
fn named(place: usize, node: &Node) -> String {
    match node.name.as_str() {
        "" => format!("node {place} ({})", node.op_type),
        name => format!("node {place} ({} {name})", node.op_type),
    }
}

/// The number of dimensions of a convolution of the input.
fn check_screen(input: &ValueInfo, [channels, height, width]: [usize; 3]) -> Result<usize> {
    let shape = input.r#type.as_ref().and_then(|kind| kind.tensor.as_ref()?.shape.as_ref());
    let dims: Vec<Option<i64>> =
        shape.map(|shape| shape.dims.iter().map(|dim| dim.value).collect()).unwrap_or_default();
    let fits = |dim: Option<i64>, size: usize| dim.is_none_or(|dim| usize::try_from(dim) == Ok(size));
    let [.., rows, columns] = dims.as_slice() else {
        return Err(other_screen(input, &dims, [channels, height, width]));
    };
    let right = matches!(dims.len(), 4 | 5)
        && fits(dims[1], channels)
        && fits(*rows, height)
        && fits(*columns, width);
    if right { Ok(dims.len() - 2) } else { Err(other_screen(input, &dims, [channels, height, width])) }
}

fn other_screen(input: &ValueInfo, dims: &[Option<i64>], [channels, height, width]: [usize; 3]) -> Error {
    let dims: Vec<String> =
        dims.iter().map(|dim| dim.map_or_else(|| "?".to_owned(), |dim| dim.to_string())).collect();
    Error::data("the model takes another stimulus than the card says")
        .at_object(format!("graph.input {}", input.name))
        .expected(format!("1 x {channels} x frames x {height} x {width}, or without frames"))
        .found(if dims.is_empty() { "no shape".to_owned() } else { dims.join(" x ") })
}

/// A node, and where its weights are.
struct NodeOf<'g, 'a> {
    node: &'g Node,
    name: &'a str,
    weights: &'a BTreeMap<&'g str, &'g Tensor>,
}

impl<'g> NodeOf<'g, '_> {
    /// What it gives, if what it takes is `before`.
    fn follows(&self, before: &str) -> Result<&'g str> {
        let one = self.node.inputs.first().is_some_and(|input| input == before);
        match self.node.outputs.as_slice() {
            [output] if one => Ok(output),
            outputs => Err(self
                .wrong("the model is no chain of layers")
                .expected(format!("a node that takes {before} and gives one thing"))
                .found(format!("{} from {}", outputs.join(", "), self.node.inputs.join(", ")))),
        }
    }

    fn add(&self, chain: &mut Chain, n_dims: usize) -> Result<()> {
        let kind = self.node.op_type.as_str();
        if !matches!(self.node.domain.as_str(), "" | "ai.onnx") {
            return Err(self.unknown().found(format!("{kind} of {}", self.node.domain)));
        }
        match kind {
            "Conv" => {
                self.only(&["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"])?;
                let given = self.convolution(chain.channels(), n_dims)?;
                convolution::add(self.name, given, chain)
            }
            "BatchNormalization" => {
                self.only(&["epsilon", "momentum", "training_mode", "spatial"])?;
                chain.normalise(self.name, &self.batch_norm(chain.channels())?)
            }
            "Elu" => {
                self.only(&["alpha"])?;
                let alpha = self.attribute("alpha").map_or(1.0, |one| one.float);
                if alpha != 1.0 {
                    return Err(self
                        .wrong("an Elu bends by another factor")
                        .expected("alpha 1")
                        .found(alpha.to_string()));
                }
                chain.pointwise(self.name, LayerSpec::Elu)
            }
            "Relu" => self.only(&[]).and_then(|()| chain.pointwise(self.name, LayerSpec::Rectify)),
            "Softplus" => self.only(&[]).and_then(|()| chain.pointwise(self.name, LayerSpec::Softplus)),
            _ => Err(self.unknown().found(kind)),
        }
    }

    fn convolution(&self, channels: usize, n_dims: usize) -> Result<Convolution> {
        let (shape, weight) = self.tensor(1, "weights")?;
        let [out, seen, kernel @ ..] = shape.as_slice() else {
            return Err(self
                .wrong("the weights of a convolution have another shape")
                .found(format!("{shape:?}")));
        };
        if kernel.len() != n_dims || *seen != channels || *out == 0 {
            return Err(self
                .wrong("the weights of a convolution have another shape")
                .expected(format!("[channels out, {channels}, and {n_dims} sides]"))
                .found(format!("{shape:?}")));
        }
        let integers =
            |name: &str| self.attribute(name).map(|one| one.integers.as_slice()).unwrap_or_default();
        let all = |name: &str, wanted: i64| integers(name).iter().all(|value| *value == wanted);
        let group = self.attribute("group").map_or(1, |one| one.integer);
        if group != 1 || !all("strides", 1) || !all("dilations", 1) {
            return Err(self
                .wrong("a convolution leaves something out")
                .expected("group 1, strides 1, dilations 1")
                .found(format!(
                    "group {group}, strides {:?}, dilations {:?}",
                    integers("strides"),
                    integers("dilations")
                )));
        }
        let automatic = self.attribute("auto_pad").map(|one| one.text.as_slice());
        if !matches!(automatic, None | Some(b"" | b"NOTSET" | b"VALID")) {
            return Err(self
                .wrong("a convolution chooses its padding itself")
                .expected("`pads`")
                .found(String::from_utf8_lossy(automatic.unwrap_or_default())));
        }
        let offset = match self.node.inputs.get(2).map(String::as_str) {
            None | Some("") => None,
            Some(_) => Some(self.sized(2, "offsets", *out)?),
        };
        let kernel = kernel.to_vec();
        Ok(Convolution { channels: [*out, *seen], kernel, pads: integers("pads").to_vec(), weight, offset })
    }

    fn batch_norm(&self, channels: usize) -> Result<BatchNorm> {
        let flag = |name: &str| self.attribute(name).map(|one| one.integer);
        if flag("training_mode").is_some_and(|mode| mode != 0) || flag("spatial").is_some_and(|one| one != 1)
        {
            return Err(self
                .wrong("a batch normalisation is not one of channels by what the training knew")
                .expected("training_mode 0")
                .hint("call `model.eval()` before the export"));
        }
        let epsilon = self.attribute("epsilon").map_or(EPSILON, |one| one.float);
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return Err(self.wrong("the epsilon of a batch normalisation must be finite and at least 0"));
        }
        Ok(BatchNorm {
            epsilon: f64::from(epsilon),
            weight: self.sized(1, "scale", channels)?,
            bias: self.sized(2, "offsets", channels)?,
            mean: self.sized(3, "mean", channels)?,
            variance: self.sized(4, "variance", channels)?,
        })
    }

    /// The values of an input of the shape `[n]`.
    fn sized(&self, input: usize, what: &str, n: usize) -> Result<Vec<f64>> {
        let (shape, values) = self.tensor(input, what)?;
        if shape == [n] {
            return Ok(values);
        }
        Err(self
            .wrong("a tensor has another shape")
            .expected(format!("[{n}] {what}"))
            .found(format!("{shape:?}")))
    }

    /// Shape and values of an input that is a weight.
    fn tensor(&self, input: usize, what: &str) -> Result<(Vec<usize>, Vec<f64>)> {
        let name = self.node.inputs.get(input).map_or("", String::as_str);
        let tensor = self.weights.get(name).ok_or_else(|| {
            self.wrong("a layer has no constant weights")
                .expected(format!("{what} among the initializers"))
                .found(format!("{name:?}"))
        })?;
        let told = |message: &str| self.wrong(message).found(format!("{name}: {:?}", tensor.dims));
        if tensor.location != 0 {
            return Err(told("the values of a tensor stand in another file")
                .hint("export the model with all of its weights in one file"));
        }
        let shape: Option<Vec<usize>> = tensor.dims.iter().map(|&dim| usize::try_from(dim).ok()).collect();
        let values = values(tensor)
            .ok_or_else(|| told("a tensor has another type").expected("32 or 64 bit floats"))?;
        let shape = shape.filter(|shape| {
            shape.iter().try_fold(1_usize, |n, &dim| n.checked_mul(dim)) == Some(values.len())
        });
        let shape = shape.ok_or_else(|| {
            told("the shape of a tensor does not fit its values").expected(format!("{} values", values.len()))
        })?;
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(told("a weight of the encoder is not finite").at_offset(at as u64)),
            None => Ok((shape, values)),
        }
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.node.attributes.iter().find(|one| one.name == name)
    }

    /// # Errors
    /// When there is an attribute with another name.
    fn only(&self, names: &[&str]) -> Result<()> {
        match self.node.attributes.iter().find(|one| !names.contains(&one.name.as_str())) {
            None => Ok(()),
            Some(other) => Err(self
                .wrong("a node has an attribute that is not known")
                .expected(names.join(", "))
                .found(other.name.as_str())),
        }
    }

    fn unknown(&self) -> Error {
        self.wrong("the model has a node that no layer of an encoder stands for").expected(KINDS)
    }

    fn wrong(&self, message: &str) -> Error {
        Error::data(message.to_owned()).at_object(self.name)
    }
}

/// The values of a tensor of floats.
fn values(tensor: &Tensor) -> Option<Vec<f64>> {
    match (tensor.data_type, tensor.raw.as_slice()) {
        (FLOAT, []) => Some(tensor.floats.iter().copied().map(f64::from).collect()),
        (DOUBLE, []) => Some(tensor.doubles.clone()),
        (FLOAT, raw) => {
            let (values, []) = raw.as_chunks() else { return None };
            Some(values.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect())
        }
        (DOUBLE, raw) => {
            let (values, []) = raw.as_chunks() else { return None };
            Some(values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
        }
        _ => None,
    }
}
