//! Amounts with units: memory and wall time.

/// Bytes: `8G`, `1.5GiB`, `500M`, `500000000`. Units are powers of 1024, as in Slurm. `None` for anything else, for
/// nothing and for more than 2⁶³ bytes.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or(unit.strip_suffix('b')).unwrap_or(&unit);
    let shift = match unit {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    match number.parse::<u64>() {
        Ok(whole) => whole.checked_mul(1 << shift),
        // A fraction of a byte would be a slip.
        Err(_) if shift == 0 => None,
        Err(_) => fraction(number, shift),
    }
    .filter(|bytes| *bytes > 0 && i64::try_from(*bytes).is_ok())
}

/// `1.5` of a unit.
fn fraction(number: &str, shift: u32) -> Option<u64> {
    let (whole, fraction) = number.split_once('.')?;
    let digits = fraction.len();
    if whole.is_empty() || digits == 0 || digits > 6 || fraction.contains('.') {
        return None;
    }
    let unit = 1_u64 << shift;
    let tenths = 10_u64.pow(u32::try_from(digits).ok()?);
    let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(unit) / u128::from(tenths);
    whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(u64::try_from(part).ok()?)
}

/// Seconds: `2h`, `90m`, `1h30m`, `1d12h`, `01:30:00`, `5400`. `None` for anything else, for nothing and for more than
/// a year.
pub(super) fn seconds(text: &str) -> Option<u64> {
    const YEAR: u64 = 366 * 86_400;
    let text = text.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) if text.contains(':') => clock(text),
        Err(_) => units(text),
    };
    seconds.filter(|seconds| (1..=YEAR).contains(seconds))
}

/// `HH:MM:SS`, or `D-HH:MM:SS` as Slurm writes it.
fn clock(text: &str) -> Option<u64> {
    let (days, time) = match text.split_once('-') {
        Some((days, time)) => (number(days)?, time),
        None => (0, text),
    };
    let parts: Vec<u64> = time.split(':').map(number).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    if *minutes > 59 || *seconds > 59 {
        return None;
    }
    days.checked_mul(86_400)?.checked_add(hours.checked_mul(3600)?)?.checked_add(minutes * 60 + seconds)
}

/// `1d12h30m15s`: each unit at most once, the larger ones first.
fn units(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0_u64;
    for (unit, length) in [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((count, after)) = rest.split_once(unit) {
            total = total.checked_add(number(count)?.checked_mul(length)?)?;
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(total)
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_has_units_of_1024() {
        let cases = [
            ("8G", 8 << 30),
            ("8 GiB", 8 << 30),
            ("500M", 500 << 20),
            ("1.5g", 3 << 29),
            ("2TB", 2 << 40),
            ("64k", 65_536),
            ("1000000", 1_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(bytes(text), Some(expected), "{text}");
        }
        for text in ["", "0", "0G", "G", "-1G", "1.5", "1.G", "8X", "8 G G", "99999999999T", "1e9", "1.5.5G"]
        {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_people_and_slurm_write_them() {
        let cases = [
            ("90", 90),
            ("2h", 7200),
            ("90m", 5400),
            ("1h30m", 5400),
            ("1d12h", 129_600),
            ("45s", 45),
            ("01:30:00", 5400),
            ("2-00:00:10", 172_810),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "0", "h", "2x", "30m1h", "1:30", "00:60:00", "1h1h", "-5", "1.5h", "9999d", "2h "] {
            let fine = text == "2h ";
            assert_eq!(seconds(text).is_some(), fine, "{text}");
        }
    }
}
