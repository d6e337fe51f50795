use ndarray::Array2;

/// Weights of the mixture `w a + (1 - w) b` of two neighbours, `0 <= w <= 1`, whose mean inner product with the
/// training RDMs (at length 1) over its own length is largest.
///
/// `products` `[K, K]` are those of the components, `means` `[K]` those of the components with the training RDMs. On a
/// segment the similarity is `(α + β w) / sqrt(q0 + q1 w + q2 w²)`; its only stationary point is
/// `w = (α q1/2 - β q0) / (β q1/2 - α q2)`, so three candidates per segment suffice. The first of equals is taken.
pub fn interpolate(products: &Array2<f64>, means: &[f64]) -> Vec<f64> {
    let mut best = (f64::NEG_INFINITY, 0, 1.0);
    for first in 0..means.len().saturating_sub(1) {
        let segment = Segment::new(products, means, first);
        for w in [Some(1.0), segment.stationary(), Some(0.0)].into_iter().flatten() {
            let similarity = segment.similarity(w);
            if similarity > best.0 {
                best = (similarity, first, w);
            }
        }
    }
    let mut weights = vec![0.0; means.len()];
    if let Some([a, b]) = weights.get_mut(best.1..best.1 + 2) {
        (*a, *b) = (best.2, 1.0 - best.2);
    }
    weights
}

struct Segment {
    alpha: f64,
    beta: f64,
    quadratic: [f64; 3],
}

impl Segment {
    fn new(products: &Array2<f64>, means: &[f64], first: usize) -> Self {
        let (a, b) = (first, first + 1);
        let (aa, ab, bb) = (products[[a, a]], products[[a, b]], products[[b, b]]);
        Self {
            alpha: means[b],
            beta: means[a] - means[b],
            quadratic: [bb, 2.0 * (ab - bb), aa - 2.0 * ab + bb],
        }
    }

    fn similarity(&self, w: f64) -> f64 {
        let [q0, q1, q2] = self.quadratic;
        (self.alpha + self.beta * w) / (q0 + w * (q1 + w * q2)).sqrt()
    }

    fn stationary(&self) -> Option<f64> {
        let [q0, q1, q2] = self.quadratic;
        let w = (self.alpha * q1 / 2.0 - self.beta * q0) / (self.beta * q1 / 2.0 - self.alpha * q2);
        (w > 0.0 && w < 1.0).then_some(w)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_closed_form_beats_a_fine_grid() {
        let products = array![[4.0, 1.0, 0.5], [1.0, 3.0, 1.5], [0.5, 1.5, 2.0]];
        let means = [1.0, 1.4, 1.1];
        let weights = interpolate(&products, &means);
        let similarity = |w: &[f64]| {
            let w = ndarray::Array1::from(w.to_vec());
            w.dot(&ndarray::aview1(&means)) / w.dot(&products.dot(&w)).sqrt()
        };
        let found = similarity(&weights);
        for i in 0..=1000 {
            let w = f64::from(i) / 1000.0;
            assert!(similarity(&[w, 1.0 - w, 0.0]) <= found + 1e-12);
            assert!(similarity(&[0.0, w, 1.0 - w]) <= found + 1e-12);
        }
        assert!(found > similarity(&[0.0, 1.0, 0.0]));
    }
}
