//! Declarative pipelines: YAML to a checked plan, a cache and a run.
