use std::collections::{BTreeMap, BTreeSet};

use crate::{Result, RsaError};

/// Which subject and which region every RDM is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    subjects: Vec<String>,
    regions: Vec<String>,
    rows: Vec<Row>,
    left_out: Vec<String>,
}

/// An RDM by the numbers of its subject and region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Place of the RDM among all that were given.
    pub(super) rdm: usize,
    pub(super) subject: usize,
    pub(super) region: usize,
}

impl Design {
    /// The design of RDMs with these subjects and regions. A region that only one subject has cannot be learnt without that
    /// subject: its RDMs are left out ([`left_out`](Self::left_out)).
    ///
    /// # Errors
    /// Fewer than two subjects, or fewer than two regions that two subjects have; lists of different lengths.
    pub fn new<S: AsRef<str>, R: AsRef<str>>(subjects: &[S], regions: &[R]) -> Result<Self> {
        if subjects.len() != regions.len() {
            return Err(RsaError::UnequalLabels { subjects: subjects.len(), regions: regions.len() });
        }
        let labels = || subjects.iter().map(AsRef::as_ref).zip(regions.iter().map(AsRef::as_ref));
        let mut subjects_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (subject, region) in labels() {
            subjects_of.entry(region).or_default().insert(subject);
        }
        let n_subjects = subjects_of.values().flatten().collect::<BTreeSet<_>>().len();
        if n_subjects < 2 {
            return Err(RsaError::NoSubjectToLeaveOut { found: n_subjects });
        }
        let is_shared = |region: &str| subjects_of.get(region).is_some_and(|subjects| subjects.len() >= 2);
        let (shared, left_out): (Vec<&str>, Vec<&str>) =
            subjects_of.keys().partition(|&&region| is_shared(region));
        if shared.len() < 2 {
            return Err(RsaError::TooFewRegions { shared: shared.len(), of_one: left_out.len() });
        }
        let present: BTreeSet<&str> =
            labels().filter(|(_, region)| is_shared(region)).map(|(subject, _)| subject).collect();
        let present: Vec<&str> = present.into_iter().collect();
        let row = |(rdm, (subject, region)): (usize, (&str, &str))| {
            let region = shared.binary_search(&region).ok()?;
            Some(Row { rdm, subject: present.binary_search(&subject).ok()?, region })
        };
        let rows = labels().enumerate().filter_map(row).collect();
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(Self { rows, subjects: owned(present), regions: owned(shared), left_out: owned(left_out) })
    }

    /// Subjects, sorted.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// Regions that two subjects or more have, sorted.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// Regions of one subject only, whose RDMs are left out.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The share of RDMs that guessing among the regions would identify.
    pub fn chance(&self) -> f64 {
        1.0 / self.regions.len() as f64
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_of_one_subject_is_left_out() {
        let design = Design::new(&["b", "b", "a", "a", "c"], &["V2", "V1", "V1", "V2", "OFA"]).unwrap();
        assert_eq!(design.left_out(), ["OFA"]);
        assert_eq!((design.subjects().len(), design.regions().len()), (2, 2));
        let rows: Vec<_> = design.rows().iter().map(|row| (row.rdm, row.subject, row.region)).collect();
        assert_eq!(rows, [(0, 1, 1), (1, 1, 0), (2, 0, 0), (3, 0, 1)]);
    }

    #[test]
    fn one_subject_or_one_region_is_refused() {
        let refused =
            |subjects: &[&str], regions: &[&str]| Design::new(subjects, regions).unwrap_err().to_string();
        assert_eq!(refused(&["a", "a"], &["V1", "V2"]), "identification needs at least 2 subjects, found 1");
        let one = refused(&["a", "b", "a"], &["V1", "V1", "V2"]);
        assert_eq!(
            one,
            "identification needs at least 2 regions that 2 subjects have, found 1 (and 1 of one subject)"
        );
        assert!(refused(&["a"], &[]).contains("1 subjects and 0 regions"));
    }
}
