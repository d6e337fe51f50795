//! Numbers as short text.

/// The largest magnitude that is drawn; ranges of larger values would overflow. Beyond it a value is a gap.
const LARGEST: f64 = 1e300;

/// Whether a value can be drawn.
pub(crate) fn is_drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// A coordinate with at most two decimals.
pub(crate) fn coordinate(value: f64) -> String {
    if is_drawable(value) { trimmed(format!("{value:.2}")) } else { "0".to_owned() }
}

/// A value with `digits` significant digits, without trailing zeros: `0.25`, `1200`, `3.1e-7`, `NaN`.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return format!("{value}");
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        trimmed(format!("{value:.decimals$}"))
    } else {
        format!("{}e{exponent}", trimmed(mantissa.to_owned()))
    }
}

/// A count with thin spaces between thousands: `1 234 567`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A size in binary units: `1.5 MiB`.
pub(crate) fn bytes(value: u64) -> String {
    let mut size = value as f64;
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = larger;
    }
    format!("{} {unit}", significant(size, 3))
}

/// Without trailing zeros after the decimal point; minus zero is zero.
pub(crate) fn trimmed(text: String) -> String {
    let short =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(coordinate(1.0 / 3.0), "0.33");
        assert_eq!(coordinate(-0.001), "0");
        assert_eq!(coordinate(f64::NAN), "0");
        assert_eq!(significant(0.1 + 0.2, 6), "0.3");
        assert_eq!(significant(1234.5678, 6), "1234.57");
        assert_eq!(significant(-3.14e-7, 3), "-3.14e-7");
        assert_eq!(significant(0.0, 6), "0");
        assert_eq!(significant(99_999_999.0, 3), "1e8");
        assert_eq!(significant(f64::NEG_INFINITY, 3), "-inf");
    }

    #[test]
    fn counts_and_sizes_read_easily() {
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(12), "12");
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(3 << 19), "1.5 MiB");
    }
}
