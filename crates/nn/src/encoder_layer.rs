//! The encoder layer of the transformer.

use crate::attention::{AttentionMask, AttentionState, SelfAttention};
use crate::{Dropout, FeedForward, LayerNorm, Layout, NormState, Real, Sites};

/// `y = norm1(x + drop(attention(x)))`, `out = norm2(y + drop(feed_forward(y)))` (Vaswani et al. 2017, normalised after
/// the sums). The tensors have the names of PyTorch's `TransformerEncoderLayer`.
#[derive(Clone, Copy, Debug)]
pub struct EncoderLayer {
    width: usize,
    hidden: usize,
    attention: SelfAttention,
    feed_forward: FeedForward,
    norm1: LayerNorm,
    norm2: LayerNorm,
}

/// The four places of dropout.
#[derive(Clone, Copy, Debug)]
pub struct LayerDropout {
    /// On the shares of attention.
    pub shares: Dropout,
    /// On the output of attention.
    pub attention: Dropout,
    /// On the hidden values of the feed-forward part.
    pub hidden: Dropout,
    /// On the output of the feed-forward part.
    pub feed_forward: Dropout,
}

impl LayerDropout {
    /// Drops nothing.
    pub fn off() -> Self {
        let off = Dropout::off();
        Self { shares: off, attention: off, hidden: off, feed_forward: off }
    }
}

/// What the backward pass needs of the forward pass, and room for it.
#[derive(Clone, Debug, Default)]
pub struct EncoderState<T> {
    attention: AttentionState<T>,
    norm1: NormState<T>,
    middle: Vec<T>,
    hidden: Vec<T>,
    d_hidden: Vec<T>,
    d_room: Vec<T>,
    norm2: NormState<T>,
}

impl<T: Real> EncoderState<T> {
    /// Room for `n_trials` of `n_steps`; without `backward` it will not do for the backward pass.
    pub fn new(layer: &EncoderLayer, n_trials: usize, n_steps: usize, backward: bool) -> Self {
        let rows = n_trials * n_steps;
        let zeros = |len: usize| vec![T::ZERO; len];
        let rows_back = if backward { rows } else { 0 };
        Self {
            attention: AttentionState::new(&layer.attention, n_trials, n_steps),
            norm1: NormState::new(rows, layer.width),
            middle: zeros(rows * layer.width),
            hidden: zeros(rows * layer.hidden),
            d_hidden: zeros(rows_back * layer.hidden),
            d_room: zeros(rows_back * layer.width),
            norm2: NormState::new(rows, layer.width),
        }
    }
}

impl EncoderLayer {
    /// A layer on rows of `width` values, with `n_heads` heads and `hidden` values in its feed-forward part.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        [width, n_heads, hidden]: [usize; 3],
        mask: AttentionMask,
    ) -> Self {
        Self {
            width,
            hidden,
            attention: SelfAttention::new(layout, &format!("{name}.self_attn"), width, n_heads, mask),
            feed_forward: FeedForward::new(layout, name, width, hidden),
            norm1: LayerNorm::new(layout, &format!("{name}.norm1"), width),
            norm2: LayerNorm::new(layout, &format!("{name}.norm2"), width),
        }
    }

    /// Its attention.
    pub fn attention(&self) -> &SelfAttention {
        &self.attention
    }

    /// Its feed-forward part.
    pub fn feed_forward(&self) -> &FeedForward {
        &self.feed_forward
    }

    /// Its normalisations.
    pub fn norms(&self) -> [&LayerNorm; 2] {
        [&self.norm1, &self.norm2]
    }

    /// `y` `[rows, width]` of `x` `[rows, width]`, trial by trial.
    ///
    /// # Panics
    /// When the sizes do not fit those of `state`.
    pub fn forward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: &LayerDropout,
        x: &[T],
        state: &mut EncoderState<T>,
        y: &mut [T],
    ) {
        let EncoderState { attention, norm1, .. } = &mut *state;
        self.attention.forward(parameters, sites, dropout.shares, x, attention, &mut norm1.normalised);
        self.after_attention(parameters, sites, dropout, x, state, y);
    }

    /// What the columns of `x` from `n_own` on mean for the attention: they need not be gone through again where only those before them
    /// change.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn share<T: Real>(&self, parameters: &[T], n_own: usize, x: &[T], shared: &mut Vec<T>) {
        shared.resize(x.len() * 3, T::ZERO);
        self.attention.input().forward_last(parameters, n_own, x, shared);
    }

    /// [`forward`](Self::forward) of `x`, of which the columns from `n_own` on are those that `shared` was made of: the same but for
    /// rounding.
    ///
    /// # Panics
    /// When the sizes do not fit those of `state`.
    #[expect(clippy::too_many_arguments, reason = "those of the forward pass, and what is shared")]
    pub fn forward_from<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: &LayerDropout,
        n_own: usize,
        shared: &[T],
        x: &[T],
        state: &mut EncoderState<T>,
        y: &mut [T],
    ) {
        let EncoderState { attention, norm1, .. } = &mut *state;
        let out = &mut norm1.normalised;
        self.attention.forward_from(parameters, sites, dropout.shares, n_own, shared, x, attention, out);
        self.after_attention(parameters, sites, dropout, x, state, y);
    }

    /// From the output of the attention in `state` to that of the layer.
    fn after_attention<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: &LayerDropout,
        x: &[T],
        state: &mut EncoderState<T>,
        y: &mut [T],
    ) {
        let EncoderState { norm1, middle, hidden, norm2, .. } = state;
        dropout.attention.apply_by_trial(sites, self.width, &mut norm1.normalised);
        add(&mut norm1.normalised, x);
        self.norm1.forward(parameters, norm1, middle);
        let sum = &mut norm2.normalised;
        self.feed_forward.forward(parameters, sites, dropout.hidden, middle, hidden, sum);
        dropout.feed_forward.apply_by_trial(sites, self.width, sum);
        add(sum, middle);
        self.norm2.forward(parameters, norm2, y);
    }

    /// Turns the cotangent `d` of the output into that of the input `x`, and adds to `gradient`.
    ///
    /// # Panics
    /// When the sizes do not fit those of `state`.
    #[expect(clippy::too_many_arguments, reason = "what went into the forward pass, and two cotangents")]
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: &LayerDropout,
        x: &[T],
        state: &mut EncoderState<T>,
        d: &mut [T],
        gradient: &mut [T],
    ) {
        let EncoderState { attention, norm1, middle, hidden, d_hidden, d_room, norm2 } = state;
        self.norm2.backward(parameters, norm2, d, gradient);
        // Of the sum, `d` is the cotangent of both terms; `norm2` is not needed any more and holds that of the second.
        let second = &mut norm2.normalised;
        second.copy_from_slice(d);
        dropout.feed_forward.apply_by_trial(sites, self.width, second);
        let drop = dropout.hidden;
        self.feed_forward.backward(parameters, drop, middle, hidden, second, gradient, d_hidden, d_room);
        add(d, d_room);
        self.norm1.backward(parameters, norm1, d, gradient);
        let second = &mut norm1.normalised;
        second.copy_from_slice(d);
        dropout.attention.apply_by_trial(sites, self.width, second);
        self.attention.backward(parameters, sites, dropout.shares, x, attention, second, gradient, d_room);
        add(d, d_room);
    }
}

fn add<T: Real>(sum: &mut [T], values: &[T]) {
    assert_eq!(sum.len(), values.len(), "sizes of the terms");
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value);
}
