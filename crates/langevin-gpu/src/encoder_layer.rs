//! The encoder layer of the transformer.

use neuroloom_core::Result;
use neuroloom_nn::{EncoderLayer, FeedForward, LayerNorm};

use crate::attention::{AttentionRoom, TokenSize};
use crate::device::{Gpu, Values};
use crate::kernel::{NORM_BACKWARD, RECTIFY, RECTIFY_BACKWARD, RESIDUAL_NORM};
use crate::product::Matrix;
use crate::recorder::{Recorder, words};
use crate::step::site;
use crate::tape::{lanes, rows};

/// What the backward pass needs of the forward pass, and room for it.
#[derive(Debug)]
pub struct EncoderRoom {
    attention: AttentionRoom,
    norm1: NormRoom,
    middle: Values,
    hidden: Values,
    norm2: NormRoom,
    d_branch: Values,
    d_hidden: Values,
}

/// Normalised rows, and one over the deviation of each.
#[derive(Debug)]
struct NormRoom {
    normalised: Values,
    inverse_sd: Values,
}

impl NormRoom {
    fn new(gpu: &Gpu, size: TokenSize) -> Result<Self> {
        let rows = size.rows();
        Ok(Self { normalised: gpu.values(rows * size.width)?, inverse_sd: gpu.values(rows)? })
    }
}

impl EncoderRoom {
    /// For batches of up to `size`; without `backward` it will not do for the backward pass.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(gpu: &Gpu, size: TokenSize, backward: bool) -> Result<Self> {
        let (rows, back) = (size.rows(), usize::from(backward));
        Ok(Self {
            attention: AttentionRoom::new(gpu, size, backward)?,
            norm1: NormRoom::new(gpu, size)?,
            middle: gpu.values(rows * size.width)?,
            hidden: gpu.values(rows * size.hidden)?,
            norm2: NormRoom::new(gpu, size)?,
            d_branch: gpu.values(back * rows * size.width)?,
            d_hidden: gpu.values(back * rows * size.hidden)?,
        })
    }
}

impl Recorder<'_> {
    /// `y` `[rows, width]` of `x` `[rows, width]`, trial by trial.
    ///
    /// # Errors
    /// When the device fails.
    pub fn encoder_layer(
        &mut self,
        layer: &EncoderLayer,
        size: TokenSize,
        x: &Values,
        room: &EncoderRoom,
        y: &Values,
    ) -> Result<()> {
        let [norm1, norm2] = layer.norms();
        self.attention(layer.attention(), size, x, &room.attention, &room.norm1.normalised)?;
        self.residual_norm(norm1, size, site::ATTENTION, x, &room.norm1, &room.middle)?;
        self.feed_forward(layer.feed_forward(), size, room)?;
        self.residual_norm(norm2, size, site::FEED_FORWARD, &room.middle, &room.norm2, y)
    }

    /// Turns the cotangent `d` of the output into that of the input `x`, and puts that of the parameters into the gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub fn encoder_layer_backward(
        &mut self,
        layer: &EncoderLayer,
        size: TokenSize,
        x: &Values,
        room: &EncoderRoom,
        d: &Values,
    ) -> Result<()> {
        let [norm1, norm2] = layer.norms();
        self.norm_backward(norm2, size, site::FEED_FORWARD, &room.norm2, [d, &room.d_branch])?;
        self.feed_forward_backward(layer.feed_forward(), size, room, d)?;
        self.norm_backward(norm1, size, site::ATTENTION, &room.norm1, [d, &room.d_branch])?;
        self.attention_backward(layer.attention(), size, x, &room.attention, [&room.d_branch, d])
    }

    /// From the middle to the branch of the second norm.
    fn feed_forward(&mut self, layer: &FeedForward, size: TokenSize, room: &EncoderRoom) -> Result<()> {
        let TokenSize { width, hidden, n_steps, .. } = size;
        let n = size.rows();
        let of_hidden = Matrix::rows(&room.hidden, hidden);
        self.linear(&layer.first(), n, Matrix::rows(&room.middle, width), of_hidden)?;
        let shared = self.shared;
        let bound = [&shared.step, &shared.trials, &room.hidden];
        self.push(&RECTIFY, &words![hidden, n, n_steps], &bound, lanes(n * hidden))?;
        self.linear(&layer.second(), n, of_hidden, Matrix::rows(&room.norm2.normalised, width))
    }

    /// Adds to `d` what the cotangent of the branch means for the middle.
    fn feed_forward_backward(
        &mut self,
        layer: &FeedForward,
        size: TokenSize,
        room: &EncoderRoom,
        d: &Values,
    ) -> Result<()> {
        let TokenSize { width, hidden, .. } = size;
        let n = size.rows();
        let (x, dy) = (Matrix::rows(&room.hidden, hidden), Matrix::rows(&room.d_branch, width));
        let d_hidden = Matrix::rows(&room.d_hidden, hidden);
        self.linear_backward(&layer.second(), n, x, dy, d_hidden, false)?;
        let bound = [&self.shared.step, &room.hidden, &room.d_hidden];
        self.push(&RECTIFY_BACKWARD, &words![n * hidden], &bound, lanes(n * hidden))?;
        let middle = Matrix::rows(&room.middle, width);
        self.linear_backward(&layer.first(), n, middle, d_hidden, Matrix::rows(d, width), true)
    }

    fn residual_norm(
        &mut self,
        norm: &LayerNorm,
        size: TokenSize,
        site: usize,
        x: &Values,
        room: &NormRoom,
        y: &Values,
    ) -> Result<()> {
        let (weight, bias) = (norm.weight().range().start, norm.bias().range().start);
        let shape = words![size.width, size.rows(), size.n_steps, site, weight, bias];
        let shared = self.shared;
        let NormRoom { normalised, inverse_sd } = room;
        let bound = [&shared.step, &shared.trials, &shared.parameters, x, normalised, inverse_sd, y];
        self.push(&RESIDUAL_NORM, &shape, &bound, rows(size.rows()))
    }

    fn norm_backward(
        &mut self,
        norm: &LayerNorm,
        size: TokenSize,
        site: usize,
        room: &NormRoom,
        [d, d_branch]: [&Values; 2],
    ) -> Result<()> {
        let (weight, bias) = (norm.weight().range().start, norm.bias().range().start);
        let NormRoom { normalised, inverse_sd } = room;
        let (of_d, n) = (Matrix::rows(d, size.width), size.rows());
        self.column_sums(weight, [n, size.width], of_d, Some(normalised))?;
        self.column_sums(bias, [n, size.width], of_d, None)?;
        let shape = words![size.width, n, size.n_steps, site, weight];
        let shared = self.shared;
        let bound = [&shared.step, &shared.trials, &shared.parameters, normalised, inverse_sd, d, d_branch];
        self.push(&NORM_BACKWARD, &shape, &bound, rows(n))
    }
}
