//! Products of matrices, and sums.

use neuroloom_core::Seed;
use neuroloom_langevin::Draws;
use neuroloom_langevin_gpu::{Form, Matrix};
use neuroloom_nn::{Layout, Linear};

use crate::support::{assert_near, gpu, normals, run, shared, single};

/// Sums of a few hundred terms in 32 bits.
const TOLERANCE: f64 = 1e-5;

fn draws() -> Draws {
    Draws::noise(Seed::root(1))
}

#[test]
fn products_of_turned_matrices_are_those_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    let (a, b, bias) = (normals(1, 130 * 70), normals(2, 70 * 130), normals(3, 130));
    let shared = shared(gpu, &bias, &[0], &draws());
    let (a_values, b_values) = (gpu.with(&single(&a)).unwrap(), gpu.with(&single(&b)).unwrap());
    for (m, k, n) in [(1, 1, 1), (5, 70, 3), (64, 16, 64), (65, 17, 130), (130, 33, 66)] {
        for (a_turned, b_turned, accumulates) in
            [(false, false, false), (true, false, true), (false, true, true), (true, true, false)]
        {
            let c = gpu.with(&vec![1.0_f32; m * n]).unwrap();
            let a_matrix =
                if a_turned { Matrix::rows(&a_values, m).turned() } else { Matrix::rows(&a_values, k) };
            let b_matrix =
                if b_turned { Matrix::rows(&b_values, k).turned() } else { Matrix::rows(&b_values, n) };
            let form = Form { alpha: 0.5, bias: Some(0), accumulates, ..Form::default() };
            run(gpu, &shared, |r| r.product(Matrix::rows(&c, n), [m, k, n], a_matrix, b_matrix, form));
            let a_at = |i: usize, j: usize| if a_turned { a[j * m + i] } else { a[i * k + j] };
            let b_at = |i: usize, j: usize| if b_turned { b[j * k + i] } else { b[i * n + j] };
            let base = if accumulates { 1.0 } else { 0.0 };
            let expected: Vec<f64> = (0..m * n)
                .map(|place| {
                    let (i, j) = (place / n, place % n);
                    0.5 * (0..k).map(|l| a_at(i, l) * b_at(l, j)).sum::<f64>() + bias[j] + base
                })
                .collect();
            let found = gpu.read(&c, m * n).unwrap();
            assert_near(&format!("{m} {k} {n} {a_turned} {b_turned}"), &found, &expected, TOLERANCE);
        }
    }
}

#[test]
fn linear_maps_and_their_gradients_are_those_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    // Rows enough for several parts of the sum.
    let (rows, n_in, n_out) = (700, 20, 70);
    let mut layout = Layout::default();
    layout.add("other", &[5]);
    let linear = Linear::new(&mut layout, "linear", n_in, n_out);
    let (parameters, x, dy) = (normals(1, layout.len()), normals(2, rows * n_in), normals(3, rows * n_out));
    let (mut y, mut dx, mut gradient) =
        (vec![0.0; rows * n_out], vec![0.0; rows * n_in], vec![0.0; layout.len()]);
    linear.forward(&parameters, &x, &mut y);
    linear.backward(&parameters, &x, &dy, &mut gradient, Some(&mut dx));
    let shared = shared(gpu, &parameters, &[0], &draws());
    let values = |numbers: &[f64]| gpu.with(&single(numbers)).unwrap();
    let (x, dy, found_y, found_dx) = (values(&x), values(&dy), values(&y), gpu.values(dx.len()).unwrap());
    gpu.write(&found_y, &vec![0.0_f32; y.len()]);
    run(gpu, &shared, |r| {
        r.linear(&linear, rows, Matrix::rows(&x, n_in), Matrix::rows(&found_y, n_out))?;
        let (x, dy) = (Matrix::rows(&x, n_in), Matrix::rows(&dy, n_out));
        r.linear_backward(&linear, rows, x, dy, Matrix::rows(&found_dx, n_in), false)
    });
    assert_near("y", &gpu.read(&found_y, y.len()).unwrap(), &y, TOLERANCE);
    assert_near("dx", &gpu.read(&found_dx, dx.len()).unwrap(), &dx, TOLERANCE);
    assert_near("gradient", &gpu.read(&shared.gradient, gradient.len()).unwrap(), &gradient, TOLERANCE);
}
