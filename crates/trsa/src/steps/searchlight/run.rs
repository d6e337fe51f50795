//! Every centre of a recording.

use std::ops::Range;
use std::sync::Arc;

use neuroloom_core::Result;
use rayon::prelude::*;

use super::input::Recording;
use super::params::SearchlightParams;
use crate::compare::{Measure, References};
use crate::searchlight::{Searchlight, Window};
use crate::steps::rdm::in_group;
use crate::{Rdm, RsaError};

/// What was found around a centre.
pub(super) struct Local {
    pub n_channels: usize,
    pub outcome: Outcome,
}

/// Dissimilarities and their similarities `[n_measures][n_models]`, or why there are none.
pub(super) enum Outcome {
    Found { rdm: Rdm, similarities: Vec<Vec<Option<f64>>> },
    None(String),
}

/// The dissimilarities around every centre of a recording, as the parameters ask for them.
///
/// # Errors
/// What is wrong with the recording as a whole: responses that are not finite, too few folds, a channel without noise.
pub(super) fn searchlight<'a>(
    recording: &'a Recording,
    params: &SearchlightParams,
) -> Result<Searchlight<'a>> {
    Searchlight::new(params.estimator(), &recording.group.responses)
        .map_err(|error| in_group(error, &recording.group))
}

/// What every centre is compared with.
pub(super) struct Models {
    conditions: Arc<[String]>,
    n_models: usize,
    /// One per measure.
    references: Vec<References>,
}

impl Models {
    /// # Errors
    /// When the models have other conditions than the recording, or a measure is not defined for one of them.
    pub(super) fn new(models: &[Rdm], recording: &Recording, measures: &[Measure]) -> Result<Self> {
        let conditions: Arc<[String]> = recording.group.conditions.clone().into();
        let references = measures.iter().map(|&measure| References::new(models, &conditions, measure));
        let references = references.collect::<Result<Vec<_>, RsaError>>()?;
        Ok(Self { conditions, n_models: models.len(), references })
    }

    /// Similarities `[n_measures][n_models]`; none where a measure is not defined, as for constant dissimilarities.
    fn similarities(&self, rdm: &Rdm) -> Vec<Vec<Option<f64>>> {
        let of = |references: &References| match references.similarities(rdm) {
            Ok(found) => found.into_iter().map(Some).collect(),
            Err(_) => vec![None; self.n_models],
        };
        self.references.iter().map(of).collect()
    }
}

/// The `centres` of a recording, in order.
pub(super) fn centres(
    recording: &Recording,
    searchlight: &Searchlight<'_>,
    models: &Models,
    min_channels: usize,
    centres: Range<usize>,
) -> Vec<Local> {
    let one = |(window, members): &mut (Window, Vec<usize>), centre: usize| {
        recording.neighbourhoods.members_into(centre, members);
        let found = match members.len() < min_channels {
            true => Err(format!("fewer than {min_channels} channels")),
            false => local_rdm(recording, searchlight, models, (centre, members), window)
                .map_err(|error| why(&error, recording)),
        };
        let outcome = match found {
            Ok(rdm) => Outcome::Found { similarities: models.similarities(&rdm), rdm },
            Err(why) => Outcome::None(why),
        };
        Local { n_channels: members.len(), outcome }
    };
    centres.into_par_iter().map_init(Default::default, one).collect()
}

fn local_rdm(
    recording: &Recording,
    searchlight: &Searchlight<'_>,
    models: &Models,
    (centre, members): (usize, &[usize]),
    window: &mut Window,
) -> Result<Rdm, RsaError> {
    let dissimilarities = searchlight.dissimilarities(members, window)?;
    Rdm::new(recording.centres[centre].as_str(), Arc::clone(&models.conditions), dissimilarities)
}

fn why(error: &RsaError, recording: &Recording) -> String {
    match error {
        RsaError::ConstantPattern { condition } => {
            let label = recording.group.conditions.get(*condition).map_or("", String::as_str);
            format!("condition {label:?} has the same response in all channels")
        }
        other => other.to_string(),
    }
}
