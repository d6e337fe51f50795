//! Checks a developer runs before committing, cheapest first: `cargo xtask check`.
//!
//! `cargo xtask schemas` writes the generated files in `schemas/`; `check` fails when they are stale.
#![allow(clippy::disallowed_methods, reason = "a tool for developers, whose faults are seen at once")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The generated files, and the arguments of `neuroloom` that print them.
const SCHEMAS: [(&str, [&str; 2]); 2] =
    [("schemas/pipeline.schema.json", ["schema", "pipeline"]), ("schemas/tables.json", ["schema", "tables"])];

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("check") => check(),
        Some("lint") => lint(),
        Some("schemas") => write_schemas(),
        Some("schemas-stale") => schemas_stale(),
        other => Err(format!("expected check, lint, schemas or schemas-stale, found {other:?}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), String> {
    lint()?;
    schemas_stale()?;
    cargo(&["test", "--release"])
}

fn lint() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn schemas_stale() -> Result<(), String> {
    for (file, arguments) in SCHEMAS {
        let committed = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        if committed != generated(&arguments)? {
            return Err(format!("{file} is stale: run `cargo xtask schemas` and commit it"));
        }
    }
    println!("schemas are fresh");
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a developer's tool, not the product")]
fn write_schemas() -> Result<(), String> {
    for (file, arguments) in SCHEMAS {
        std::fs::write(root().join(file), generated(&arguments)?).map_err(|e| format!("{file}: {e}"))?;
    }
    Ok(())
}

fn generated(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(cargo_path());
    command.args(["run", "--quiet", "--release", "--package", "neuroloom", "--"]).args(arguments);
    let output = command.current_dir(root()).output().map_err(|e| format!("cannot run cargo: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8(output.stdout).map_err(|e| format!("the schema is not UTF-8: {e}"))
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    println!("cargo {}", arguments.join(" "));
    let status = Command::new(cargo_path()).args(arguments).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {} ended with {status}", arguments.join(" "))),
        Err(e) => Err(format!("cannot run cargo: {e}")),
    }
}

fn cargo_path() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Asked of cargo when it runs, not when it compiled: two checkouts may share a target folder.
fn root() -> PathBuf {
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    package.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
