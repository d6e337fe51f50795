//! The order of the columns in the result, and their final names.

use std::collections::BTreeSet;

use super::compat::final_name;
use super::{Identity, LabelStatus};
use crate::Profile;

/// A column of the source at its place in the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedColumn {
    /// Index into the columns that were placed.
    pub column: usize,
    /// Name of the list, or the position in the result as a number.
    pub neuron: String,
    /// Whether the name is one of the list.
    pub is_labeled: bool,
    /// How the name was found.
    pub status: LabelStatus,
}

/// Puts the columns into the published order: by the bytes of their ids, the first of equal ids kept. A column
/// without identity has a number for an id: in exact its place once the labelled columns stand in front, in
/// compat its column in the source (`raw_columns`). The final name of place `k` is a name of the list or `k`.
pub fn place(identities: &[Identity], raw_columns: &[i64], profile: Profile) -> Vec<PlacedColumn> {
    let ids = provisional_ids(identities, raw_columns, profile);
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&a, &b| ids[a].cmp(&ids[b]));
    order.dedup_by(|later, first| ids[*later] == ids[*first]);
    let mut used = BTreeSet::new();
    let named = order.into_iter().enumerate().map(|(position, column)| {
        let name = final_name(&ids[column]).filter(|name| used.insert(*name));
        let status = identities[column].status;
        let repeated = name.is_none() && final_name(&ids[column]).is_some();
        PlacedColumn {
            column,
            neuron: name.map_or_else(|| position.to_string(), str::to_owned),
            is_labeled: name.is_some(),
            status: if repeated { LabelStatus::Duplicate } else { status },
        }
    });
    named.collect()
}

fn provisional_ids(identities: &[Identity], raw_columns: &[i64], profile: Profile) -> Vec<String> {
    let labelled = identities.iter().filter(|identity| identity.name.is_some()).count();
    let behind_labelled = (labelled..).take(identities.len() - labelled);
    let mut numbers = behind_labelled.map(|number| number.to_string());
    let ids = identities.iter().zip(raw_columns).map(|(identity, raw_column)| match &identity.name {
        Some(name) => name.clone(),
        None if profile == Profile::Compat => raw_column.to_string(),
        None => numbers.next().unwrap_or_default(),
    });
    ids.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(names: &[Option<&str>], profile: Profile) -> Vec<(usize, String)> {
        let identity = |name: &Option<&str>| match name {
            Some(name) => Identity::named(name, LabelStatus::Exact),
            None => Identity::nameless(LabelStatus::None),
        };
        let identities: Vec<_> = names.iter().map(identity).collect();
        let raw: Vec<i64> = (0..names.len() as i64).collect();
        place(&identities, &raw, profile).into_iter().map(|p| (p.column, p.neuron)).collect()
    }

    fn expected(columns: &[(usize, &str)]) -> Vec<(usize, String)> {
        columns.iter().map(|(column, name)| (*column, (*name).to_owned())).collect()
    }

    #[test]
    fn numbers_come_first_in_byte_order_and_are_renamed_to_their_place() {
        let names = [None, Some("VB2"), None, Some("AVAL")];
        assert_eq!(placed(&names, Profile::Exact), expected(&[(0, "0"), (2, "1"), (3, "AVAL"), (1, "VB2")]));
    }

    #[test]
    fn ten_stands_before_nine() {
        let names = vec![None; 12];
        let columns: Vec<_> = placed(&names, Profile::Exact).into_iter().map(|(column, _)| column).collect();
        assert_eq!(columns, [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn compat_keeps_the_first_of_equal_ids_and_never_two_of_one_name() {
        let names = [Some("AVAL"), Some("AVAL"), Some("VB02"), Some("VB2")];
        assert_eq!(placed(&names, Profile::Compat), expected(&[(0, "AVAL"), (2, "VB2"), (3, "2")]));
    }
}
