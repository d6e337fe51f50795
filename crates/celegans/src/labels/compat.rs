//! The published rules, quirks included.

use super::{Identity, LabelStatus};
use crate::names::{self, NAMES};

/// The published nearest-name rule (Dag2023, Flavell2023): in column order every label that is not a number
/// loses its `?` and becomes the first of the free names with most equal characters at equal places.
/// `VB02` becomes `VA12`, and a repeated label steals a neighbour's name: such columns are `Guessed`.
pub fn nearest(given: &[Option<&str>]) -> Vec<Identity> {
    let mut free: Vec<&'static str> = NAMES.to_vec();
    given.iter().map(|label| nearest_free(*label, &mut free)).collect()
}

fn nearest_free(given: Option<&str>, free: &mut Vec<&'static str>) -> Identity {
    let Some(given) = given else { return Identity::nameless(LabelStatus::None) };
    if is_number(given) {
        return Identity::nameless(LabelStatus::Unknown);
    }
    let label: String = given.chars().filter(|c| *c != '?').collect();
    let mut best: Option<(usize, usize)> = None;
    for (index, name) in free.iter().enumerate() {
        let matches = equal_places(&label, name);
        if best.is_none_or(|(most, _)| matches > most) {
            best = Some((matches, index));
        }
    }
    match best {
        Some((_, index)) => {
            let name = free.remove(index);
            let status = if name == given { LabelStatus::Exact } else { LabelStatus::Guessed };
            Identity::named(name, status)
        }
        None => Identity::nameless(LabelStatus::Unknown),
    }
}

fn equal_places(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).filter(|(a, b)| a == b).count()
}

/// The published rule of the other sources: a label is a name as it stands; zeros are taken out when the
/// columns are [placed](super::place).
pub fn as_given(given: &[Option<&str>]) -> Vec<Identity> {
    given.iter().map(|label| of_label(label.filter(|label| !label.is_empty()))).collect()
}

fn of_label(label: Option<&str>) -> Identity {
    let Some(label) = label else { return Identity::nameless(LabelStatus::None) };
    let status = match final_name(label) {
        Some(name) if name == label => LabelStatus::Exact,
        Some(_) => LabelStatus::Padded,
        None => LabelStatus::Unknown,
    };
    Identity::named(label, status)
}

/// The name that an id ends up with: a word of letters and digits that is no number loses its zeros unless it
/// ends in one; none where the outcome is not in the list.
pub(super) fn final_name(id: &str) -> Option<&'static str> {
    if id.is_empty() || !id.chars().all(char::is_alphanumeric) {
        return None;
    }
    if is_number(id) || id.ends_with('0') {
        return names::canonical(id);
    }
    names::canonical(&id.replace('0', ""))
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(found: &[Identity]) -> Vec<&str> {
        found.iter().map(|identity| identity.name.as_deref().unwrap_or("")).collect()
    }

    #[test]
    fn defect_c_the_nearest_name_of_a_padded_one_is_another_neuron() {
        let found = nearest(&[Some("VB02")]);
        assert_eq!(names_of(&found), ["VA12"]);
        assert_eq!(found[0].status, LabelStatus::Guessed);
        assert_eq!(names_of(&super::super::exact::identities(&[Some("VB02")])), ["VB2"]);
    }

    #[test]
    fn defect_c_a_duplicate_steals_the_name_of_its_neighbour() {
        let labels = [Some("URADL"), Some("URADL"), Some("URADR")];
        assert_eq!(names_of(&nearest(&labels)), ["URADL", "URADR", "URAVR"]);
        assert_eq!(names_of(&super::super::exact::identities(&labels)), ["", "", "URADR"]);
    }

    #[test]
    fn numbers_stay_and_question_marks_go() {
        let found = nearest(&[Some("17"), Some("AVA?"), None]);
        assert_eq!(names_of(&found), ["", "AVAL", ""]);
    }

    #[test]
    fn names_lose_zeros_unless_they_end_in_one() {
        assert_eq!(final_name("VB02"), Some("VB2"));
        assert_eq!(final_name("VB10"), Some("VB10"));
        assert_eq!(final_name("20"), None);
        assert_eq!(final_name("AVA-L"), None);
        assert_eq!(final_name("VB020"), None);
    }
}
