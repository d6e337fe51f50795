//! The covariance of the pattern estimates that whitened measures take out.

use std::collections::BTreeMap;
use std::slice::from_ref;

use neuroloom_core::{Error, Result};

use super::{CompareParams, WhiteningName};
use crate::Rdm;
use crate::compare::{Whitening, on_shared_conditions};

/// The covariance for the conditions of `rdms`, in their order, from the variances of `params` or those of differences;
/// none where all patterns are alike.
///
/// # Errors
/// Both or several given; a condition without variance; a covariance that is not positive definite.
pub(super) fn whitening(
    params: &CompareParams,
    rdms: &[Rdm],
    differences: Option<Vec<Rdm>>,
) -> Result<Option<Whitening>> {
    let Some(first) = rdms.first() else { return Ok(None) };
    let noise = match (&params.variances, differences) {
        (Some(_), Some(_)) => {
            return Err(Error::params("the variances are given twice")
                .at_object("variances")
                .hint("give either `variances` or the input `sigma`"));
        }
        (Some(variances), None) => Some(Whitening::diagonal(&in_order(variances, first)?)?),
        (None, Some(differences)) => Some(of_differences(first, &differences)?),
        (None, None) => None,
    };
    if params.whitening == WhiteningName::Noise {
        return Ok(noise);
    }
    let noise = noise.unwrap_or_else(|| Whitening::identity(first.n_conditions()));
    Ok(Some(noise.with_signal(&mean(rdms)?, params.n_folds)?))
}

fn in_order(variances: &BTreeMap<String, f64>, rdm: &Rdm) -> Result<Vec<f64>> {
    let variance = |label: &String| {
        variances.get(label).copied().ok_or_else(|| {
            Error::params("a condition has no variance")
                .at_object("variances")
                .expected(format!("a variance of {label:?}"))
                .found(format!("{} others", variances.len()))
        })
    };
    rdm.conditions().iter().map(variance).collect()
}

fn of_differences(first: &Rdm, differences: &[Rdm]) -> Result<Whitening> {
    let [differences] = differences else {
        return Err(Error::data("sigma: there must be one table of variances for all RDMs")
            .expected("one RDM")
            .found(format!("{} RDMs", differences.len())));
    };
    let (_, shared) = on_shared_conditions(from_ref(first), from_ref(differences))?;
    match shared.first().filter(|shared| shared.n_conditions() == first.n_conditions()) {
        Some(variances) => Ok(Whitening::of_differences(variances)?),
        // Says which conditions are missing.
        None => Ok(Whitening::of_differences(differences.in_order_of(first)?.as_ref())?),
    }
}

/// The mean dissimilarity of every pair, in the order of conditions of the first RDM.
fn mean(rdms: &[Rdm]) -> Result<Vec<f64>> {
    let Some(first) = rdms.first() else { return Ok(Vec::new()) };
    let mut mean = vec![0.0; first.dissimilarities().len()];
    for rdm in rdms {
        rdm.require(3)?;
        let rdm = rdm.in_order_of(first)?;
        mean.iter_mut().zip(rdm.dissimilarities()).for_each(|(mean, d)| *mean += d / rdms.len() as f64);
    }
    Ok(mean)
}
