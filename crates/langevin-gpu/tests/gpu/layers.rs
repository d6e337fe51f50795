//! The encoder layer of the transformer: attention, norms, feed-forward part and their dropout.

use neuroloom_core::Seed;
use neuroloom_langevin::Draws;
use neuroloom_langevin_gpu::{EncoderRoom, TokenSize};
use neuroloom_nn::{AttentionMask, EncoderLayer, EncoderState, Layout, Sites};

use crate::support::{assert_near, gpu, normals, run, shared, single};

#[test]
fn the_encoder_layer_and_its_gradient_are_those_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    // Widths beyond one workgroup and one tile, and rows beyond one part of a sum.
    let sizes = [(12, 2, 10, 3, 5), (96, 3, 70, 2, 70), (192, 2, 130, 16, 50)];
    for (width, heads, hidden, n_trials, n_steps) in sizes {
        for (mask, dropout) in [(AttentionMask::Full, 0.0), (AttentionMask::Causal, 0.2)] {
            let mut layout = Layout::default();
            let layer = EncoderLayer::new(&mut layout, "layer", [width, heads, hidden], mask);
            let parameters: Vec<f64> = normals(1, layout.len()).iter().map(|x| 0.1 * x).collect();
            let rows = n_trials * n_steps;
            let (x, dy) = (normals(2, rows * width), normals(3, rows * width));
            let trials: Vec<u32> = (0..n_trials as u32).map(|trial| 5 * trial + 2).collect();
            let sites = Sites { trials: &trials, n_steps };
            let draws = Draws::dropout(Seed::root(2), dropout);
            let mut state = EncoderState::new(&layer, n_trials, n_steps, true);
            let (mut y, mut d) = (vec![0.0; x.len()], dy.clone());
            let mut gradient = vec![0.0; layout.len()];
            layer.forward(&parameters, sites, &draws.decoder, &x, &mut state, &mut y);
            layer.backward(&parameters, sites, &draws.decoder, &x, &mut state, &mut d, &mut gradient);

            let shared = shared(gpu, &parameters, &trials, &draws);
            let size = TokenSize { width, hidden, heads, n_trials, n_steps };
            let room = EncoderRoom::new(gpu, size, true).unwrap();
            let (x, found_d) = (gpu.with(&single(&x)).unwrap(), gpu.with(&single(&dy)).unwrap());
            let found_y = gpu.values(y.len()).unwrap();
            run(gpu, &shared, |r| {
                r.encoder_layer(&layer, size, &x, &room, &found_y)?;
                r.encoder_layer_backward(&layer, size, &x, &room, &found_d)
            });
            assert_near("output", &gpu.read(&found_y, y.len()).unwrap(), &y, 1e-5);
            assert_near("input", &gpu.read(&found_d, d.len()).unwrap(), &d, 1e-5);
            let found = gpu.read(&shared.gradient, gradient.len()).unwrap();
            for tensor in layout.tensors() {
                let range = tensor.segment.range();
                // The bias of keys has no gradient but for rounding, so differences are measured by that of all three.
                assert_near(&tensor.name, &found[range.clone()], &gradient[range], 2e-5);
            }
        }
    }
}
