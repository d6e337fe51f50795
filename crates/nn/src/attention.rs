//! Multi-head self-attention.

use neuroloom_math::{Factor, Target, product};

use crate::lanes::{inner, largest, sum};
use crate::linear::Linear;
use crate::{Dropout, Layout, Real, Sites, vectorised};

/// Multi-head self-attention over the times of a trial (Vaswani et al. 2017). For each head of size `s = width/heads`:
/// `softmax(q k'/sqrt(s)) v`; the heads side by side go through a linear map. The tensors are those of PyTorch:
/// `NAME.in_proj_weight` (q, k and v stacked), `NAME.in_proj_bias`, `NAME.out_proj.weight`, `NAME.out_proj.bias`.
#[derive(Clone, Copy, Debug)]
pub struct SelfAttention {
    n_heads: usize,
    input: Linear,
    output: Linear,
    mask: AttentionMask,
}

/// Which times a time may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttentionMask {
    /// All.
    Full,
    /// Itself and those before.
    Causal,
}

/// What the backward pass needs of the forward pass, for `rows = trials * times`.
#[derive(Clone, Debug, Default)]
pub struct AttentionState<T> {
    /// q, k and v `[rows, 3 width]`; in the backward pass their cotangent.
    qkv: Vec<T>,
    /// Shares of attention before dropout `[trials, heads, times, times]`.
    shares: Vec<T>,
    /// The heads side by side `[rows, width]`.
    heads: Vec<T>,
}

impl<T: Real> AttentionState<T> {
    /// Room for `n_trials` of `n_steps`.
    pub fn new(attention: &SelfAttention, n_trials: usize, n_steps: usize) -> Self {
        let (rows, width) = (n_trials * n_steps, attention.width());
        Self {
            qkv: vec![T::ZERO; rows * 3 * width],
            shares: vec![T::ZERO; rows * attention.n_heads * n_steps],
            heads: vec![T::ZERO; rows * width],
        }
    }
}

/// Where a head of a trial lies.
struct Block {
    /// First value of its rows in a matrix of `width` columns.
    first: usize,
    /// First value of its rows in the matrix of q, k and v.
    first_qkv: usize,
    /// First of its shares.
    first_share: usize,
    /// What there is of its dropout masks besides the time: trial and head.
    place: [u32; 2],
}

impl SelfAttention {
    /// Attention of `n_heads` heads, which must divide `width`.
    pub fn new(layout: &mut Layout, name: &str, width: usize, n_heads: usize, mask: AttentionMask) -> Self {
        let names = [format!("{name}.in_proj_weight"), format!("{name}.in_proj_bias")];
        let input = Linear::named(layout, [&names[0], &names[1]], width, 3 * width);
        let output = Linear::new(layout, &format!("{name}.out_proj"), width, width);
        Self { n_heads, input, output, mask }
    }

    /// How many heads it has.
    pub fn n_heads(&self) -> usize {
        self.n_heads
    }

    /// Which times a time may look at.
    pub fn mask(&self) -> AttentionMask {
        self.mask
    }

    /// The map to q, k and v.
    pub fn input(&self) -> Linear {
        self.input
    }

    /// The map from the heads.
    pub fn output(&self) -> Linear {
        self.output
    }

    fn width(&self) -> usize {
        self.output.n_in()
    }

    fn head_size(&self) -> usize {
        self.width() / self.n_heads
    }

    fn scale<T: Real>(&self) -> T {
        T::from_f64(1.0 / (self.head_size() as f64).sqrt())
    }

    /// `y` `[rows, width]` of `x` `[rows, width]`, trial by trial; `dropout` acts on the shares.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn forward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        x: &[T],
        state: &mut AttentionState<T>,
        y: &mut [T],
    ) {
        self.input.forward(parameters, x, &mut state.qkv);
        self.attend(parameters, sites, dropout, state, y);
    }

    /// The same, where what the columns of `x` from `n_own` on mean for q, k and v has been kept in `shared`.
    ///
    /// # Panics
    /// When the sizes do not fit.
    #[expect(clippy::too_many_arguments, reason = "those of the forward pass, and what is shared")]
    pub(crate) fn forward_from<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        n_own: usize,
        shared: &[T],
        x: &[T],
        state: &mut AttentionState<T>,
        y: &mut [T],
    ) {
        state.qkv.copy_from_slice(shared);
        self.input.add_first(parameters, n_own, x, &mut state.qkv);
        self.attend(parameters, sites, dropout, state, y);
    }

    /// From q, k and v in `state` to the output.
    fn attend<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        state: &mut AttentionState<T>,
        y: &mut [T],
    ) {
        let (width, size, n) = (self.width(), self.head_size(), sites.n_steps);
        let mut dropped = vec![T::ZERO; n * n];
        let mut mask = vec![T::ZERO; n];
        for block in self.blocks(sites) {
            let [q, k, v] = self.head_of(&state.qkv, &block);
            let shares = &mut state.shares[block.first_share..][..n * n];
            product(Target::replace(shares, n), [n, size, n], q, k.turned(), self.scale());
            self.softmax(shares, n);
            dropped.copy_from_slice(shares);
            drop_rows(dropout, &block, &mut dropped, &mut mask);
            let out = Target::replace(&mut state.heads[block.first..], width);
            product(out, [n, n, size], Factor::rows(&dropped, n), v, T::ONE);
        }
        self.output.forward(parameters, &state.heads, y);
    }

    /// Puts the cotangent of the input `x` into `dx`, given that of the output `dy`, and adds to `gradient`.
    ///
    /// # Panics
    /// When the sizes do not fit.
    #[expect(clippy::too_many_arguments, reason = "what went into the forward pass, and three cotangents")]
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        x: &[T],
        state: &mut AttentionState<T>,
        dy: &[T],
        gradient: &mut [T],
        dx: &mut [T],
    ) {
        // `dx` holds the cotangent of the heads until that of q, k and v is known.
        self.output.backward(parameters, &state.heads, dy, gradient, Some(dx));
        let mut room = Room::new(sites.n_steps, self.head_size());
        for block in self.blocks(sites) {
            self.head_backward(sites.n_steps, dropout, &block, state, dx, &mut room);
        }
        self.input.backward(parameters, x, &state.qkv, gradient, Some(dx));
    }

    /// Replaces q, k and v of a head by their cotangents.
    fn head_backward<T: Real>(
        &self,
        n: usize,
        dropout: Dropout,
        block: &Block,
        state: &mut AttentionState<T>,
        d_heads: &[T],
        room: &mut Room<T>,
    ) {
        let (width, size) = (self.width(), self.head_size());
        let shares = &state.shares[block.first_share..][..n * n];
        let [q, k, v] = self.head_of(&state.qkv, block);
        let d_head = Factor::rows(&d_heads[block.first..], width);
        room.dropped.copy_from_slice(shares);
        product(Target::replace(&mut room.d_shares, n), [n, size, n], d_head, v.turned(), T::ONE);
        drop_rows_twice(dropout, block, [&mut room.dropped, &mut room.d_shares], &mut room.mask);
        let dropped = Factor::transposed(&room.dropped, n);
        product(Target::replace(&mut room.dv, size), [n, n, size], dropped, d_head, T::ONE);
        softmax_backward(shares, &mut room.d_shares, n);
        let scale = self.scale();
        product(Target::replace(&mut room.dq, size), [n, n, size], Factor::rows(&room.d_shares, n), k, scale);
        let turned = Factor::transposed(&room.d_shares, n);
        product(Target::replace(&mut room.dk, size), [n, n, size], turned, q, scale);
        for (part, cotangent) in [&room.dq, &room.dk, &room.dv].into_iter().enumerate() {
            let rows = state.qkv[block.first_qkv + part * width..].chunks_mut(3 * width);
            for (row, cotangent) in rows.zip(cotangent.chunks_exact(size)) {
                row[..size].copy_from_slice(cotangent);
            }
        }
    }

    fn blocks<'a>(&self, sites: Sites<'a>) -> impl Iterator<Item = Block> + use<'a> {
        let (n, width, size, n_heads) = (sites.n_steps, self.width(), self.head_size(), self.n_heads);
        sites.trials.iter().enumerate().flat_map(move |(place, &trial)| {
            (0..n_heads).map(move |head| Block {
                first: place * n * width + head * size,
                first_qkv: place * n * 3 * width + head * size,
                first_share: (place * n_heads + head) * n * n,
                place: [trial, head as u32],
            })
        })
    }

    /// q, k and v of a head.
    fn head_of<'a, T: Real>(&self, qkv: &'a [T], block: &Block) -> [Factor<'a, T>; 3] {
        let width = self.width();
        [0, 1, 2].map(|part| Factor::rows(&qkv[block.first_qkv + part * width..], 3 * width))
    }

    /// Turns every row of scores into shares that add up to 1.
    fn softmax<T: Real>(&self, scores: &mut [T], n: usize) {
        let seen = |time: usize| if self.mask == AttentionMask::Causal { time + 1 } else { n };
        vectorised(
            #[inline(always)]
            || {
                for (time, row) in scores.chunks_exact_mut(n).enumerate() {
                    let (row, unseen) = row.split_at_mut(seen(time));
                    softmax(row);
                    unseen.fill(T::ZERO);
                }
            },
        );
    }
}

/// Room for the backward pass of a head.
struct Room<T> {
    mask: Vec<T>,
    dropped: Vec<T>,
    d_shares: Vec<T>,
    dq: Vec<T>,
    dk: Vec<T>,
    dv: Vec<T>,
}

impl<T: Real> Room<T> {
    fn new(n: usize, size: usize) -> Self {
        let zeros = |len: usize| vec![T::ZERO; len];
        Self {
            mask: zeros(n),
            dropped: zeros(n * n),
            d_shares: zeros(n * n),
            dq: zeros(n * size),
            dk: zeros(n * size),
            dv: zeros(n * size),
        }
    }
}

fn drop_rows<T: Real>(dropout: Dropout, block: &Block, rows: &mut [T], mask: &mut [T]) {
    let [trial, head] = block.place;
    if dropout.is_on() {
        for (time, row) in rows.chunks_exact_mut(mask.len()).enumerate() {
            dropout.mask([time as u32, trial, head], mask);
            row.iter_mut().zip(&*mask).for_each(|(value, &factor)| *value *= factor);
        }
    }
}

fn drop_rows_twice<T: Real>(dropout: Dropout, block: &Block, [a, b]: [&mut [T]; 2], mask: &mut [T]) {
    let [trial, head] = block.place;
    let n = mask.len();
    if dropout.is_on() {
        for (time, (a, b)) in a.chunks_exact_mut(n).zip(b.chunks_exact_mut(n)).enumerate() {
            dropout.mask([time as u32, trial, head], mask);
            for ((a, b), &factor) in a.iter_mut().zip(b).zip(&*mask) {
                *a *= factor;
                *b *= factor;
            }
        }
    }
}

#[inline(always)]
fn softmax<T: Real>(row: &mut [T]) {
    let largest = largest(row);
    row.iter_mut().for_each(|x| *x = (*x - largest).exponential());
    let share = T::ONE / sum(row);
    row.iter_mut().for_each(|x| *x *= share);
}

/// Turns the cotangents `d` of shares `p` into those of the scores: `p o (d - sum(p o d))`, row by row.
fn softmax_backward<T: Real>(shares: &[T], d: &mut [T], n: usize) {
    vectorised(
        #[inline(always)]
        || {
            for (d, p) in d.chunks_exact_mut(n).zip(shares.chunks_exact(n)) {
                let mean = inner(d, p);
                d.iter_mut().zip(p).for_each(|(d, &p)| *d = p * (*d - mean));
            }
        },
    );
}
