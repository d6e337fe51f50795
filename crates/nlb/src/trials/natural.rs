//! The order of names that people expect.

use std::cmp::Ordering;

/// Order of two names: by number where both are numbers, which come first, and else by bytes.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_of_size() {
        let mut names = ["10", "b", "9", "a10", "007", "a2"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["007", "9", "10", "a10", "a2", "b"]);
    }
}
