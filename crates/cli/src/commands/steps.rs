//! `neuroloom steps`.

use neuroloom_core::{ErasedStep, Error, PortSpec};
use serde_json::{Value, json};

use super::{aligned, pretty};
use crate::args::StepsCommand;
use crate::failure::Failure;
use crate::registry::registry;

pub fn steps(command: Option<&StepsCommand>, json: bool) -> Result<(), Failure> {
    match command {
        None => list(json),
        Some(StepsCommand::Describe { id }) => describe(id, json),
    }
}

fn list(json: bool) -> Result<(), Failure> {
    let registry = registry();
    let steps = registry.steps().iter().map(|step| (name(step.as_ref()), step.describe().title));
    if json {
        let steps: Vec<_> = steps.map(|(name, title)| json!({ "step": name, "title": title })).collect();
        println!("{}", pretty(&steps)?);
    } else {
        print!("{}", aligned(&steps.map(|(name, title)| vec![name, title.to_owned()]).collect::<Vec<_>>()));
    }
    Ok(())
}

fn describe(id: &str, json: bool) -> Result<(), Failure> {
    let registry = registry();
    let bare = id.split('@').next().unwrap_or(id);
    let step = registry.get(bare).ok_or_else(|| {
        let hint = registry.nearest(bare).map(|near| format!("did you mean `{near}`?"));
        let error = Error::params(format!("there is no step {id:?}"));
        error.hint(hint.unwrap_or_else(|| "`neuroloom steps` lists all steps".into()))
    })?;
    if json {
        let text = pretty(&json!({
            "step": name(step.as_ref()), "description": step.describe(), "params": step.params_schema(),
        }))?;
        println!("{text}");
    } else {
        print!("{}", page(step.as_ref()));
    }
    Ok(())
}

fn name(step: &dyn ErasedStep) -> String {
    format!("{}@{}", step.id(), step.version())
}

fn page(step: &dyn ErasedStep) -> String {
    let description = step.describe();
    let mut text = format!("{}: {}\n\n{}\n", name(step), description.title, description.about);
    if let Some(reference) = description.reference {
        text += &format!("\nReference: {reference}\n");
    }
    text += &ports("Inputs", &description.inputs);
    text += &ports("Outputs", &description.outputs);
    text += &parameters(&step.params_schema());
    text
}

fn ports(heading: &str, ports: &[PortSpec]) -> String {
    if ports.is_empty() {
        return String::new();
    }
    let row = |port: &PortSpec| {
        let optional = if port.optional { "optional" } else { "" };
        vec![format!("  {}", port.name), port.carries(), optional.to_owned(), port.doc.to_owned()]
    };
    format!("\n{heading}\n{}", aligned(&ports.iter().map(row).collect::<Vec<_>>()))
}

fn parameters(schema: &Value) -> String {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return String::new() };
    let required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == name))
    };
    let mut text = "\nParameters\n".to_owned();
    for (name, property) in properties {
        let default = match property.get("default") {
            Some(value) => format!("default {value}"),
            None if required(name) => "required".to_owned(),
            None => "optional".to_owned(),
        };
        text += &format!("  {name}: {} ({default})\n", type_of(property, schema));
        let doc = property.get("description").and_then(Value::as_str).unwrap_or_default();
        for line in doc.lines().filter(|line| !line.trim().is_empty()) {
            text += &format!("      {line}\n");
        }
        for choice in choices(property, schema) {
            text += &format!("      - {choice}\n");
        }
    }
    text
}

/// The definition behind a reference, or the property itself.
fn resolved<'a>(property: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = property.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| schema.pointer(pointer)).unwrap_or(property)
}

fn type_of(property: &Value, schema: &Value) -> String {
    let target = resolved(property, schema);
    if !choices(property, schema).is_empty() {
        return "one of".into();
    }
    if let Some(branches) = target.get("anyOf").and_then(Value::as_array) {
        return branches.iter().map(|branch| type_of(branch, schema)).collect::<Vec<_>>().join(" or ");
    }
    match target.get("type") {
        Some(Value::String(name)) if name == "array" => {
            let items = target.get("items").map(|items| type_of(items, schema));
            format!("list of {}", items.unwrap_or_else(|| "anything".into()))
        }
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "value".into(),
    }
}

/// The words of an enumeration, with what they mean.
fn choices(property: &Value, schema: &Value) -> Vec<String> {
    let target = resolved(property, schema);
    let words = |value: &Value| -> Vec<String> {
        let list = value.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().chain(value.get("const")).filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let branches = target.get("oneOf").and_then(Value::as_array);
    let described = branches.into_iter().flatten().flat_map(|branch| {
        let doc = branch.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        words(branch)
            .into_iter()
            .map(move |word| if doc.is_empty() { word } else { format!("{word}: {doc}") })
    });
    words(target).into_iter().chain(described).collect()
}
