//! The JSON Schema of pipeline files, by which editors complete and check them while they are written.

use neuroloom_core::{ErasedStep, Registry};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a pipeline file whose steps come from `registry`.
///
/// Parameters are described step by step, by the value of `use`. What a schema cannot say, such as how steps are
/// connected or that every required parameter is given somewhere (`with`, `matrix` or a base), is left to
/// [`document::load`](crate::document::load).
pub fn json_schema(registry: &Registry) -> Value {
    let mut definitions = Map::new();
    definitions.insert("variable".into(), variable());
    definitions.insert("source".into(), source());
    definitions.insert("step".into(), step(registry));
    for step in registry.steps() {
        definitions.insert(step.id().into(), parameters(step.as_ref()));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Neuroloom pipeline",
        "type": "object",
        "additionalProperties": false,
        "required": ["neuroloom"],
        "properties": properties(),
        // A file that extends others may leave to them what it does not change.
        "if": { "not": { "required": ["extends"] } },
        "then": {
            "required": ["steps"],
            "properties": { "steps": { "additionalProperties": { "type": "object", "required": ["use"] } } },
        },
        "$defs": definitions,
    })
}

fn properties() -> Value {
    json!({
        "neuroloom": { "const": 1, "description": "Version of the language." },
        "name": { "type": "string", "description": "Name of the pipeline; that of the file by default." },
        "seed": {
            "type": "integer", "minimum": 0, "maximum": u64::MAX, "default": 0,
            "description": "Root of the seed tree: the same seed gives the same bytes.",
        },
        "vars": {
            "type": "object",
            "description": "Values that `${name}` stands for.",
            "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
        },
        "extends": {
            "description": "Base documents, relative to this file, which this one is merged over.",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
        },
        "resources": resources("Resources of every step; those of a step itself win."),
        "steps": {
            "type": "object",
            "description": "The steps by name; `null` removes one of a base.",
            "propertyNames": { "pattern": "^[a-z][a-z0-9_]*$" },
            "additionalProperties": { "$ref": "#/$defs/step" },
        },
        "outputs": {
            "type": "object",
            "description": "Copies of tables: file, relative to the folder of the run, to `step` or `step.port`.",
            "additionalProperties": { "type": ["string", "null"] },
        },
    })
}

fn variable() -> Value {
    json!({
        "type": "string",
        "pattern": r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$",
        "description": "A variable.",
    })
}

fn source() -> Value {
    json!({
        "type": "string",
        "pattern": r"^([a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)?|.*\$\{.*)$",
        "description": "`step` or `step.port`.",
    })
}

fn step(registry: &Registry) -> Value {
    let uses = registry.steps().iter().map(|step| {
        let description = step.describe();
        let text = format!("{}\n\n{}", description.title, description.about);
        json!({ "const": step.id(), "description": text.trim() })
    });
    let mut uses: Vec<Value> = uses.collect();
    uses.push(
        json!({ "type": "string", "pattern": "@[0-9]+$", "description": "A step of one version only." }),
    );
    let source = json!({ "$ref": "#/$defs/source" });
    json!({
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "use": { "description": "The step: `family.verb` or `family.verb@version`.", "anyOf": uses },
            "in": {
                "description": "What it reads: `step`, `step.port`, a list of them, or a map from port to source.",
                "anyOf": [
                    source,
                    { "type": "array", "items": source },
                    { "type": "object", "additionalProperties": source },
                ],
            },
            "with": { "type": "object", "description": "Its parameters." },
            "matrix": {
                "type": "object",
                "description": "Parameters that take several values; there is a task for every combination.",
                "additionalProperties": axis(),
            },
            "foreach": foreach(),
            "collect": {
                "description": "Axes that end here: `all`, or names of axes; the step reads all variants on them.",
                "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }],
            },
            "resources": resources("What a task of this step may use; the step's own estimate by default."),
        },
        "allOf": registry.steps().iter().map(|step| by_use(step.as_ref())).collect::<Vec<_>>(),
    })
}

/// Tasks for files, for the rows of a table, or for what is listed; `null` removes an axis of a base.
fn foreach() -> Value {
    let files = json!({
        "type": "object", "additionalProperties": false, "required": ["glob", "into"],
        "properties": {
            "glob": { "type": "string", "description": "Pattern of the files, relative to this file: `data/**/*.nwb`; of folders with `/` at its end." },
            "into": { "type": "string", "description": "The parameter that gets the path." },
            "label": { "description": "What a task is called after: the name of the file, or that of its folder.", "enum": ["file", "folder"], "default": "file" },
        },
    });
    let rows = json!({
        "type": "object", "additionalProperties": false, "required": ["table", "label", "into"],
        "properties": {
            "table": { "type": "string", "description": "A `.csv` or `.tsv` file with a header, relative to this file." },
            "label": { "type": "string", "description": "The column that tasks are called after." },
            "into": { "type": "object", "description": "Parameters, and the columns that they are taken from.", "additionalProperties": { "type": "string" } },
            "where": { "type": "object", "description": "Columns, and the value or values that a row must have in them." },
        },
    });
    let listed = json!({
        "type": "object", "additionalProperties": false, "required": ["values"],
        "properties": {
            "values": { "type": "object", "description": "What tasks are called after, each with the parameters that it sets.", "additionalProperties": { "type": "object" }, "minProperties": 1 },
        },
    });
    json!({
        "type": ["object", "string", "null"],
        "description": "Tasks for what is found when the pipeline is loaded: files, or the rows of a table, by name of the axis.",
        "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9_]*$" },
        // A base may give the rest of an axis.
        "additionalProperties": { "anyOf": [files, rows, listed, { "type": ["string", "null"] }, { "type": "object", "not": { "anyOf": [{ "required": ["glob"] }, { "required": ["table"] }, { "required": ["values"] }] } }] },
    })
}

/// What a task asks for.
fn resources(description: &str) -> Value {
    let word =
        |description: &str| json!({ "type": ["string", "integer", "null"], "description": description });
    let count = |description: &str| json!({ "description": description, "anyOf": [{ "type": ["integer", "null"], "minimum": 1, "maximum": 100_000 }, { "$ref": "#/$defs/variable" }] });
    json!({
        "type": ["object", "string", "null"],
        "description": description,
        "additionalProperties": false,
        "properties": {
            "cores": count("Processors."),
            "memory": word("`8G`, `500M` (powers of 1024), or bytes."),
            "time": word("Wall time: `2h`, `90m`, `1h30m`, `HH:MM:SS`, or seconds."),
            "partition": word("Partition of the batch system."),
            "account": word("Account that the batch system charges."),
            "qos": word("Quality of service of the batch system."),
            "constraint": word("Features that a node must have."),
            "gres": word("Generic resources: `gpu:1`."),
            "tasks_per_job": count("Tasks that one job does, one after the other."),
        },
    })
}

/// What follows from the value of `use`.
fn by_use(step: &dyn ErasedStep) -> Value {
    let id = step.id();
    let axes: Map<String, Value> = names(&step.params_schema()).map(|name| (name, axis())).collect();
    let pattern = format!("^{}(@[0-9]+)?$", id.replace('.', r"\."));
    json!({
        "if": { "required": ["use"], "properties": { "use": { "pattern": pattern } } },
        "then": {
            "properties": {
                "with": { "$ref": format!("#/$defs/{id}") },
                "matrix": { "properties": axes, "patternProperties": { r"\.": axis() }, "additionalProperties": false },
            },
        },
    })
}

/// The values of an axis, or a variable that holds them; `null` removes an axis of a base.
fn axis() -> Value {
    json!({ "type": ["array", "string", "null"] })
}

fn names(schema: &Value) -> impl Iterator<Item = String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().cloned())
}

/// The schema of a step's parameters as a definition of the whole: its own definitions move with it, variables may
/// stand for values, and no parameter is required, because a matrix or a base may give it.
fn parameters(step: &dyn ErasedStep) -> Value {
    let mut schema = step.params_schema();
    if let Value::Object(map) = &mut schema {
        map.remove("$schema");
        map.remove("required");
        map.insert("title".into(), json!(format!("Parameters of {}", step.id())));
    }
    relocate(&mut schema, step.id());
    schema
}

fn relocate(schema: &mut Value, id: &str) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| relocate(item, id)),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                relocate(value, id);
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => {
                        *target = target.replace("#/$defs/", &format!("#/$defs/{id}/$defs/"));
                    }
                    ("properties", Value::Object(properties)) => {
                        properties.values_mut().for_each(allow_variable);
                    }
                    ("items", items) if items.is_object() => allow_variable(items),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Lets `${name}` stand where `schema` describes the value; what it says about it stays outside for the editor.
fn allow_variable(schema: &mut Value) {
    let mut outer = Map::new();
    if let Value::Object(map) = schema {
        for key in ["title", "description", "default"] {
            if let Some(value) = map.remove(key) {
                outer.insert(key.into(), value);
            }
        }
    }
    outer.insert("anyOf".into(), json!([schema.take(), { "$ref": "#/$defs/variable" }]));
    *schema = Value::Object(outer);
}
