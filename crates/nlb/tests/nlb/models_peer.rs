//! Agreement of the models with scikit-learn 1.9.1.

use ndarray::{Array1, Array2, Axis};
use neuroloom_nlb::factor_analysis::FactorAnalysis;
use neuroloom_nlb::regression::{Features, fit_poisson};

use crate::support::{assert_near, fixture, number};

#[test]
fn factor_analysis_reaches_the_same_likelihood_and_covariance() {
    let x: Array2<f64> = fixture("models", "fa_x");
    let fit = FactorAnalysis::fit(x.view(), 2, 1e-13, 100_000).unwrap();
    assert!(fit.converged, "{} rounds", fit.rounds);
    assert_near(fit.log_likelihood, number("models", "fa_log_likelihood"), 1e-9);
    // Both stop when the likelihood no longer rises; it is flat there, so the parameters agree to half the digits.
    let noise: Array1<f64> = fixture("models", "fa_noise");
    fit.noise.iter().zip(noise).for_each(|(ours, peer)| assert_near(*ours, peer, 1e-5));
    let covariance: Array2<f64> = fixture("models", "fa_covariance");
    let ours = fit.loadings.dot(&fit.loadings.t()) + Array2::from_diag(&fit.noise);
    ours.iter().zip(covariance).for_each(|(ours, peer)| assert_near(*ours, peer, 1e-5));
    let shared: Array2<f64> = fixture("models", "fa_latents");
    let ours = fit.latents(x.view()).dot(&fit.loadings.t());
    ours.iter().zip(shared).for_each(|(ours, peer)| assert_near(*ours, peer, 1e-5));
}

#[test]
fn poisson_regression_agrees() {
    let (x, y): (Array2<f64>, Array1<f64>) = (fixture("models", "glm_x"), fixture("models", "glm_y"));
    let fit = fit_poisson(&Features::new(x.view()).unwrap(), &y.to_vec(), 0.01 * 300.0).unwrap();
    let peer: Array1<f64> = fixture("models", "glm_prediction");
    fit.predict(x.view()).iter().zip(peer).for_each(|(ours, peer)| assert_near(*ours, peer, 1e-7));
    assert_eq!(x.len_of(Axis(0)), 300);
}
