//! Layers with their weights, one behind the other, before they are a network.

use neuroloom_core::{Error, Result};

use super::NamedTensor;
use super::batch_norm::BatchNorm;
use crate::network::{LayerSpec, MOST_CHANNELS};

/// Layers with their weights. Batch normalisations are folded into the convolutions before them.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    channels: usize,
    stages: Vec<Stage>,
}

/// A layer, with the weights of a convolution: `[channel out, what it sees]`, and an offset of every channel.
#[derive(Clone, Debug)]
struct Stage {
    layer: LayerSpec,
    channels_in: usize,
    weight: Vec<f64>,
    /// None where there is none yet.
    offset: Option<Vec<f64>>,
}

impl Chain {
    /// Nothing yet but a stimulus of `channels` channels.
    pub fn new(channels: usize) -> Self {
        Self { channels, stages: Vec::new() }
    }

    /// Channels behind the last layer.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Adds a convolution, whose weights fit it, called `name` in errors.
    ///
    /// # Errors
    /// When there are more channels before or behind it than can be.
    pub fn convolution(
        &mut self,
        name: &str,
        layer: LayerSpec,
        weight: Vec<f64>,
        offset: Option<Vec<f64>>,
    ) -> Result<()> {
        let most = self.channels.max(layer.channels_out(self.channels));
        if most > MOST_CHANNELS {
            return Err(Error::data("a layer has more channels than can be")
                .at_object(name)
                .expected(format!("at most {MOST_CHANNELS}"))
                .found(most.to_string()));
        }
        self.stages.push(Stage { layer, channels_in: self.channels, weight, offset });
        self.channels = layer.channels_out(self.channels);
        Ok(())
    }

    /// Adds a layer without weights.
    ///
    /// # Errors
    /// When there are more channels before or behind it than can be.
    pub fn pointwise(&mut self, name: &str, layer: LayerSpec) -> Result<()> {
        self.convolution(name, layer, Vec::new(), None)
    }

    /// Folds a batch normalisation, called `name` in errors, into the convolution right before it: exactly, for a convolution and
    /// a scale are a convolution.
    ///
    /// # Errors
    /// When there is none right before it, or it is not finite.
    pub fn normalise(&mut self, name: &str, norm: &BatchNorm) -> Result<()> {
        let affine = norm.affine(name)?;
        let before = self.stages.last_mut().filter(|stage| !stage.weight.is_empty()).ok_or_else(|| {
            Error::data("a batch normalisation has no convolution right before it to be folded into")
                .at_object(name)
                .expected("a layer `spatial` or `temporal`, then `batch_norm`")
                .hint("one behind a nonlinearity, or before the first layer, is folded into what follows by hand")
        })?;
        let offset = before.offset.get_or_insert_with(|| vec![0.0; affine.len()]);
        let filter_len = (before.weight.len() / affine.len().max(1)).max(1);
        let filters = before.weight.chunks_exact_mut(filter_len).zip(offset);
        for ((filter, offset), (scale, shift)) in filters.zip(affine) {
            filter.iter_mut().for_each(|weight| *weight *= scale);
            *offset = *offset * scale + shift;
        }
        Ok(())
    }

    /// The layers, and their tensors by the names that a network gives them.
    ///
    /// A layer in space has no offsets: they go into those of the layer in time behind it, or into one of a single frame
    /// that is put there. A layer in time that comes first gets one in space of a single pixel before it.
    pub fn finish(self) -> (Vec<LayerSpec>, Vec<NamedTensor>) {
        let mut settled: Vec<Stage> = Vec::with_capacity(self.stages.len());
        let mut pending: Option<Vec<f64>> = None;
        for mut stage in self.stages {
            if let Some(offset) = pending.take() {
                match stage.layer {
                    LayerSpec::Temporal { .. } => stage.take_over(&offset),
                    _ => settled.push(Stage::identity_in_time(offset)),
                }
            }
            match stage.layer {
                LayerSpec::Spatial { .. } => pending = stage.offset.take(),
                LayerSpec::Temporal { .. } if settled.is_empty() => {
                    settled.push(Stage::identity_in_space(stage.channels_in));
                }
                _ => {}
            }
            settled.push(stage);
        }
        settled.extend(pending.map(Stage::identity_in_time));
        let layers = settled.iter().map(|stage| stage.layer).collect();
        (layers, settled.into_iter().enumerate().flat_map(|(place, stage)| stage.tensors(place)).collect())
    }
}

impl Stage {
    /// A layer in time of one frame that adds an offset to every channel.
    fn identity_in_time(offset: Vec<f64>) -> Self {
        let channels = offset.len();
        let layer = LayerSpec::Temporal { channels, taps: 1 };
        Self { layer, channels_in: channels, weight: identity(channels), offset: Some(offset) }
    }

    /// A layer in space of one pixel that changes nothing.
    fn identity_in_space(channels: usize) -> Self {
        let layer = LayerSpec::Spatial { channels, size: 1, padding: 0 };
        Self { layer, channels_in: channels, weight: identity(channels), offset: None }
    }

    /// Takes over what the layer before it would add to every channel that this one, in time, sees.
    fn take_over(&mut self, before: &[f64]) {
        let channels = self.layer.channels_out(self.channels_in);
        let own = self.offset.get_or_insert_with(|| vec![0.0; channels]);
        let filter_len = (self.weight.len() / channels.max(1)).max(1);
        for (own, filter) in own.iter_mut().zip(self.weight.chunks_exact(filter_len)) {
            let rows = filter.chunks_exact(before.len().max(1));
            *own += rows
                .flat_map(|row| row.iter().zip(before))
                .map(|(weight, offset)| weight * offset)
                .sum::<f64>();
        }
    }

    /// The tensors of layer number `place`.
    fn tensors(self, place: usize) -> Vec<NamedTensor> {
        let name = |what: &str| format!("layers.{place}.{what}");
        let seen = self.channels_in;
        match self.layer {
            LayerSpec::Spatial { channels, size, .. } => {
                vec![(name("weight"), (vec![channels, size, size, seen], self.weight))]
            }
            LayerSpec::Temporal { channels, taps } => {
                let offset = self.offset.unwrap_or_else(|| vec![0.0; channels]);
                vec![
                    (name("weight"), (vec![channels, taps, seen], self.weight)),
                    (name("bias"), (vec![channels], offset)),
                ]
            }
            _ => Vec::new(),
        }
    }
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|at| if at / n == at % n { 1.0 } else { 0.0 }).collect()
}
