//! An encoder with its parameters as a table or a file, and what it is of.

use neuroloom_core::{Digest, Error, Result, Table};
use neuroloom_nn::Layout;
use neuroloom_nn::safetensors::{Tensor, TensorFile, Values, read, write};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde::{Deserialize, Serialize};

use crate::import::{NamedTensor, without_batch_norms};
use crate::network::{Network, NetworkSpec};

/// The word of a safetensors file under which the card stands.
const CARD: &str = "neuroloom.card";
const DIGEST: &str = "neuroloom.card_blake3";

/// What an encoder is and which neurons it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderCard {
    /// Screen, layers and number of neurons.
    pub network: NetworkSpec,
    /// Interval between frames, s.
    pub dt_s: f64,
    /// Time constant of the low pass between rate and recording, s; none where rates were recorded.
    pub calcium_tau_s: Option<f64>,
    /// Recording and name of every neuron.
    pub units: Vec<(String, String)>,
}

impl EncoderCard {
    /// The card in `text`.
    ///
    /// # Errors
    /// When it is no card, a layer is of an unknown kind, or sizes cannot be.
    pub fn parse(text: &str) -> Result<Self> {
        let card: Self = serde_json::from_str(text).map_err(|e| {
            Error::data("the layers of the encoder cannot be read")
                .at_object("card")
                .expected("network, dt_s, calcium_tau_s and units, with layers spatial, temporal, batch_norm, elu, rectify, rectify_both, softplus")
                .found(e.to_string())
        })?;
        card.network.check()?;
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if !positive(card.dt_s) || !card.calcium_tau_s.is_none_or(positive) {
            return Err(Error::data("the times of an encoder must be finite and above 0")
                .at_object("card")
                .found(format!("dt_s {}, calcium_tau_s {:?}", card.dt_s, card.calcium_tau_s)));
        }
        if card.units.len() != card.network.n_units {
            return Err(Error::data("an encoder does not name all of its neurons")
                .at_object("card")
                .expected(format!("{} names", card.network.n_units))
                .found(card.units.len().to_string()));
        }
        Ok(card)
    }

    /// The card as text.
    ///
    /// # Errors
    /// An internal one.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::internal(format!("the card of an encoder: {e}")))
    }

    /// Time constant of the low pass, frames.
    pub fn calcium_tau_frames(&self) -> Option<f64> {
        self.calcium_tau_s.map(|tau| tau / self.dt_s)
    }

    /// The encoder as a table.
    ///
    /// # Errors
    /// An internal one.
    pub fn table(&self, network: &Network, parameters: &[f32]) -> Result<Table> {
        let text = self.text()?;
        let tensors = network.layout().tensors();
        TableBuilder::new(kinds::MDS_ENCODER)
            .integers("position", 0..tensors.len() as i64)
            .text("tensor", tensors.iter().map(|tensor| &tensor.name))
            .lists("shape", tensors.iter().map(|tensor| tensor.shape.iter().map(|&n| n as f64).collect()))
            .lists_f32("values", tensors.iter().map(|tensor| tensor.segment.of(parameters).to_vec()))
            .text("card", tensors.iter().map(|_| &text))
            .finish()
    }

    /// Card, network and parameters of a table.
    ///
    /// # Errors
    /// When its card cannot be read, a tensor is missing, too many, of another shape, or not finite.
    pub fn read(table: &Table) -> Result<(Self, Network, Vec<f32>)> {
        let text = table.text("card")?.get(0).ok_or_else(|| {
            Error::data("the table of the encoder is empty").expected("a row for each tensor").found("none")
        })?;
        let (names, shapes, values) = (table.text("tensor")?, table.lists("shape")?, table.lists("values")?);
        let tensor = |row: usize| {
            let shape = shapes.get(row).unwrap_or_default().iter().map(|&n| n as usize).collect();
            let values = values.get(row).unwrap_or_default().into_owned();
            (names.get_or_empty(row).to_owned(), (shape, values))
        };
        Self::assembled(text, (0..table.n_rows()).map(tensor).collect())
    }

    /// Card, network and parameters of a card's text and all tensors.
    ///
    /// # Errors
    /// When the card cannot be read, a tensor is missing, too many, of another shape, or not finite.
    pub(crate) fn assembled(text: &str, tensors: Vec<NamedTensor>) -> Result<(Self, Network, Vec<f32>)> {
        let card = Self::parse(text)?;
        let network = Network::new(card.network.clone())?;
        let parameters = assemble(network.layout(), &tensors)?;
        Ok((card, network, parameters))
    }
}

/// The bytes of a safetensors file with the encoder of a table.
///
/// # Errors
/// When the table holds no encoder.
pub fn encoder_to_safetensors(table: &Table) -> Result<Vec<u8>> {
    let (card, network, parameters) = EncoderCard::read(table)?;
    let text = card.text()?;
    let tensors = network.layout().tensors().iter().map(|spec| {
        let values = Values::F32(spec.segment.of(&parameters).to_vec());
        (spec.name.clone(), Tensor { shape: spec.shape.clone(), values })
    });
    let digest = Digest::of(text.as_bytes()).to_string();
    write(&TensorFile {
        tensors: tensors.collect(),
        metadata: [(CARD.to_owned(), text), (DIGEST.to_owned(), digest)].into(),
    })
}

/// The encoder in the bytes of a safetensors file, as a table. Its card is `card`, or stands in the file. Batch normalisations
/// (`{"kind": "batch_norm"}` right behind a convolution) are folded into the convolutions.
///
/// # Errors
/// When the bytes are no such file, there is no card or one that was changed, tensors do not fit it, or a batch
/// normalisation cannot be folded.
pub fn encoder_from_safetensors(bytes: &[u8], card: Option<&str>) -> Result<Table> {
    let file = read(bytes)?;
    let text = card_of(&file, card)?.to_owned();
    let (text, tensors) = without_batch_norms(&text, named_tensors(file))?;
    let (card, network, parameters) = EncoderCard::assembled(&text, tensors)?;
    card.table(&network, &parameters)
}

/// The text of the card: `card`, or that in the file.
///
/// # Errors
/// When there is none, or that in the file was changed.
pub(crate) fn card_of<'a>(file: &'a TensorFile, card: Option<&'a str>) -> Result<&'a str> {
    let own = file.metadata.get(CARD).map(String::as_str);
    let text = card.or(own).ok_or_else(|| {
        Error::data("the file does not say what the encoder is")
            .at_object("__metadata__")
            .expected(CARD)
            .found(file.metadata.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            .hint("give the layers as JSON in `card`")
    })?;
    let digest = Digest::of(text.as_bytes()).to_string();
    if let Some(found) = file.metadata.get(DIGEST).filter(|&found| card.is_none() && *found != digest) {
        return Err(Error::data("the card of the encoder is not that which was written with it")
            .at_object(CARD)
            .expected(found.clone())
            .found(digest));
    }
    Ok(text)
}

/// The tensors of a file in 64 bits.
pub(crate) fn named_tensors(file: TensorFile) -> Vec<NamedTensor> {
    let tensors = file.tensors.into_iter();
    tensors.map(|(name, tensor)| (name, (tensor.shape, tensor.values.to_f64()))).collect()
}

/// The flat parameters of tensors in any order.
fn assemble(layout: &Layout, tensors: &[NamedTensor]) -> Result<Vec<f32>> {
    let known = || layout.tensors().iter().map(|spec| spec.name.as_str()).collect::<Vec<_>>().join(", ");
    // Room is made only once the file has shown that it fills it.
    let mut found_all = Vec::with_capacity(layout.tensors().len());
    for spec in layout.tensors() {
        let wrong = |message: &str| Error::data(message.to_owned()).at_object(spec.name.as_str());
        let mut found = tensors.iter().filter(|(name, _)| *name == spec.name);
        let (Some((_, (shape, values))), None) = (found.next(), found.next()) else {
            return Err(wrong("a tensor of the encoder is missing, or there twice").expected(known()));
        };
        if *shape != spec.shape || values.len() != spec.segment.range().len() {
            return Err(wrong("a tensor of the encoder has another shape")
                .expected(format!("{:?}", spec.shape))
                .found(format!("{shape:?} with {} values", values.len())));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(wrong("a weight of the encoder is not finite").at_offset(at as u64));
        }
        found_all.push((spec.segment, values));
    }
    let mut parameters = vec![0.0; layout.len()];
    for (segment, values) in found_all {
        let out = segment.of_mut(&mut parameters);
        out.iter_mut().zip(values).for_each(|(out, &value)| *out = value as f32);
    }
    match tensors.iter().find(|(name, _)| layout.get(name).is_none()) {
        None => Ok(parameters),
        Some((name, _)) => Err(Error::data("the encoder has a tensor that it should not have")
            .at_object(name.as_str())
            .expected(known())),
    }
}
