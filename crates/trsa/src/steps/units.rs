//! Units of squares and roots.

/// The unit of a square: `Hz` gives `Hz^2`, `Hz^0.5` gives `Hz`.
pub fn squared(unit: &str) -> String {
    match unit {
        "1" => "1".to_owned(),
        rooted if rooted.strip_suffix("^0.5").is_some_and(is_plain) => rooted.replace("^0.5", ""),
        plain if is_plain(plain) => format!("{plain}^2"),
        compound => format!("({compound})^2"),
    }
}

/// The unit of a square root: `Hz^2` gives `Hz`.
pub fn root(unit: &str) -> String {
    let base = unit.strip_suffix("^2");
    match base.map(|base| base.strip_prefix('(').and_then(|base| base.strip_suffix(')')).unwrap_or(base)) {
        Some(base) if squared(base) == unit => base.to_owned(),
        _ if unit == "1" => "1".to_owned(),
        _ if is_plain(unit) => format!("{unit}^0.5"),
        _ => format!("({unit})^0.5"),
    }
}

fn is_plain(unit: &str) -> bool {
    unit.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_square_is_the_unit() {
        for unit in ["1", "Hz", "Hz^0.5", "spikes/s", "a.u."] {
            assert_eq!(root(&squared(unit)), unit);
        }
        assert_eq!(["Hz", "spikes/s", "Hz^0.5"].map(squared), ["Hz^2", "(spikes/s)^2", "Hz"]);
        assert_eq!([root("rad"), root("m/s")], ["rad^0.5", "(m/s)^0.5"]);
    }
}
