use ndarray::Array2;

/// All that a fit needs of the training RDMs and pairs, for K components of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// Inner products of the components `[K, K]`.
    pub products: Array2<f64>,
    /// Inner products of the components with the pooled training RDM.
    pub pooled_products: Vec<f64>,
    /// Mean over the training RDMs of the inner products of the components with the RDM at length 1.
    pub mean_products: Vec<f64>,
    /// Mean similarity of every component with the training RDMs, by the measure itself.
    pub similarities: Vec<f64>,
}
