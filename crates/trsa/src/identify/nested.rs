use super::{Identified, Observations};

/// What the best descriptor of several identifies, chosen without the subject that is identified.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    /// For every subject, the number of the descriptor that identifies most RDMs of the other subjects; of equal ones the first.
    pub chosen: Vec<usize>,
    /// The share of RDMs that are identified, each by the descriptor that was chosen without its subject.
    pub accuracy: f64,
}

/// Nested selection. The best of many descriptors on all the data is a lucky one, too: its accuracy is too high. Here the choice for a subject is
/// made by leave-one-subject-out identification among the others.
///
/// None with fewer than three subjects or without descriptors.
pub fn nested_best(observations: &Observations, identified: &[Identified]) -> Option<Nested> {
    let design = observations.design();
    let n_subjects = design.subjects().len();
    if n_subjects < 3 {
        return None;
    }
    let best = |subject: usize| {
        let counts = identified.iter().map(|identified| identified.without[subject]).enumerate();
        counts.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(number, _)| number)
    };
    let chosen: Vec<usize> = (0..n_subjects).map(best).collect::<Option<_>>()?;
    let rows = design.rows();
    let is_correct =
        |(place, subject): (usize, usize)| identified[chosen[subject]].outcomes[place].is_correct;
    let correct = rows.iter().map(|row| row.subject).enumerate().filter(|&row| is_correct(row)).count();
    Some(Nested { accuracy: correct as f64 / rows.len() as f64, chosen })
}
