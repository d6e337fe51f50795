//! Gated recurrent unit.

use neuroloom_math::{Factor, Target, product};

use crate::linear::add_rows;
use crate::{Dropout, Layout, Real, Segment, Sites, vectorised};

/// Gated recurrent unit (Cho et al. 2014) over the times of a trial, from state 0, with the tensors of PyTorch's
/// `GRUCell`: `NAME.weight_ih`, `NAME.weight_hh`, `NAME.bias_ih`, `NAME.bias_hh`, each with the gates r, g and n stacked.
///
/// ```text
/// r = sig(W_ir u + b_ir + W_hr h + b_hr)         g = sig(W_iu u + b_iu + W_hu h + b_hu)
/// n = tanh(W_in u + b_in + r o (W_hn h + b_hn))  h' = drop((1 - g) o n + g o h)
/// ```
/// Activations are ordered by time: all trials at time 0, then at time 1 ... What dropout leaves of a state is
/// what is fed back.
#[derive(Clone, Copy, Debug)]
pub struct Gru {
    n_in: usize,
    n_hidden: usize,
    weight_in: Segment,
    weight_hidden: Segment,
    bias_in: Segment,
    bias_hidden: Segment,
}

/// What the backward pass needs of the forward pass, for `rows = times * trials`.
#[derive(Clone, Debug, Default)]
pub struct GruState<T> {
    /// Input part of the gates `[rows, 3 hidden]`.
    from_input: Vec<T>,
    /// r, g, n and `W_hn h + b_hn` `[rows, 4 hidden]`; in the backward pass the cotangents of what enters r, of what
    /// enters g, of `W_hn h + b_hn`, and of the input part of n.
    gates: Vec<T>,
    /// Room for the hidden part of the gates of all trials `[trials, 3 hidden]`.
    from_hidden: Vec<T>,
    /// Room for the cotangent of the state `[trials, hidden]`.
    d_hidden: Vec<T>,
}

impl<T: Real> GruState<T> {
    /// Room for `n_trials` of `n_steps`.
    pub fn new(gru: &Gru, n_trials: usize, n_steps: usize) -> Self {
        let (rows, n) = (n_trials * n_steps, gru.n_hidden);
        let zeros = |len: usize| vec![T::ZERO; len];
        Self {
            from_input: zeros(rows * 3 * n),
            gates: zeros(rows * 4 * n),
            from_hidden: zeros(n_trials * 3 * n),
            d_hidden: zeros(n_trials * n),
        }
    }
}

impl Gru {
    /// A unit with `n_hidden` dimensions on inputs of `n_in`.
    pub fn new(layout: &mut Layout, name: &str, n_in: usize, n_hidden: usize) -> Self {
        let mut add = |tensor: &str, shape: &[usize]| layout.add(format!("{name}.{tensor}"), shape);
        Self {
            n_in,
            n_hidden,
            weight_in: add("weight_ih", &[3 * n_hidden, n_in]),
            weight_hidden: add("weight_hh", &[3 * n_hidden, n_hidden]),
            bias_in: add("bias_ih", &[3 * n_hidden]),
            bias_hidden: add("bias_hh", &[3 * n_hidden]),
        }
    }

    /// All its tensors.
    pub fn segments(&self) -> [Segment; 4] {
        [self.weight_in, self.weight_hidden, self.bias_in, self.bias_hidden]
    }

    /// States `h` `[times, trials, hidden]` of inputs `u` `[times, trials, n_in]`.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn forward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        u: &[T],
        state: &mut GruState<T>,
        h: &mut [T],
    ) {
        let (n, n_trials) = (self.n_hidden, sites.trials.len());
        let GruState { from_input, gates, from_hidden, .. } = state;
        fill_rows(from_input, self.bias_in.of(parameters));
        let weight = Factor::transposed(self.weight_in.of(parameters), self.n_in);
        let rows = sites.n_steps * n_trials;
        let target = Target::add(from_input, 3 * n);
        product(target, [rows, self.n_in, 3 * n], Factor::rows(u, self.n_in), weight, T::ONE);
        let weight = Factor::transposed(self.weight_hidden.of(parameters), n);
        let start = vec![T::ZERO; n_trials * n];
        for time in 0..sites.n_steps {
            let (past, now) = h.split_at_mut(time * n_trials * n);
            let previous = past.len().checked_sub(n_trials * n).map_or(&start[..], |first| &past[first..]);
            let now = &mut now[..n_trials * n];
            fill_rows(from_hidden, self.bias_hidden.of(parameters));
            let target = Target::add(from_hidden, 3 * n);
            product(target, [n_trials, n, 3 * n], Factor::rows(previous, n), weight, T::ONE);
            let of_time = &from_input[time * n_trials * 3 * n..][..n_trials * 3 * n];
            let gates = &mut gates[time * n_trials * 4 * n..][..n_trials * 4 * n];
            advance(n, of_time, from_hidden, previous, gates, now);
            dropout.apply_by_time(sites, time, n, now);
        }
    }

    /// Adds to `gradient` what the cotangent `dh` of the states `h` of inputs `u` means for the parameters.
    ///
    /// # Panics
    /// When the sizes do not fit.
    #[expect(clippy::too_many_arguments, reason = "what went into the forward pass, and two cotangents")]
    pub fn backward<T: Real>(
        &self,
        parameters: &[T],
        sites: Sites<'_>,
        dropout: Dropout,
        u: &[T],
        state: &mut GruState<T>,
        h: &[T],
        dh: &[T],
        gradient: &mut [T],
    ) {
        let (n, n_trials) = (self.n_hidden, sites.trials.len());
        let GruState { gates, d_hidden, .. } = state;
        let start = vec![T::ZERO; n_trials * n];
        d_hidden.fill(T::ZERO);
        for time in (0..sites.n_steps).rev() {
            let dh = &dh[time * n_trials * n..][..n_trials * n];
            d_hidden.iter_mut().zip(dh).for_each(|(sum, &d)| *sum += d);
            dropout.apply_by_time(sites, time, n, d_hidden);
            let before = time.checked_sub(1).map(|before| before * n_trials * n);
            let previous = before.map_or(&start[..], |first| &h[first..][..n_trials * n]);
            let gates = &mut gates[time * n_trials * 4 * n..][..n_trials * 4 * n];
            retreat(n, gates, previous, d_hidden);
            let weight = Factor::rows(self.weight_hidden.of(parameters), n);
            let target = Target::add(d_hidden, n);
            product(target, [n_trials, 3 * n, n], Factor::rows(gates, 4 * n), weight, T::ONE);
        }
        self.add_gradient(sites, u, gates, h, gradient);
    }

    /// One product for each weight, over all times.
    fn add_gradient<T: Real>(&self, sites: Sites<'_>, u: &[T], gates: &[T], h: &[T], gradient: &mut [T]) {
        let (n, n_in, n_trials) = (self.n_hidden, self.n_in, sites.trials.len());
        let rows = sites.n_steps * n_trials;
        if rows > n_trials {
            // The state before the first time is 0.
            let later = Factor::transposed(&gates[n_trials * 4 * n..], 4 * n);
            let target = Target::add(self.weight_hidden.of_mut(gradient), n);
            product(target, [3 * n, rows - n_trials, n], later, Factor::rows(h, n), T::ONE);
        }
        let (first, last) = self.weight_in.of_mut(gradient).split_at_mut(2 * n * n_in);
        let inputs = Factor::rows(u, n_in);
        let both = Factor::transposed(gates, 4 * n);
        product(Target::add(first, n_in), [2 * n, rows, n_in], both, inputs, T::ONE);
        let new = Factor::transposed(&gates[3 * n..], 4 * n);
        product(Target::add(last, n_in), [n, rows, n_in], new, inputs, T::ONE);
        let mut sums = vec![T::ZERO; 4 * n];
        add_rows(gates, &mut sums);
        let add = |bias: &mut [T], sums: &[T]| bias.iter_mut().zip(sums).for_each(|(b, &sum)| *b += sum);
        add(self.bias_hidden.of_mut(gradient), &sums[..3 * n]);
        let (first, last) = self.bias_in.of_mut(gradient).split_at_mut(2 * n);
        add(first, &sums[..2 * n]);
        add(last, &sums[3 * n..]);
    }
}

fn fill_rows<T: Copy>(rows: &mut [T], row: &[T]) {
    rows.chunks_exact_mut(row.len()).for_each(|target| target.copy_from_slice(row));
}

/// The states of all trials after a time, and its gates.
fn advance<T: Real>(
    n: usize,
    from_input: &[T],
    from_hidden: &[T],
    previous: &[T],
    gates: &mut [T],
    now: &mut [T],
) {
    vectorised(
        #[inline(always)]
        || {
            let trials = from_input.chunks_exact(3 * n).zip(from_hidden.chunks_exact(3 * n));
            let states = previous.chunks_exact(n).zip(now.chunks_exact_mut(n));
            for (((a, b), (before, now)), gates) in trials.zip(states).zip(gates.chunks_exact_mut(4 * n)) {
                advance_trial(n, a, b, before, split(n, gates), now);
            }
        },
    );
}

/// Replaces the gates of a time by cotangents, and the cotangent of the states after it by what of that goes straight to
/// those before it.
fn retreat<T: Real>(n: usize, gates: &mut [T], previous: &[T], d_hidden: &mut [T]) {
    vectorised(
        #[inline(always)]
        || {
            let states = previous.chunks_exact(n).zip(d_hidden.chunks_exact_mut(n));
            for ((before, d), gates) in states.zip(gates.chunks_exact_mut(4 * n)) {
                let [r, g, new, hidden] = split(n, gates);
                retreat_trial(n, r, g, new, hidden, before, d);
            }
        },
    );
}

/// The four parts of the gates of a trial.
#[inline(always)]
fn split<T>(n: usize, gates: &mut [T]) -> [&mut [T]; 4] {
    let (r, rest) = gates.split_at_mut(n);
    let (g, rest) = rest.split_at_mut(n);
    let (new, hidden) = rest.split_at_mut(n);
    [r, g, new, hidden]
}

#[inline(always)]
fn advance_trial<T: Real>(n: usize, a: &[T], b: &[T], before: &[T], gates: [&mut [T]; 4], now: &mut [T]) {
    let [r, g, new, hidden] = gates;
    let sums = |part: usize, gate: &mut [T]| add_into(&a[part * n..][..n], &b[part * n..][..n], gate);
    sums(0, r);
    sums(1, g);
    r.iter_mut().for_each(|x| *x = x.logistic());
    g.iter_mut().for_each(|x| *x = x.logistic());
    hidden.copy_from_slice(&b[2 * n..][..n]);
    for (((new, &a), &r), &hidden) in new.iter_mut().zip(&a[2 * n..]).zip(&*r).zip(&*hidden) {
        *new = (a + r * hidden).hyperbolic_tangent();
    }
    for (((now, &new), &g), &before) in now.iter_mut().zip(&*new).zip(&*g).zip(before) {
        *now = new + g * (before - new);
    }
}

#[inline(always)]
fn add_into<T: Real>(a: &[T], b: &[T], sum: &mut [T]) {
    sum.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (&a, &b))| *sum = a + b);
}

/// A function of its own, whose slices are known not to overlap: only then does its loop become vector code.
#[inline(always)]
fn retreat_trial<T: Real>(
    n: usize,
    r: &mut [T],
    g: &mut [T],
    new: &mut [T],
    hidden: &mut [T],
    before: &[T],
    d: &mut [T],
) {
    let (r, g, new, hidden) = (&mut r[..n], &mut g[..n], &mut new[..n], &mut hidden[..n]);
    let (before, d) = (&before[..n], &mut d[..n]);
    for i in 0..n {
        let d_new = d[i] * (T::ONE - g[i]) * (T::ONE - new[i] * new[i]);
        let d_g = d[i] * (before[i] - new[i]) * g[i] * (T::ONE - g[i]);
        let d_r = d_new * hidden[i] * r[i] * (T::ONE - r[i]);
        d[i] *= g[i];
        new[i] = d_new * r[i];
        hidden[i] = d_new;
        r[i] = d_r;
        g[i] = d_g;
    }
}
