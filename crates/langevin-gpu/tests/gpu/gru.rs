//! The gated recurrent unit.

use neuroloom_core::Seed;
use neuroloom_langevin::Draws;
use neuroloom_langevin_gpu::{GruRoom, GruSize};
use neuroloom_nn::{Gru, GruState, Layout, Sites};

use crate::support::{assert_near, gpu, normals, run, shared, single};

#[test]
fn the_recurrent_unit_and_its_gradient_are_those_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    for (n_in, n, n_trials, n_steps) in [(5, 8, 3, 7), (30, 140, 4, 9), (3, 4, 2, 1)] {
        let mut layout = Layout::default();
        let gru = Gru::new(&mut layout, "gru", n_in, n);
        let parameters: Vec<f64> = normals(1, layout.len()).iter().map(|x| 0.2 * x).collect();
        let rows = n_trials * n_steps;
        let (u, dh) = (normals(2, rows * n_in), normals(3, rows * n));
        let trials: Vec<u32> = (0..n_trials as u32).map(|trial| 3 * trial + 1).collect();
        let sites = Sites { trials: &trials, n_steps };
        let draws = Draws::dropout(Seed::root(2), 0.2);
        let mut state = GruState::new(&gru, n_trials, n_steps);
        let (mut h, mut gradient) = (vec![0.0; rows * n], vec![0.0; layout.len()]);
        gru.forward(&parameters, sites, draws.encoder, &u, &mut state, &mut h);
        gru.backward(&parameters, sites, draws.encoder, &u, &mut state, &h, &dh, &mut gradient);

        let shared = shared(gpu, &parameters, &trials, &draws);
        let size = GruSize { n_in, n, n_trials, n_steps };
        let room = GruRoom::new(gpu, size).unwrap();
        let (u, dh) = (gpu.with(&single(&u)).unwrap(), gpu.with(&single(&dh)).unwrap());
        let found = gpu.values(h.len()).unwrap();
        run(gpu, &shared, |r| {
            r.gru(&gru, size, &u, &room, &found)?;
            r.gru_backward(&gru, size, &u, &room, [&found, &dh])
        });
        assert_near("states", &gpu.read(&found, h.len()).unwrap(), &h, 1e-5);
        assert_near("gradient", &gpu.read(&shared.gradient, gradient.len()).unwrap(), &gradient, 1e-5);
    }
}
