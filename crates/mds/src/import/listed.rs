//! Cards whose layers have batch normalisations among them.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result};
use serde::Deserialize;
use serde_json::Value;

use super::NamedTensor;
use super::batch_norm::BatchNorm;
use super::chain::Chain;
use crate::network::LayerSpec;

/// What PyTorch adds to a variance.
const EPSILON: f64 = 1e-5;
const BATCH_NORM: &str = "batch_norm";

/// A batch normalisation in a list of layers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[expect(dead_code, reason = "the tag")]
    kind: String,
    epsilon: Option<f64>,
}

/// Card and tensors of a network in which batch normalisations are folded into the convolutions before them; as they are where
/// there are none. Tensors are called `layers.N`, `N` being the place in the list of all layers, before as after.
///
/// # Errors
/// When a layer has no convolution right before it, or a tensor is missing, of another shape, not finite, or a variance negative.
pub(crate) fn without_batch_norms(
    text: &str,
    tensors: Vec<NamedTensor>,
) -> Result<(String, Vec<NamedTensor>)> {
    // What is no card at all is told where cards are read.
    let Ok(mut card) = serde_json::from_str::<Value>(text) else { return Ok((text.to_owned(), tensors)) };
    let is_norm = |layer: &Value| layer.get("kind").and_then(Value::as_str) == Some(BATCH_NORM);
    let listed = card.pointer("/network/layers").and_then(Value::as_array).cloned().unwrap_or_default();
    let channels = card.pointer("/network/channels").and_then(Value::as_u64);
    let Some(channels) =
        channels.and_then(|n| usize::try_from(n).ok()).filter(|_| listed.iter().any(is_norm))
    else {
        return Ok((text.to_owned(), tensors));
    };
    let mut file = File { tensors: tensors.into_iter().collect() };
    let mut chain = Chain::new(channels);
    for (place, layer) in listed.iter().enumerate() {
        let name = format!("layers.{place}");
        if is_norm(layer) {
            chain.normalise(&name, &file.batch_norm(&name, layer, chain.channels())?)?;
        } else {
            file.layer(&name, layer, &mut chain)?;
        }
    }
    let (layers, folded) = chain.finish();
    let layers = serde_json::to_value(layers).map_err(|e| Error::internal(format!("layers: {e}")))?;
    if let Some(place) = card.pointer_mut("/network/layers") {
        *place = layers;
    }
    Ok((card.to_string(), folded.into_iter().chain(file.tensors).collect()))
}

/// The tensors that are not taken yet.
struct File {
    tensors: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

impl File {
    fn batch_norm(&mut self, name: &str, layer: &Value, channels: usize) -> Result<BatchNorm> {
        let Listed { epsilon, .. } = parsed(name, layer)?;
        let epsilon = epsilon.unwrap_or(EPSILON);
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return Err(Error::data("the epsilon of a batch normalisation must be finite and at least 0")
                .at_object(name)
                .found(epsilon.to_string()));
        }
        let mut take = |what: &str| self.take(&format!("{name}.{what}"), &[channels]);
        Ok(BatchNorm {
            epsilon,
            weight: take("weight")?,
            bias: take("bias")?,
            mean: take("running_mean")?,
            variance: take("running_var")?,
        })
    }

    fn layer(&mut self, name: &str, layer: &Value, chain: &mut Chain) -> Result<()> {
        let (layer, seen) = (parsed::<LayerSpec>(name, layer)?, chain.channels());
        let weight = format!("{name}.weight");
        match layer {
            LayerSpec::Spatial { channels, size, .. } => {
                let weight = self.take(&weight, &[channels, size, size, seen])?;
                chain.convolution(name, layer, weight, None)
            }
            LayerSpec::Temporal { channels, taps } => {
                let weight = self.take(&weight, &[channels, taps, seen])?;
                let offset = self.take(&format!("{name}.bias"), &[channels])?;
                chain.convolution(name, layer, weight, Some(offset))
            }
            _ => chain.pointwise(name, layer),
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>> {
        let wrong = |message: &str| Error::data(message.to_owned()).at_object(name);
        let (found, values) = self
            .tensors
            .remove(name)
            .ok_or_else(|| wrong("a tensor of the encoder is missing").expected(format!("{shape:?}")))?;
        if found != shape {
            return Err(wrong("a tensor of the encoder has another shape")
                .expected(format!("{shape:?}"))
                .found(format!("{found:?}")));
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(wrong("a weight of the encoder is not finite").at_offset(at as u64)),
            None => Ok(values),
        }
    }
}

fn parsed<T: for<'a> Deserialize<'a>>(name: &str, layer: &Value) -> Result<T> {
    T::deserialize(layer).map_err(|e| {
        Error::data("a layer of the encoder cannot be read")
            .at_object(name)
            .expected("spatial, temporal, batch_norm, elu, rectify, rectify_both, softplus")
            .found(e.to_string())
    })
}
