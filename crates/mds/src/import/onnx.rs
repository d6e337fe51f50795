//! The convolutional core of an encoder from an ONNX file.

mod convolution;
mod graph;
mod proto;

use neuroloom_core::{Error, Result, Table};
use neuroloom_nn::safetensors::read;
use serde_json::Value;

use crate::card::{EncoderCard, card_of, named_tensors};
use graph::Core;

/// An encoder whose layers stand in the bytes of an ONNX file and whose readout in those of a safetensors file (`readout.*`), as a
/// table. The card, `card` or that in the safetensors file, lists no layers.
///
/// The model takes a movie `[1, channels, frames, rows, columns]`, or an image without frames, and is a chain of `Conv`
/// (in 2 or 3 dimensions, stride 1, no groups, square, no padding in time), `BatchNormalization` right behind a `Conv`, `Elu`, `Relu` and
/// `Softplus`. Convolutions over space and time at once become one in space and one in time.
///
/// # Errors
/// When a file cannot be read, a node is of another kind, the model is no chain or for another screen than that of the
/// card, or tensors do not fit.
pub fn encoder_from_onnx(core: &[u8], readout: &[u8], card: Option<&str>) -> Result<Table> {
    let file = read(readout)?;
    let text = card_of(&file, card)?;
    let no_card = |found: String| {
        Error::data("the card of an encoder with an ONNX core cannot be read")
            .at_object("card")
            .expected("network (channels, height, width, n_units), dt_s, calcium_tau_s and units, as JSON")
            .found(found)
    };
    let mut card: Value = serde_json::from_str(text).map_err(|e| no_card(e.to_string()))?;
    let network = card.pointer_mut("/network").and_then(Value::as_object_mut);
    let network = network.ok_or_else(|| no_card("no network".into()))?;
    if network.get("layers").is_some_and(|layers| layers.as_array().is_none_or(|list| !list.is_empty())) {
        return Err(Error::data("the layers of an encoder stand twice")
            .at_object("card")
            .expected("no `layers` beside an ONNX core"));
    }
    let size = |name: &str| {
        let size = network.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        size.ok_or_else(|| no_card(format!("no `{name}`")))
    };
    let screen = [size("channels")?, size("height")?, size("width")?];
    let (layers, tensors) = Core::read(core)?.chain(screen)?.finish();
    let layers = serde_json::to_value(layers).map_err(|e| Error::internal(format!("layers: {e}")))?;
    network.insert("layers".to_owned(), layers);
    let tensors = tensors.into_iter().chain(named_tensors(file)).collect();
    let (card, network, parameters) = EncoderCard::assembled(&card.to_string(), tensors)?;
    card.table(&network, &parameters)
}
