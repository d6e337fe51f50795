//! Every centre of a recording.

use std::ops::Range;
use std::sync::Arc;

use neuroloom_core::Result;
use rayon::prelude::*;

use super::input::Recording;
use super::params::SearchlightParams;
use crate::compare::{Measure, compare};
use crate::searchlight::{Searchlight, Window};
use crate::steps::rdm::in_group;
use crate::{Rdm, RsaError, n_pairs};

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
pub(super) struct Models<'a> {
    models: &'a [Rdm],
    measures: &'a [Measure],
    conditions: Arc<[String]>,
}

impl<'a> Models<'a> {
    /// # Errors
    /// When the models have other conditions than the recording, or a measure is not defined for one of them.
    pub(super) fn new(models: &'a [Rdm], recording: &Recording, measures: &'a [Measure]) -> Result<Self> {
        let conditions: Arc<[String]> = recording.group.conditions.clone().into();
        let like =
            Rdm::new(&recording.group.name, Arc::clone(&conditions), vec![0.0; n_pairs(conditions.len())])?;
        for model in models {
            model.in_order_of(&like)?;
        }
        for &measure in measures {
            compare(models, models, measure)?;
        }
        Ok(Self { models, measures, conditions })
    }

    /// Similarities of all `found` at once, `[n_found][n_measures][n_models]`.
    fn similarities(&self, found: &[Rdm]) -> Vec<Vec<Vec<Option<f64>>>> {
        let of_measures: Vec<_> = self.measures.iter().map(|&measure| self.by(measure, found)).collect();
        let of_rdm = |rdm: usize| of_measures.iter().map(|rows| rows[rdm].clone()).collect();
        (0..found.len()).map(of_rdm).collect()
    }

    /// None where the measure is not defined, as for constant dissimilarities: then each is tried on its own.
    fn by(&self, measure: Measure, found: &[Rdm]) -> Vec<Vec<Option<f64>>> {
        match (compare(found, self.models, measure), found) {
            (Ok(similarities), _) => similarities.outer_iter().map(|row| row.mapv(Some).to_vec()).collect(),
            (Err(_), [_]) => vec![vec![None; self.models.len()]],
            (Err(_), _) => found.iter().flat_map(|rdm| self.by(measure, std::slice::from_ref(rdm))).collect(),
        }
    }
}

/// The `centres` of a recording, in order.
pub(super) fn centres(
    recording: &Recording,
    searchlight: &Searchlight<'_>,
    models: &Models<'_>,
    min_channels: usize,
    centres: Range<usize>,
) -> Vec<Local> {
    let one = |(window, members): &mut (Window, Vec<usize>), centre: usize| {
        recording.neighbourhoods.members_into(centre, members);
        let found = if members.len() < min_channels {
            Err(format!("fewer than {min_channels} channels"))
        } else {
            searchlight
                .dissimilarities(members, window)
                .and_then(|values| {
                    Rdm::new(&recording.centres[centre], Arc::clone(&models.conditions), values)
                })
                .map_err(|error| why(&error, recording))
        };
        (members.len(), found)
    };
    let found: Vec<(usize, Result<Rdm, String>)> =
        centres.into_par_iter().map_init(Default::default, one).collect();
    let rdms: Vec<Rdm> = found.iter().filter_map(|(_, rdm)| rdm.as_ref().ok().cloned()).collect();
    let mut similarities = models.similarities(&rdms).into_iter();
    let local = |(n_channels, found): (usize, Result<Rdm, String>)| {
        let outcome = match found {
            Ok(rdm) => Outcome::Found { similarities: similarities.next().unwrap_or_default(), rdm },
            Err(why) => Outcome::None(why),
        };
        Local { n_channels, outcome }
    };
    found.into_iter().map(local).collect()
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
