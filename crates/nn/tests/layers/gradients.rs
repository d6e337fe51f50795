//! Backward passes against central differences, in 64 bits, with dropout.

use neuroloom_nn::{
    AttentionMask, AttentionState, CounterStream, Dropout, EncoderLayer, EncoderState, Gru, GruState,
    LayerDropout, LayerNorm, Layout, Linear, NormState, SelfAttention, Sites,
};

use crate::differences::{assert_gradient, inner, normals};

const SITES: Sites<'static> = Sites { trials: &[4, 9], n_steps: 3 };
const ROWS: usize = 6;

fn dropout(key: u32) -> Dropout {
    Dropout::new(CounterStream::with_key([key, 5]), 0.25)
}

#[test]
fn linear() {
    let mut layout = Layout::default();
    let linear = Linear::new(&mut layout, "a", 4, 5);
    let (theta, x, c) = (normals(1, layout.len()), normals(2, ROWS * 4), normals(3, ROWS * 5));
    let loss = |theta: &[f64], x: &[f64]| {
        let mut y = vec![0.0; ROWS * 5];
        linear.forward(theta, x, &mut y);
        inner(&y, &c)
    };
    let (mut gradient, mut dx) = (vec![0.0; theta.len()], vec![0.0; x.len()]);
    linear.backward(&theta, &x, &c, &mut gradient, Some(&mut dx));
    assert_gradient("parameters", &theta, &gradient, |theta| loss(theta, &x));
    assert_gradient("input", &x, &dx, |x| loss(&theta, x));
}

#[test]
fn layer_norm() {
    for width in [5, 16, 37] {
        let mut layout = Layout::default();
        let norm = LayerNorm::new(&mut layout, "a", width);
        let (theta, x, c) = (normals(1, layout.len()), normals(2, ROWS * width), normals(3, ROWS * width));
        let forward = |theta: &[f64], x: &[f64]| {
            let mut state = NormState::new(ROWS, width);
            state.normalised.copy_from_slice(x);
            let mut y = vec![0.0; x.len()];
            norm.forward(theta, &mut state, &mut y);
            (inner(&y, &c), state)
        };
        let (mut gradient, mut dx) = (vec![0.0; theta.len()], c.clone());
        norm.backward(&theta, &forward(&theta, &x).1, &mut dx, &mut gradient);
        assert_gradient("parameters", &theta, &gradient, |theta| forward(theta, &x).0);
        assert_gradient("input", &x, &dx, |x| forward(&theta, x).0);
    }
}

#[test]
fn gru() {
    let (n_in, n) = (3, 4);
    let mut layout = Layout::default();
    let gru = Gru::new(&mut layout, "a", n_in, n);
    let (theta, u, c) = (normals(1, layout.len()), normals(2, ROWS * n_in), normals(3, ROWS * n));
    let forward = |theta: &[f64]| {
        let mut state = GruState::new(&gru, 2, 3);
        let mut h = vec![0.0; ROWS * n];
        gru.forward(theta, SITES, dropout(1), &u, &mut state, &mut h);
        (h, state)
    };
    let (h, mut state) = forward(&theta);
    let mut gradient = vec![0.0; theta.len()];
    gru.backward(&theta, SITES, dropout(1), &u, &mut state, &h, &c, &mut gradient);
    assert_gradient("parameters", &theta, &gradient, |theta| inner(&forward(theta).0, &c));
}

#[test]
fn attention() {
    for mask in [AttentionMask::Full, AttentionMask::Causal] {
        let width = 6;
        let mut layout = Layout::default();
        let attention = SelfAttention::new(&mut layout, "a", width, 2, mask);
        let (theta, x, c) = (normals(1, layout.len()), normals(2, ROWS * width), normals(3, ROWS * width));
        let forward = |theta: &[f64], x: &[f64]| {
            let mut state = AttentionState::new(&attention, 2, 3);
            let mut y = vec![0.0; x.len()];
            attention.forward(theta, SITES, dropout(2), x, &mut state, &mut y);
            (inner(&y, &c), state)
        };
        let mut state = forward(&theta, &x).1;
        let (mut gradient, mut dx) = (vec![0.0; theta.len()], vec![0.0; x.len()]);
        attention.backward(&theta, SITES, dropout(2), &x, &mut state, &c, &mut gradient, &mut dx);
        assert_gradient("parameters", &theta, &gradient, |theta| forward(theta, &x).0);
        assert_gradient("input", &x, &dx, |x| forward(&theta, x).0);
    }
}

#[test]
fn what_is_masked_is_not_seen() {
    let mut layout = Layout::default();
    let attention = SelfAttention::new(&mut layout, "a", 4, 2, AttentionMask::Causal);
    let (theta, mut x) = (normals(1, layout.len()), normals(2, ROWS * 4));
    let forward = |x: &[f64]| {
        let mut y = vec![0.0; x.len()];
        let mut state = AttentionState::new(&attention, 2, 3);
        attention.forward(&theta, SITES, Dropout::off(), x, &mut state, &mut y);
        y
    };
    let before = forward(&x);
    x[2 * 4] += 1.0; // trial 0, time 2
    let after = forward(&x);
    assert_eq!(before[..8], after[..8]);
    assert_ne!(before[8..12], after[8..12]);
    assert_eq!(before[12..], after[12..]);
}

#[test]
fn encoder_layer() {
    let width = 4;
    let mut layout = Layout::default();
    let layer = EncoderLayer::new(&mut layout, "a", [width, 2, 7], AttentionMask::Full);
    let dropout = LayerDropout {
        shares: dropout(1),
        attention: dropout(2),
        hidden: dropout(3),
        feed_forward: dropout(4),
    };
    let (theta, x, c) = (normals(1, layout.len()), normals(2, ROWS * width), normals(3, ROWS * width));
    let forward = |theta: &[f64], x: &[f64]| {
        let mut state = EncoderState::new(&layer, 2, 3, true);
        let mut y = vec![0.0; x.len()];
        layer.forward(theta, SITES, &dropout, x, &mut state, &mut y);
        (inner(&y, &c), state)
    };
    let mut state = forward(&theta, &x).1;
    let (mut gradient, mut dx) = (vec![0.0; theta.len()], c.clone());
    layer.backward(&theta, SITES, &dropout, &x, &mut state, &mut dx, &mut gradient);
    assert_gradient("parameters", &theta, &gradient, |theta| forward(theta, &x).0);
    assert_gradient("input", &x, &dx, |x| forward(&theta, x).0);
}
