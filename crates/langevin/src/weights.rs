//! Models in safetensors files, under the names of PyTorch's layers.

use neuroloom_core::{Digest, Error, Result, Table};
use neuroloom_nn::safetensors::{Tensor, TensorFile, Values, read, write};

use crate::card::{ModelCard, NamedTensor, assemble};
use crate::model::Model;

/// What the words of a file are called.
const CARD: &str = "neuroloom.card";
const DIGEST: &str = "neuroloom.card_blake3";

/// The bytes of a safetensors file with the model of a table.
///
/// # Errors
/// When the table holds no model.
pub fn to_safetensors(model: &Table) -> Result<Vec<u8>> {
    let (card, model, parameters) = ModelCard::read(model)?;
    let text = card.text()?;
    let tensor = |spec: &neuroloom_nn::TensorSpec| {
        let values = Values::F32(spec.segment.of(&parameters).to_vec());
        (spec.name.clone(), Tensor { shape: spec.shape.clone(), values })
    };
    let digest = Digest::of(text.as_bytes()).to_string();
    write(&TensorFile {
        tensors: model.layout().tensors().iter().map(tensor).collect(),
        metadata: [(CARD.to_owned(), text), (DIGEST.to_owned(), digest)].into(),
    })
}

/// The model in the bytes of a safetensors file, as a table.
///
/// # Errors
/// When the bytes are no such file; options are missing or are not those that were written; a tensor is missing, too many or
/// of another shape.
pub fn from_safetensors(bytes: &[u8]) -> Result<Table> {
    let file = read(bytes)?;
    let text = file.metadata.get(CARD).ok_or_else(|| {
        Error::data("the file does not say what the model is")
            .at_object("__metadata__")
            .expected(CARD)
            .found(file.metadata.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            .hint("write it with this program, or add the options as JSON under that name")
    })?;
    let digest = Digest::of(text.as_bytes()).to_string();
    if let Some(found) = file.metadata.get(DIGEST).filter(|&found| *found != digest) {
        return Err(Error::data("the options of the model are not those that were written with it")
            .at_object(CARD)
            .expected(found.clone())
            .found(digest)
            .hint("options were changed by hand: fit the model again, or remove the digest"));
    }
    let card = ModelCard::parse(text)?;
    let model = Model::new(card.options.clone(), card.size);
    let tensor = |(name, tensor): (String, Tensor)| NamedTensor {
        name,
        shape: tensor.shape,
        values: match tensor.values {
            Values::F32(values) => values,
            Values::F64(values) => values.into_iter().map(|value| value as f32).collect(),
        },
    };
    let parameters = assemble(model.layout(), file.tensors.into_iter().map(tensor).collect())?;
    card.table(&model, &parameters)
}
