//! What a network is made of.

use neuroloom_core::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mask::MaskShape;

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LayerSpec {
    /// Filters of `size` x `size` pixels, with `padding` rows and columns of 0 around the map. Weights
    /// `[channel out, row, column, channel in]`.
    Spatial {
        /// Channels that it gives.
        channels: usize,
        /// Side of a filter, px.
        size: usize,
        /// Rows and columns of 0 on every side.
        padding: usize,
    },
    /// Filters of `taps` frames, the last being the frame itself, of all channels at one place, and an offset. Weights
    /// `[channel out, tap, channel in]`, the oldest frame first.
    Temporal {
        /// Channels that it gives.
        channels: usize,
        /// Frames of a filter.
        taps: usize,
    },
    /// `x`, and `e^x - 1` where that is below 0.
    Elu,
    /// `max(x, 0)`.
    Rectify,
    /// `max(x, 0)` of all channels, then `max(-x, 0)` of all channels.
    RectifyBoth,
    /// `ln(1 + e^x)`.
    Softplus,
}

/// Screen, layers and neurons of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Channels of a stimulus.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// The layers, in their order; the first is spatial.
    pub layers: Vec<LayerSpec>,
    /// Neurons that read the features.
    pub n_units: usize,
    /// The shape of their masks.
    #[serde(default, skip_serializing_if = "MaskShape::is_round")]
    pub mask: MaskShape,
}

/// Networks that need no list of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    /// Linear, then the softplus of the neuron: a sum of products of filters in space and time, which neurons share and
    /// weight.
    Ln,
    /// One layer of subunits that are rectified, both signs.
    Lnln,
    /// Two layers of convolutions in space and time, each with an ELU.
    #[default]
    Sepconv,
}

/// Largest sizes, so that a file cannot ask for more memory than there is.
pub(crate) const MOST_CHANNELS: usize = 1024;
const MOST_PIXELS: usize = 1024;
const MOST_TAPS: usize = 1024;
const MOST_UNITS: usize = 1 << 20;
const MOST_LAYERS: usize = 32;

impl NetworkKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ln => "ln",
            Self::Lnln => "lnln",
            Self::Sepconv => "sepconv",
        }
    }

    /// Its layers with `features` channels, filters of `size` pixels and `taps` frames.
    pub fn layers(self, features: usize, size: usize, taps: usize) -> Vec<LayerSpec> {
        // So much that neurons at the edge of the middle third of the screen are seen whole.
        let padding = size / 4;
        let first = LayerSpec::Spatial { channels: features, size, padding };
        let then = LayerSpec::Temporal { channels: features, taps };
        match self {
            Self::Ln => vec![first, then],
            Self::Lnln => vec![first, then, LayerSpec::RectifyBoth],
            Self::Sepconv => {
                let second = LayerSpec::Spatial { channels: features, size: 3, padding: 1 };
                let slow = LayerSpec::Temporal { channels: features, taps: taps.div_ceil(2) };
                vec![first, then, LayerSpec::Elu, second, slow, LayerSpec::Elu]
            }
        }
    }
}

impl NetworkSpec {
    /// # Errors
    /// When a size is 0 or out of any range, the first layer is not spatial, or a filter is larger than its padded map.
    pub fn check(&self) -> Result<()> {
        let within = |value: usize, most: usize| (1..=most).contains(&value);
        let screen = within(self.channels, MOST_CHANNELS)
            && within(self.height, MOST_PIXELS)
            && within(self.width, MOST_PIXELS)
            && within(self.n_units, MOST_UNITS)
            && within(self.layers.len(), MOST_LAYERS);
        if !screen {
            return Err(Error::data("the sizes of an encoder cannot be")
                .expected(format!(
                    "1 to {MOST_CHANNELS} channels, 1 to {MOST_PIXELS} rows and columns, 1 to {MOST_UNITS} neurons, 1 to \
                     {MOST_LAYERS} layers"
                ))
                .found(format!(
                    "{} channels, {} x {} pixels, {} neurons, {} layers",
                    self.channels,
                    self.height,
                    self.width,
                    self.n_units,
                    self.layers.len()
                )));
        }
        let (mut size, mut channels) = ([self.height, self.width], self.channels);
        for (place, layer) in self.layers.iter().enumerate() {
            size = checked(*layer, place, size)?;
            channels = layer.channels_out(channels);
            if channels > MOST_CHANNELS {
                return Err(Error::data("a layer has more channels than can be")
                    .at_object(format!("layers.{place}"))
                    .expected(format!("at most {MOST_CHANNELS}"))
                    .found(channels.to_string()));
            }
        }
        Ok(())
    }
}

impl LayerSpec {
    /// Channels behind it, where there are `channels` before it.
    pub(crate) fn channels_out(self, channels: usize) -> usize {
        match self {
            Self::Spatial { channels, .. } | Self::Temporal { channels, .. } => channels,
            Self::RectifyBoth => 2 * channels,
            Self::Elu | Self::Rectify | Self::Softplus => channels,
        }
    }
}

/// The map behind a layer.
fn checked(layer: LayerSpec, place: usize, map: [usize; 2]) -> Result<[usize; 2]> {
    let wrong = |message: &str| {
        Error::data(message.to_owned()).at_object(format!("layers.{place}")).found(format!("{layer:?}"))
    };
    match layer {
        LayerSpec::Spatial { channels, size, padding } => {
            let known = (1..=MOST_CHANNELS).contains(&channels)
                && (1..=MOST_PIXELS).contains(&size)
                && padding < size;
            if !known {
                return Err(wrong("a layer has sizes that cannot be").expected(format!(
                    "1 to {MOST_CHANNELS} channels, a size of 1 to {MOST_PIXELS}, less padding than that"
                )));
            }
            let out = map.map(|side| (side + 2 * padding + 1).checked_sub(size).filter(|left| *left > 0));
            let [Some(height), Some(width)] = out else {
                return Err(wrong("the filters of a layer are larger than what they see").expected(format!(
                    "at most {} pixels with this padding",
                    map[0].min(map[1]) + 2 * padding
                )));
            };
            Ok([height, width])
        }
        _ if place == 0 => Err(wrong("the first layer of an encoder must be spatial")),
        LayerSpec::Temporal { channels, taps } => {
            if (1..=MOST_CHANNELS).contains(&channels) && (1..=MOST_TAPS).contains(&taps) {
                return Ok(map);
            }
            Err(wrong("a layer has sizes that cannot be")
                .expected(format!("1 to {MOST_CHANNELS} channels, 1 to {MOST_TAPS} taps")))
        }
        LayerSpec::Elu | LayerSpec::Rectify | LayerSpec::RectifyBoth | LayerSpec::Softplus => Ok(map),
    }
}
