//! The list of steps, with their types hidden so that the pipeline can hold them side by side.

use std::any::Any;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::params::parse_all;
use crate::{
    Description, Error, Inputs, ParamIssue, ParamIssues, PlanContext, PlannedInputs, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan,
};

/// Parameters that were read and checked.
#[derive(Clone)]
pub struct CheckedParams {
    canonical: Value,
    typed: Arc<dyn Any + Send + Sync>,
}

impl CheckedParams {
    /// All parameters, defaults included, as JSON: what the cache key, `explain` and the report see.
    pub fn canonical(&self) -> &Value {
        &self.canonical
    }

    fn typed<P: 'static>(&self) -> Result<&P> {
        self.typed.downcast_ref().ok_or_else(|| Error::internal("the parameters belong to another step"))
    }
}

impl fmt::Debug for CheckedParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedParams({})", self.canonical)
    }
}

/// A [`Step`] whose parameter type is hidden.
pub trait ErasedStep: Send + Sync {
    /// `family.verb`.
    fn id(&self) -> &'static str;
    /// Semantic version of the results.
    fn version(&self) -> u32;
    /// Whether it draws random numbers.
    fn random(&self) -> bool;
    /// What it is.
    fn describe(&self) -> Description;
    /// JSON Schema of the parameters.
    fn params_schema(&self) -> Value;
    /// Reads and checks parameters.
    ///
    /// # Errors
    /// Everything that is wrong with them, not only the first.
    fn check(&self, params: &Value) -> Result<CheckedParams, Vec<ParamIssue>>;
    /// See [`Step::files`].
    ///
    /// # Errors
    /// As the step's own.
    fn files(&self, params: &CheckedParams, base: &Path) -> Result<Vec<PathBuf>>;
    /// See [`Step::plan`].
    ///
    /// # Errors
    /// As the step's own.
    fn plan(&self, ctx: &PlanContext, params: &CheckedParams, inputs: &PlannedInputs) -> Result<StepPlan>;
    /// See [`Step::run`].
    ///
    /// # Errors
    /// As the step's own.
    fn run(&self, ctx: &RunContext, params: &CheckedParams, inputs: &Inputs) -> Result<StepOutput>;
}

impl<S: Step> ErasedStep for S {
    fn id(&self) -> &'static str {
        S::ID
    }

    fn version(&self) -> u32 {
        S::VERSION
    }

    fn random(&self) -> bool {
        S::RANDOM
    }

    fn describe(&self) -> Description {
        Step::describe(self)
    }

    fn params_schema(&self) -> Value {
        schemars::schema_for!(S::Params).to_value()
    }

    fn check(&self, params: &Value) -> Result<CheckedParams, Vec<ParamIssue>> {
        let typed: S::Params = parse_all(params, || self.params_schema())?;
        let mut issues = ParamIssues::default();
        typed.check(&mut issues);
        if !issues.is_empty() {
            return Err(issues.into_vec());
        }
        let canonical = serde_json::to_value(&typed).map_err(|e| {
            vec![ParamIssue { path: String::new(), message: format!("cannot be recorded: {e}"), hint: None }]
        })?;
        Ok(CheckedParams { canonical, typed: Arc::new(typed) })
    }

    fn files(&self, params: &CheckedParams, base: &Path) -> Result<Vec<PathBuf>> {
        Step::files(self, params.typed()?, base)
    }

    fn plan(&self, ctx: &PlanContext, params: &CheckedParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        Step::plan(self, ctx, params.typed()?, inputs)
    }

    fn run(&self, ctx: &RunContext, params: &CheckedParams, inputs: &Inputs) -> Result<StepOutput> {
        Step::run(self, ctx, params.typed()?, inputs)
    }
}

/// All steps that there are, sorted by id.
#[derive(Default)]
pub struct Registry(Vec<Arc<dyn ErasedStep>>);

impl Registry {
    /// Adds a step. A step of the same id is replaced.
    #[must_use]
    pub fn with(mut self, step: impl Step) -> Self {
        let id = step.id();
        self.0.retain(|other| other.id() != id);
        self.0.push(Arc::new(step));
        self.0.sort_by_key(|step| step.id());
        self
    }

    /// The step called `id`: `rsa.rdm`.
    pub fn get(&self, id: &str) -> Option<&Arc<dyn ErasedStep>> {
        self.0.iter().find(|step| step.id() == id)
    }

    /// All steps, sorted by id.
    pub fn steps(&self) -> &[Arc<dyn ErasedStep>] {
        &self.0
    }

    /// The id nearest to a misspelt one, if any is near.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        crate::params::nearest(id, self.0.iter().map(|step| step.id()))
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Params {
        /// Rank.
        rank: u32,
        #[serde(default)]
        kernel: Kernel,
        #[serde(default)]
        mode: Mode,
        #[serde(default)]
        units: Vec<u32>,
    }

    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Kernel {
        #[serde(default)]
        sigma_s: f64,
    }

    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        #[default]
        Fast,
        Exact,
    }

    impl StepParams for Params {
        fn check(&self, issues: &mut ParamIssues) {
            issues.require(self.rank >= 1, "rank", || format!("must be at least 1, got {}", self.rank));
        }
    }

    struct Probe;

    impl Step for Probe {
        type Params = Params;
        const ID: &'static str = "test.probe";
        const VERSION: u32 = 1;

        fn describe(&self) -> Description {
            Description { title: "", about: "", reference: None, inputs: vec![], outputs: vec![] }
        }

        fn plan(&self, _: &PlanContext, _: &Params, _: &PlannedInputs) -> Result<StepPlan> {
            Ok(StepPlan::default())
        }

        fn run(&self, _: &RunContext, _: &Params, _: &Inputs) -> Result<StepOutput> {
            Ok(StepOutput::default())
        }
    }

    fn issues(params: Value) -> Vec<(String, String)> {
        let issues = Probe.check(&params).unwrap_err();
        issues.into_iter().map(|issue| (issue.path, issue.message)).collect()
    }

    #[test]
    fn every_mistake_is_reported_with_its_path() {
        let found = issues(json!({"rnak": 3, "kernel": {"sigma_s": "wide"}, "mode": "exakt"}));
        let mut paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(paths, ["kernel.sigma_s", "mode", "rank", "rnak"], "{found:?}");
    }

    #[test]
    fn items_are_named_by_their_place_in_the_list_as_given() {
        let found = issues(json!({"rank": 3, "units": [1, "a", 2, "b", "c", 3]}));
        let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["units.1", "units.3", "units.4"]);
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        let issues = Probe.check(&json!({"rank": 3, "mode": "exat"})).unwrap_err();
        assert_eq!(issues[0].hint.as_deref(), Some("did you mean `exact`?"));
    }

    #[test]
    fn a_wrong_type_is_not_also_reported_as_missing() {
        assert_eq!(issues(json!({"rank": "three"})).len(), 1);
    }

    #[test]
    fn defaults_are_part_of_the_canonical_form() {
        let checked = Probe.check(&json!({"rank": 3})).unwrap();
        assert_eq!(
            checked.canonical(),
            &json!({"rank": 3, "kernel": {"sigma_s": 0.0}, "mode": "fast", "units": []})
        );
    }

    #[test]
    fn a_misspelt_step_has_a_neighbour() {
        let registry = Registry::default().with(Probe);
        assert_eq!(registry.nearest("test.prob"), Some("test.probe"));
        assert!(registry.get("test.prob").is_none());
    }
}
