//! Matrices of traces into columns, with the checks that every source shares.

use neuroloom_celegans::RawColumn;
use neuroloom_core::{Error, Result};

/// How a flat list of samples is a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The samples of a neuron lie side by side.
    ByNeuron,
    /// The neurons of a sample lie side by side.
    BySample,
}

/// Extents of a matrix of traces as a source has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extents {
    pub n_samples: usize,
    pub n_columns: usize,
}

impl Extents {
    /// Checks labels and clock against the traces.
    ///
    /// # Errors
    /// When there are not as many labels as columns, or fewer times than samples; more times are for the caller to judge.
    pub(crate) fn check(self, n_labels: usize, n_times: usize) -> Result<()> {
        let Self { n_samples, n_columns } = self;
        let found =
            format!("{n_samples} samples of {n_columns} neurons, {n_times} times and {n_labels} labels");
        let is_transposed = n_columns == n_times && n_samples != n_times;
        let hint = match is_transposed {
            true => "the matrix seems to be transposed: the source stores it the other way round",
            false => "check that traces, times and labels are of one recording",
        };
        if n_times < n_samples {
            return Err(Error::data("there are fewer times than samples")
                .expected(format!("{n_samples} times"))
                .found(found)
                .hint(hint));
        }
        if n_labels != n_columns {
            return Err(Error::data("labels and traces differ in number")
                .expected(format!("{n_columns} labels"))
                .found(found)
                .hint(hint));
        }
        Ok(())
    }

    /// Checks that there are exactly as many times as samples, too.
    ///
    /// # Errors
    /// As [`check`](Self::check), or when there are more times than samples.
    pub(crate) fn check_exactly(self, n_labels: usize, n_times: usize) -> Result<()> {
        self.check(n_labels, n_times)?;
        if n_times == self.n_samples {
            return Ok(());
        }
        Err(Error::data("traces and times differ in length")
            .expected(format!("{} times, as there are samples", self.n_samples))
            .found(format!("{n_times} times"))
            .hint("check that traces and times are of one recording"))
    }

    /// A note where there are more neurons than samples, which looks like a transposed matrix.
    pub(crate) fn suspicion(self) -> Option<String> {
        let Self { n_samples, n_columns } = self;
        (n_columns > n_samples).then(|| {
            format!("{n_columns} neurons but only {n_samples} samples: is the matrix of traces transposed?")
        })
    }
}

/// The columns of a matrix, of which each has a label or none. `values` has `n_samples * n_columns` items.
pub(crate) fn columns(
    values: &[f64],
    order: Order,
    extents: Extents,
    labels: impl IntoIterator<Item = Option<String>>,
) -> Vec<RawColumn<'static>> {
    let Extents { n_samples, n_columns } = extents;
    let trace = |column: usize| -> Vec<f64> {
        match order {
            Order::ByNeuron => values.iter().skip(column * n_samples).take(n_samples).copied().collect(),
            Order::BySample => {
                values.iter().skip(column).step_by(n_columns.max(1)).take(n_samples).copied().collect()
            }
        }
    };
    let numbered = labels.into_iter().take(n_columns).enumerate();
    numbered.map(|(column, label)| self::column(column, label, trace(column))).collect()
}

/// One column; an empty label is none.
pub(crate) fn column(number: usize, label: Option<String>, trace: Vec<f64>) -> RawColumn<'static> {
    let label_given = label.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
    RawColumn { raw_column: number as i64, label_given, trace: trace.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_give_the_same_columns() {
        let extents = Extents { n_samples: 3, n_columns: 2 };
        let labels = || [Some(" AVAL ".to_owned()), Some(String::new())];
        let by_neuron = columns(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], Order::ByNeuron, extents, labels());
        let by_sample = columns(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], Order::BySample, extents, labels());
        assert_eq!(by_neuron, by_sample);
        assert_eq!(by_neuron[0].label_given.as_deref(), Some("AVAL"));
        assert_eq!((by_neuron[1].label_given.as_deref(), by_neuron[1].trace[2]), (None, 6.0));
    }

    #[test]
    fn a_transposed_matrix_is_told_by_its_clock() {
        let extents = Extents { n_samples: 100, n_columns: 30 };
        let error = extents.check(30, 30).unwrap_err();
        assert!(error.hint_text().unwrap().contains("transposed"), "{error}");
        assert!(extents.check_exactly(30, 101).is_err() && extents.check(30, 101).is_ok());
        assert!(
            extents.suspicion().is_none() && Extents { n_samples: 3, n_columns: 4 }.suspicion().is_some()
        );
    }
}
