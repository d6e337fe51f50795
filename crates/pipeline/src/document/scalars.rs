//! Plain scalars of the YAML 1.2 core schema (YAML 1.2.2, section 10.3.2). `no`, `on` and `1:30` are text.

use serde_json::Number;

use super::node::Value;

/// What a plain, untagged scalar means.
///
/// # Errors
/// Why it is a number that no parameter can hold.
pub(super) fn resolve(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if is_not_finite(text) {
        return Err(format!("`{text}` is not a finite number"));
    }
    let number = if let Some(digits) = text.strip_prefix("0x") {
        radix(digits, 16)
    } else if let Some(digits) = text.strip_prefix("0o") {
        radix(digits, 8)
    } else if is_integer(text) {
        Some(integer(text))
    } else if is_float(text) {
        Some(text.parse().ok().and_then(Number::from_f64))
    } else {
        None
    };
    match number {
        Some(Some(number)) => Ok(Value::Number(number)),
        Some(None) => Err(format!("`{text}` is too large a number")),
        None => Ok(Value::Text(text.into())),
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `None`: not such a number; `Some(None)`: too large a one.
fn radix(digits: &str, radix: u32) -> Option<Option<Number>> {
    let fits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    fits.then(|| u64::from_str_radix(digits, radix).ok().map(Number::from))
}

fn is_integer(text: &str) -> bool {
    is_digits(text.strip_prefix(['+', '-']).unwrap_or(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn integer(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from)).ok()
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
        None => is_digits(mantissa),
    };
    mantissa_fits && exponent.is_none_or(is_integer)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::findings::Findings;
    use super::super::node::Node;
    use super::*;

    fn json_of(text: &str) -> Json {
        let place = Findings::default().add_source("".as_ref(), "").start();
        Node { value: resolve(text).unwrap(), place }.to_json()
    }

    #[test]
    fn core_schema_scalars() {
        let cases = [
            ("no", json!("no")),
            ("on", json!("on")),
            ("1:30", json!("1:30")),
            ("012", json!(12)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("0b1", json!("0b1")),
            ("-5", json!(-5)),
            ("+5", json!(5)),
            (".5", json!(0.5)),
            ("1.", json!(1.0)),
            ("1e-3", json!(0.001)),
            ("1e", json!("1e")),
            (".", json!(".")),
            ("1_000", json!("1_000")),
            ("~", json!(null)),
            ("True", json!(true)),
            ("tRue", json!("tRue")),
            ("18446744073709551615", json!(u64::MAX)),
            ("2026-01-01", json!("2026-01-01")),
            ("0x", json!("0x")),
        ];
        for (text, expected) in cases {
            assert_eq!(json_of(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_that_no_parameter_can_hold_are_refused() {
        for text in [".nan", "-.inf", ".INF", "1e999", "18446744073709551616", "0xFFFFFFFFFFFFFFFFF"] {
            assert!(resolve(text).is_err(), "{text}");
        }
    }
}
