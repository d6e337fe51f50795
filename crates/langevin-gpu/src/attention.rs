//! Multi-head self-attention.

use neuroloom_core::Result;
use neuroloom_nn::{AttentionMask, SelfAttention};

use crate::device::{Gpu, Values};
use crate::kernel::{SOFTMAX, SOFTMAX_BACKWARD};
use crate::product::{Form, Matrix};
use crate::recorder::{Recorder, words};
use crate::tape::rows;

/// Sizes of what a layer of the decoder runs over.
#[derive(Clone, Copy, Debug)]
pub struct TokenSize {
    /// Values of a token.
    pub width: usize,
    /// Hidden values of the feed-forward part.
    pub hidden: usize,
    /// Heads of the attention.
    pub heads: usize,
    /// Trials of the batch.
    pub n_trials: usize,
    /// Times of a trial.
    pub n_steps: usize,
}

impl TokenSize {
    /// Tokens of the batch.
    pub fn rows(&self) -> usize {
        self.n_trials * self.n_steps
    }

    fn shares(&self) -> usize {
        self.rows() * self.heads * self.n_steps
    }
}

/// What the backward pass needs of the forward pass, and room for it.
#[derive(Debug)]
pub struct AttentionRoom {
    qkv: Values,
    /// Shares of attention `[trials, heads, times, times]`, before and after dropout.
    shares: Values,
    dropped: Values,
    /// The heads side by side.
    heads: Values,
    d_qkv: Values,
    d_shares: Values,
    d_heads: Values,
}

impl AttentionRoom {
    /// For batches of up to `size`; without `backward` it will not do for the backward pass.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(gpu: &Gpu, size: TokenSize, backward: bool) -> Result<Self> {
        let (rows, back) = (size.rows(), usize::from(backward));
        Ok(Self {
            qkv: gpu.values(rows * 3 * size.width)?,
            shares: gpu.values(size.shares())?,
            dropped: gpu.values(size.shares())?,
            heads: gpu.values(rows * size.width)?,
            d_qkv: gpu.values(back * rows * 3 * size.width)?,
            d_shares: gpu.values(back * size.shares())?,
            d_heads: gpu.values(back * rows * size.width)?,
        })
    }
}

/// The matrices of all heads of all trials, as batches.
struct Heads<'a> {
    room: &'a AttentionRoom,
    size: TokenSize,
}

impl<'a> Heads<'a> {
    /// Part 0, 1 or 2 of q, k and v.
    fn of_qkv(&self, values: &'a Values, part: usize) -> Matrix<'a> {
        let TokenSize { width, n_steps, .. } = self.size;
        Matrix::rows(values, 3 * width).at(part * width).every([n_steps * 3 * width, self.of_head()])
    }

    fn of_rows(&self, values: &'a Values) -> Matrix<'a> {
        let TokenSize { width, n_steps, .. } = self.size;
        Matrix::rows(values, width).every([n_steps * width, self.of_head()])
    }

    fn of_shares(&self, values: &'a Values) -> Matrix<'a> {
        let TokenSize { heads, n_steps, .. } = self.size;
        Matrix::rows(values, n_steps).every([heads * n_steps * n_steps, n_steps * n_steps])
    }

    fn qkv(&self) -> [Matrix<'a>; 3] {
        [0, 1, 2].map(|part| self.of_qkv(&self.room.qkv, part))
    }

    fn d_qkv(&self) -> [Matrix<'a>; 3] {
        [0, 1, 2].map(|part| self.of_qkv(&self.room.d_qkv, part))
    }

    fn of_head(&self) -> usize {
        self.size.width / self.size.heads
    }

    fn form(&self, alpha: f64) -> Form {
        Form { alpha, batch: [self.size.n_trials, self.size.heads], ..Form::default() }
    }

    fn scale(&self) -> f64 {
        1.0 / (self.of_head() as f64).sqrt()
    }
}

impl Recorder<'_> {
    /// `y` `[rows, width]` of `x` `[rows, width]`, trial by trial.
    ///
    /// # Errors
    /// When the device fails.
    pub fn attention(
        &mut self,
        attention: &SelfAttention,
        size: TokenSize,
        x: &Values,
        room: &AttentionRoom,
        y: &Values,
    ) -> Result<()> {
        let TokenSize { width, heads, n_steps: n, .. } = size;
        let all = Heads { room, size };
        let target = Matrix::rows(&room.qkv, 3 * width);
        self.linear(&attention.input(), size.rows(), Matrix::rows(x, width), target)?;
        let [q, k, v] = all.qkv();
        let of_head = all.of_head();
        self.product(all.of_shares(&room.shares), [n, of_head, n], q, k.turned(), all.form(all.scale()))?;
        let n_rows = size.rows() * heads;
        let shape = words![n, heads, n_rows, attention.mask() == AttentionMask::Causal];
        let shared = self.shared;
        let bound = [&shared.step, &shared.trials, &room.shares, &room.dropped];
        self.push(&SOFTMAX, &shape, &bound, rows(n_rows))?;
        let dropped = all.of_shares(&room.dropped);
        self.product(all.of_rows(&room.heads), [n, n, of_head], dropped, v, all.form(1.0))?;
        let heads = Matrix::rows(&room.heads, width);
        self.linear(&attention.output(), size.rows(), heads, Matrix::rows(y, width))
    }

    /// Adds the cotangent of the input `x` to `dx`, given that of the output `dy`, and puts that of the parameters into the gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub fn attention_backward(
        &mut self,
        attention: &SelfAttention,
        size: TokenSize,
        x: &Values,
        room: &AttentionRoom,
        [dy, dx]: [&Values; 2],
    ) -> Result<()> {
        let TokenSize { width, heads, n_steps: n, .. } = size;
        let all = Heads { room, size };
        let of_width = |values| Matrix::rows(values, width);
        let d_heads = of_width(&room.d_heads);
        let output = attention.output();
        self.linear_backward(&output, size.rows(), of_width(&room.heads), of_width(dy), d_heads, false)?;
        let ([q, k, v], [dq, dk, dv]) = (all.qkv(), all.d_qkv());
        let (d_heads, of_head) = (all.of_rows(&room.d_heads), all.of_head());
        let (dropped, d_shares) = (all.of_shares(&room.dropped), all.of_shares(&room.d_shares));
        self.product(d_shares, [n, of_head, n], d_heads, v.turned(), all.form(1.0))?;
        self.product(dv, [n, n, of_head], dropped.turned(), d_heads, all.form(1.0))?;
        let n_rows = size.rows() * heads;
        let shared = self.shared;
        let bound = [&shared.step, &shared.trials, &room.shares, &room.d_shares];
        self.push(&SOFTMAX_BACKWARD, &words![n, heads, n_rows], &bound, rows(n_rows))?;
        self.product(dq, [n, n, of_head], d_shares, k, all.form(all.scale()))?;
        self.product(dk, [n, n, of_head], d_shares.turned(), q, all.form(all.scale()))?;
        let d_qkv = Matrix::rows(&room.d_qkv, 3 * width);
        self.linear_backward(&attention.input(), size.rows(), of_width(x), d_qkv, of_width(dx), true)
    }
}
