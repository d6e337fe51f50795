//! Which types end in clusters of which, summed over retinas.

use std::collections::BTreeMap;

use neuroloom_simulate::retina::CellType;

/// Numbers of held-out cells by their own type and by the type that most fitted neurons of their cluster have.
#[derive(Default)]
pub struct Confusion(BTreeMap<(usize, usize), usize>);

impl Confusion {
    /// Counts the held-out cells of a retina.
    pub fn add(&mut self, fitted: (&[usize], &[usize]), held_out: (&[usize], &[usize])) {
        let majority = majority_types(fitted.0, fitted.1);
        for (label, &own) in held_out.0.iter().zip(held_out.1) {
            if let Some(&found) = majority.get(label) {
                *self.0.entry((own, found)).or_default() += 1;
            }
        }
    }

    /// A line for every type: how many of its cells were sorted rightly, and where the others went.
    pub fn print(&self) {
        for (own, _) in CellType::COUNTS {
            let number = own as usize;
            let row = || self.0.iter().filter(move |((type_, _), _)| *type_ == number);
            let total: usize = row().map(|(_, n)| n).sum();
            let others: Vec<String> = row()
                .filter(|((_, found), _)| *found != number)
                .filter_map(|((_, found), n)| Some(format!("{n} {}", CellType::COUNTS.get(*found)?.0.name())))
                .collect();
            let right = self.0.get(&(number, number)).unwrap_or(&0);
            println!("  {:<16} {right:4} of {total:4}  {}", own.name(), others.join(", "));
        }
    }
}

/// The type that most neurons of every cluster have; the first of several.
fn majority_types(labels: &[usize], types: &[usize]) -> BTreeMap<usize, usize> {
    let mut counts: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for (&label, &own) in labels.iter().zip(types) {
        *counts.entry(label).or_default().entry(own).or_default() += 1;
    }
    let most = |counts: BTreeMap<usize, usize>| {
        counts.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best })
    };
    counts.into_iter().filter_map(|(label, counts)| Some((label, most(counts)?.0))).collect()
}
