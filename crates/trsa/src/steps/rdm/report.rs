//! Names in errors, the index and the summary.

use neuroloom_core::{Error, Summary};

use crate::estimators::{Estimator, Method};
use crate::noise::NoiseModel;
use crate::steps::figures::rdm_figure;
use crate::steps::index::IndexRow;
use crate::steps::responses::Group;
use crate::steps::units::squared;
use crate::{Rdm, RsaError};

/// The error with the names of the group, condition, fold and neuron that it speaks of.
pub(in crate::steps) fn in_group(error: RsaError, group: &Group) -> Error {
    let condition = |i: usize| format!("condition {:?}", group.conditions.get(i).map_or("", String::as_str));
    let unit = |c: usize| format!("unit {}", group.channels.get(c).map_or("", String::as_str));
    let fold = |f: usize| format!("fold {}", group.folds.get(f).copied().unwrap_or_default());
    let place = match &error {
        RsaError::ConstantPattern { condition: i }
        | RsaError::TooFewRepeats { condition: i }
        | RsaError::UnreliablePattern { condition: i, .. } => Some(condition(*i)),
        RsaError::NotPositive { channel, .. } | RsaError::NonFiniteResidual { channel, .. } => {
            Some(unit(*channel))
        }
        RsaError::NoCommonChannel { first, second } => {
            Some(format!("{} and {}", condition(*first), condition(*second)))
        }
        RsaError::AbsentConditions { cells } => {
            let cells = cells.iter().take(5).map(|(i, f)| format!("{} in {}", condition(*i), fold(*f)));
            Some(cells.collect::<Vec<_>>().join(", "))
        }
        RsaError::NonFiniteResponse { fold: f, condition: i, channel, .. }
        | RsaError::NegativeResponse { fold: f, condition: i, channel, .. }
        | RsaError::PartialPattern { fold: f, condition: i, channel } => {
            Some(format!("{}, {}, {}", unit(*channel), condition(*i), fold(*f)))
        }
        RsaError::InBin { bin, source } => {
            let bin = format!("time bin {bin}");
            return in_group(
                (**source).clone(),
                &Group { name: format!("{}: {bin}", group.name), ..group.clone() },
            );
        }
        _ => None,
    };
    let place = place.map_or_else(|| group.name.clone(), |place| format!("{}: {place}", group.name));
    Error::from(error).at_object(place)
}

/// Why no group is left.
pub(in crate::steps) fn no_group_left(min_units: usize, left_out: &[Group]) -> Error {
    let found: Vec<String> =
        left_out.iter().map(|group| format!("{} with {}", group.name, group.channels.len())).collect();
    let n_dropped: usize = left_out.iter().map(|group| group.n_dropped).sum();
    let hint = if n_dropped > 0 {
        format!(
            "{n_dropped} units were left out for NaN responses: use fewer conditions or folds, so that every condition is met in every fold, or `nan: pairwise`"
        )
    } else {
        "lower `min_units`, or use `group_by: recording` or `none`".to_owned()
    };
    Error::data("no group has enough neurons for an RDM")
        .expected(format!("at least {min_units} (min_units)"))
        .found(if found.is_empty() { "no responses".to_owned() } else { found.join(", ") })
        .hint(hint)
}

/// The row of a group; its subject is the part of the recording's name before a text.
pub(in crate::steps) fn index_row(
    group: &Group,
    estimator: &Estimator,
    subject_before: Option<&str>,
) -> IndexRow {
    let subject = |recording: &String| match subject_before.and_then(|text| recording.split_once(text)) {
        Some((subject, _)) => subject.to_owned(),
        None => recording.clone(),
    };
    let (n_folds, n_conditions, n_channels) = group.responses.dim();
    IndexRow {
        rdm_id: group.name.clone(),
        recording: group.recording.clone(),
        subject: group.recording.as_ref().map(subject),
        region: group.region.clone(),
        measure: estimator.method.name().to_owned(),
        unit: dissimilarity_unit(estimator, &group.unit),
        n_conditions,
        n_channels: Some(n_channels),
        n_folds: Some(n_folds),
        ..IndexRow::default()
    }
}

/// The unit of dissimilarities of responses in `unit`.
pub(in crate::steps) fn dissimilarity_unit(estimator: &Estimator, unit: &str) -> String {
    match estimator.method {
        Method::Correlation | Method::CvCorrelation | Method::CrossRunCorrelation => "1".to_owned(),
        Method::Poisson | Method::PoissonCv => unit.to_owned(),
        Method::Euclidean | Method::CrossRunEuclidean => squared(unit),
        Method::Crossnobis | Method::Mahalanobis if estimator.noise == NoiseModel::None => squared(unit),
        Method::Crossnobis | Method::Mahalanobis => "1".to_owned(),
    }
}

pub(super) fn summarise(used: &[Group], left_out: &[Group], rdms: &[Rdm], index: &[IndexRow]) -> Summary {
    let colour_labels: Vec<String> =
        index.iter().map(|row| format!("{} ({})", row.measure, row.unit)).collect();
    let mut summary = Summary::default().count("RDMs", rdms.len());
    for group in used {
        summary = summary.count(format!("units of {}", group.name), group.channels.len());
    }
    summary = warnings(summary, used, left_out);
    summary.figure(rdm_figure("Representational dissimilarity matrices", rdms, &colour_labels))
}

/// What was left out of the groups.
pub(in crate::steps) fn warnings(mut summary: Summary, used: &[Group], left_out: &[Group]) -> Summary {
    for group in used.iter().filter(|group| group.n_dropped > 0) {
        summary =
            summary.warn(format!("{}: {} units with NaN responses left out", group.name, group.n_dropped));
    }
    for group in left_out {
        summary =
            summary.warn(format!("{} left out: {} units are too few", group.name, group.channels.len()));
    }
    summary
}
