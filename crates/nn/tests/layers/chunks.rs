//! Sums over chunks.

use neuroloom_nn::sum_chunks;

#[test]
fn parts_are_added_in_their_order_whatever_the_number_of_threads() {
    let n = 40_000;
    let part = |scale: f32| (0..n).map(|i| scale * ((i * 37 % 101) as f32 / 7.0)).collect::<Vec<f32>>();
    let parts = [part(1.0), part(1e-5), part(1e4)];
    let parts: Vec<&[f32]> = parts.iter().map(Vec::as_slice).collect();
    let expected: Vec<f32> = (0..n).map(|i| ((0.0 + parts[0][i]) + parts[1][i]) + parts[2][i]).collect();
    for n_threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let mut sum = vec![1.0; n];
        pool.install(|| sum_chunks(&parts, &mut sum));
        assert_eq!(sum, expected);
    }
}
