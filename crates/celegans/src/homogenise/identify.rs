//! Which columns are kept, who they are, and what became of every label.

use std::borrow::Cow;

use neuroloom_core::{Result, Seed};

use super::{KeptColumn, impute};
use crate::clock::Clock;
use crate::labels::{Identity, LabelStatus, PlacedColumn};
use crate::{HomogeniseParams, QualityWarning, Recording, Screen, names};

/// What became of the label of one column of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelDecision {
    /// Column in the source.
    pub raw_column: i64,
    /// Label in the source.
    pub label_given: Option<String>,
    /// How the name was found.
    pub status: LabelStatus,
    /// Name in the result, or the position there; none where the column is not in it.
    pub neuron: Option<String>,
    /// Why the column is not in the result.
    pub drop_reason: Option<String>,
}

/// The columns of a recording on their way.
pub(crate) struct Columns<'a> {
    /// Identity of every column.
    identities: Vec<Identity>,
    /// Why a column was dropped.
    dropped: Vec<Option<String>>,
    /// The columns that were not.
    pub kept: Vec<KeptColumn<'a>>,
}

impl<'a> Columns<'a> {
    /// Applies the label rule to all columns, so that a label that is given twice is a duplicate even where one of
    /// the two traces is dropped later.
    pub fn identify(recording: &'a Recording<'_>, params: &HomogeniseParams) -> Self {
        let given: Vec<Option<&str>> =
            recording.columns.iter().map(|column| column.label_given.as_deref()).collect();
        let identities = params.labels.settled(params.profile, &recording.source).identities(&given);
        Self { identities, dropped: vec![None; recording.columns.len()], kept: Vec::new() }
    }

    /// Drops the columns without activity and fills the gaps of the others.
    pub fn screen_and_impute(
        &mut self,
        recording: &'a Recording<'_>,
        params: &HomogeniseParams,
        clock: &Clock,
        seed: Seed,
    ) -> Result<()> {
        let screen = params.screen.clone().unwrap_or_else(|| Screen::published(&recording.source));
        for (index, column) in recording.columns.iter().enumerate() {
            self.dropped[index] = screen.before_imputation(&column.trace);
            if self.dropped[index].is_none() {
                let trace = Cow::Borrowed(column.trace.as_ref());
                self.kept.push(KeptColumn { index, trace, imputed: Vec::new() });
            }
        }
        impute(&mut self.kept, params.impute, &clock.times_s, seed)?;
        self.kept.retain(|column| {
            self.dropped[column.index] = screen.after_imputation(&column.trace);
            self.dropped[column.index].is_none()
        });
        Ok(())
    }

    pub fn kept_identities(&self) -> Vec<Identity> {
        self.kept.iter().map(|column| self.identities[column.index].clone()).collect()
    }

    pub fn kept_numbers(&self, recording: &Recording<'_>) -> Vec<i64> {
        self.kept.iter().map(|column| recording.columns[column.index].raw_column).collect()
    }

    /// One warning per dropped column.
    pub fn warnings(&self, recording: &Recording<'_>) -> Vec<QualityWarning> {
        let dropped = self.dropped.iter().zip(&recording.columns);
        let warning = |(reason, column): (&Option<String>, &crate::RawColumn<'_>)| {
            let message = format!("the column is left out: {}", reason.as_ref()?);
            Some(
                QualityWarning::new("column_dropped", message).about(format!("column {}", column.raw_column)),
            )
        };
        dropped.filter_map(warning).collect()
    }

    /// A warning with the number of samples that are still missing, if there are any.
    pub fn missing_left(&self, recording: &Recording<'_>) -> Option<QualityWarning> {
        let missing = |column: &KeptColumn<'_>| column.trace.iter().filter(|value| value.is_nan()).count();
        let total: usize = self.kept.iter().map(missing).sum();
        let neurons = self.kept.iter().filter(|column| missing(column) > 0).count();
        (total > 0).then(|| {
            let all = self.kept.len() * recording.times_s.len();
            let message = format!("{total} of {all} samples, in {neurons} neurons, stay NaN and take no part in the normalisation");
            QualityWarning::new("missing_samples", message)
        })
    }
}

/// How many columns have a name of the list.
pub(crate) fn count_labeled(placed: &[PlacedColumn]) -> usize {
    placed.iter().filter(|place| place.is_labeled).count()
}

/// What became of every label, in the order of the source's columns.
pub(crate) fn decisions(
    recording: &Recording<'_>,
    columns: &Columns<'_>,
    placed: &[PlacedColumn],
) -> Vec<LabelDecision> {
    let mut of_column: Vec<Option<&PlacedColumn>> = vec![None; recording.columns.len()];
    for place in placed {
        of_column[columns.kept[place.column].index] = Some(place);
    }
    let decide = |index: usize| {
        let place = of_column[index];
        let identity = &columns.identities[index];
        let repeated = !placed.is_empty() && place.is_none() && columns.dropped[index].is_none();
        let reason = repeated.then(|| "another column has the same id".to_owned());
        LabelDecision {
            raw_column: recording.columns[index].raw_column,
            label_given: recording.columns[index].label_given.clone(),
            status: place.map_or(if repeated { LabelStatus::Duplicate } else { identity.status }, |place| {
                place.status
            }),
            neuron: place.map(|place| place.neuron.clone()),
            drop_reason: columns.dropped[index].clone().or(reason),
        }
    };
    (0..recording.columns.len()).map(decide).collect()
}

impl LabelDecision {
    /// Whether the column has one of the 300 names in the result.
    pub fn is_labeled(&self) -> bool {
        self.neuron.as_deref().is_some_and(|name| names::slot(name).is_some())
    }
}
