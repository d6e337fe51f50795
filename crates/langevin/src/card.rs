//! A model with its parameters as a table, and what it must be given.

use neuroloom_core::{Error, Result, Table};
use neuroloom_nn::Layout;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::options::{DataSize, ModelOptions};
use crate::trial_set::TrialSet;

/// What a fitted model is and which data it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Architecture and arithmetic.
    pub options: ModelOptions,
    /// Sizes of the data.
    pub size: DataSize,
    /// Width of a bin, s.
    pub dt_s: f64,
    /// Units: those that it sees, then those held out.
    pub units: Vec<String>,
}

impl ModelCard {
    /// The card of a model that was fitted to `set`.
    pub fn new(model: &Model, set: &TrialSet) -> Self {
        let options = model.options().clone();
        Self { options, size: model.size(), dt_s: set.dt_s, units: set.units.clone() }
    }

    /// The card in `text`.
    ///
    /// # Errors
    /// When it is no card, or its sizes are out of any range.
    pub fn parse(text: &str) -> Result<Self> {
        let card: Self = serde_json::from_str(text).map_err(|e| {
            Error::data("the options of the model cannot be read")
                .at_object("card")
                .found(e.to_string())
                .hint("was the model written by another version?")
        })?;
        card.check()?;
        Ok(card)
    }

    /// The card as text.
    ///
    /// # Errors
    /// An internal one.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::internal(format!("options of a model: {e}")))
    }

    /// The model and its parameters as a table.
    ///
    /// # Errors
    /// An internal one.
    pub fn table(&self, model: &Model, parameters: &[f32]) -> Result<Table> {
        let text = self.text()?;
        let tensors = model.layout().tensors();
        TableBuilder::new(kinds::LANGEVIN_MODEL)
            .integers("position", 0..tensors.len() as i64)
            .text("tensor", tensors.iter().map(|tensor| &tensor.name))
            .lists("shape", tensors.iter().map(|tensor| tensor.shape.iter().map(|&n| n as f64).collect()))
            .lists_f32("values", tensors.iter().map(|tensor| tensor.segment.of(parameters).to_vec()))
            .text("card", tensors.iter().map(|_| &text))
            .finish()
    }

    /// Card, model and parameters of a table.
    ///
    /// # Errors
    /// When it has no card, or its tensors are not those of the model.
    pub fn read(table: &Table) -> Result<(Self, Model, Vec<f32>)> {
        let text = table.text("card")?.get(0).ok_or_else(|| {
            Error::data("the table of the model is empty").expected("a row for each tensor").found("none")
        })?;
        let card = Self::parse(text)?;
        let model = Model::new(card.options.clone(), card.size);
        let (names, shapes, values) = (table.text("tensor")?, table.lists("shape")?, table.lists("values")?);
        let tensor = |row: usize| NamedTensor {
            name: names.get_or_empty(row).to_owned(),
            shape: shapes.get(row).unwrap_or_default().iter().map(|&n| n as usize).collect(),
            values: values.get(row).unwrap_or_default().iter().map(|&value| value as f32).collect(),
        };
        let parameters = assemble(model.layout(), (0..table.n_rows()).map(tensor).collect())?;
        Ok((card, model, parameters))
    }

    /// Sizes are those of a model that could have been fitted.
    fn check(&self) -> Result<()> {
        const MAX: usize = 1 << 14;
        let (options, size) = (&self.options, self.size);
        let sizes = [options.hidden, options.feed_forward, options.heads, size.n_in, size.n_out, size.n_bins];
        let holds = sizes.into_iter().all(|n| (1..=MAX).contains(&n))
            && options.hidden.is_multiple_of(4)
            && options.decoder_width().is_multiple_of(options.heads)
            && options.input_lag <= 1
            && size.n_in <= size.n_out
            && (1..=size.n_bins).contains(&size.n_observed)
            && self.units.len() == size.n_out
            && options.gamma > 0.0
            && options.gamma < 1.0;
        if holds {
            return Ok(());
        }
        Err(Error::data("the options of the model contradict each other")
            .at_object("card")
            .expected(format!("sizes from 1 to {MAX}, hidden a multiple of 4, heads that divide what the decoder sees, a name for each unit"))
            .found(self.text()?))
    }
}

/// A tensor on its way into a model.
#[derive(Clone, Debug)]
pub(crate) struct NamedTensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// The flat parameters of tensors in any order.
pub(crate) fn assemble(layout: &Layout, tensors: Vec<NamedTensor>) -> Result<Vec<f32>> {
    let mut parameters = vec![0.0; layout.len()];
    let names = |specs: &mut dyn Iterator<Item = &str>| specs.collect::<Vec<_>>().join(", ");
    for spec in layout.tensors() {
        let mut found = tensors.iter().filter(|tensor| tensor.name == spec.name);
        let wrong = |message: &str| Error::data(message.to_owned()).at_object(spec.name.as_str());
        let (Some(tensor), None) = (found.next(), found.next()) else {
            return Err(wrong("a tensor of the model is missing, or there twice")
                .expected(names(&mut layout.tensors().iter().map(|spec| spec.name.as_str())))
                .found(names(&mut tensors.iter().map(|tensor| tensor.name.as_str()))));
        };
        if tensor.shape != spec.shape || tensor.values.len() != spec.segment.range().len() {
            return Err(wrong("a tensor of the model has another shape")
                .expected(format!("{:?}", spec.shape))
                .found(format!("{:?} with {} values", tensor.shape, tensor.values.len())));
        }
        if let Some(place) = tensor.values.iter().position(|value| !value.is_finite()) {
            return Err(wrong("a parameter of the model is not finite").at_offset(place as u64));
        }
        spec.segment.of_mut(&mut parameters).copy_from_slice(&tensor.values);
    }
    match tensors.iter().find(|tensor| layout.get(&tensor.name).is_none()) {
        None => Ok(parameters),
        Some(extra) => Err(Error::data("the model has a tensor that it should not have")
            .at_object(extra.name.as_str())
            .expected(names(&mut layout.tensors().iter().map(|spec| spec.name.as_str())))
            .found(extra.name.clone())
            .hint("do options and tensors come from the same model?")),
    }
}
