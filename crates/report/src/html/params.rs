//! Parameters as a table of dotted names.

use serde_json::Value;

use crate::escape::escape;
use crate::number::significant;

/// A table of all parameters, those that equal their default in grey; nothing where there are none.
pub(super) fn table(params: &Value, defaults: &Value) -> String {
    let mut leaves = Vec::new();
    flatten("", params, &mut leaves);
    if leaves.is_empty() {
        return String::new();
    }
    let row = |(name, value): &(String, &Value)| {
        let is_default = lookup(defaults, name).is_some_and(|default| default == *value);
        let (class, mark) =
            if is_default { (" class=\"default\"", " <small>default</small>") } else { ("", "") };
        format!(
            "<tr{class}><th scope=\"row\">{}</th><td>{}{mark}</td></tr>\n",
            escape(name),
            escape(&text(value))
        )
    };
    let rows: String = leaves.iter().map(row).collect();
    format!("<div>\n<h4>Parameters</h4>\n<table class=\"pairs\">\n{rows}</table>\n</div>\n")
}

/// Objects are taken apart; everything else is a value.
fn flatten<'a>(path: &str, value: &'a Value, leaves: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() || path.is_empty() => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, leaves);
            }
        }
        Value::Null if path.is_empty() => {}
        _ => leaves.push((path.to_owned(), value)),
    }
}

fn lookup<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(values, |value, name| value.get(name))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(
            || number.to_string(),
            |value| {
                if number.is_f64() { significant(value, 10) } else { number.to_string() }
            },
        ),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_parameters_have_dotted_names_and_defaults_are_marked() {
        let params = json!({"bins": 36, "kernel": {"sigma_s": 0.1, "kind": "gaussian"}, "units": null});
        let html = table(&params, &json!({"kernel": {"sigma_s": 0.1}, "bins": 18}));
        assert!(html.contains("<tr><th scope=\"row\">bins</th><td>36</td>"), "{html}");
        assert!(html.contains("<tr class=\"default\"><th scope=\"row\">kernel.sigma_s</th><td>0.1 "));
        assert!(html.contains("<tr><th scope=\"row\">kernel.kind</th>"));
        assert!(html.contains("<td>none</td>"));
    }

    #[test]
    fn no_parameters_no_table() {
        assert_eq!(table(&Value::Null, &Value::Null), "");
        assert_eq!(table(&json!({}), &Value::Null), "");
    }
}
