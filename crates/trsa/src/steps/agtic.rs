//! `rsa.agtic`

use neuroloom_core::{
    Description, Dims, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table,
};
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures_topology::{DependenceMap, dependence_figure};
use super::rdm_warnings::warn_about;
use super::tables::{BYTES_PER_ROW, read_rdms};
use crate::agtic::{Outcome, Permutations, Scale, Side, Statistic, Variant, test};
use crate::{Rdm, RsaError};

/// `rsa.agtic`: dependence of representations at the scale where it is strongest.
#[derive(Clone, Copy, Debug)]
pub struct TestDependence;

/// Parameters of `rsa.agtic`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgticParams {
    /// What distances between the thresholds become: 1 they stay, 2 they rise from 0 to the upper threshold, 3 they rise from
    /// 0 to the largest distance.
    #[serde(default = "one")]
    pub variant: u8,
    /// What a threshold between 0 and 1 means.
    #[serde(default)]
    pub thresholds: ThresholdScale,
    /// Thresholds from 0 to 1 on each side, 2 to 64: n (n - 1)/2 cells per side.
    #[serde(default = "ten")]
    pub n_levels: usize,
    /// Permutations for the p values; 0 for none.
    #[serde(default = "thousand")]
    pub n_permutations: usize,
    /// Permutations for the mean map that ratios refer to, at least 1.
    #[serde(default = "hundred")]
    pub n_search: usize,
}

fn one() -> u8 {
    1
}

fn ten() -> usize {
    10
}

fn hundred() -> usize {
    100
}

fn thousand() -> usize {
    1000
}

/// What a threshold between 0 and 1 means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdScale {
    /// A share of the largest distance.
    #[default]
    Maximum,
    /// A quantile of the distances.
    Quantile,
}

impl AgticParams {
    fn side(&self, rdm: &Rdm) -> Result<Side, RsaError> {
        let variant = match self.variant {
            2 => Variant::ToThreshold,
            3 => Variant::ToMaximum,
            _ => Variant::Keep,
        };
        let scale = match self.thresholds {
            ThresholdScale::Maximum => Scale::Maximum,
            ThresholdScale::Quantile => Scale::Quantile,
        };
        Side::new(rdm, self.n_levels, variant, scale)
    }

    fn n_cells(&self) -> u64 {
        let n = self.n_levels as u64;
        n * n.saturating_sub(1) / 2
    }
}

impl StepParams for AgticParams {
    fn check(&self, issues: &mut ParamIssues) {
        let (variant, levels) = (self.variant, self.n_levels);
        issues.require((1..=3).contains(&variant), "variant", || format!("must be 1, 2 or 3, got {variant}"));
        issues.require((2..=64).contains(&levels), "n_levels", || {
            format!("must be from 2 to 64, got {levels}")
        });
        issues.require(self.n_search >= 1, "n_search", || "must be at least 1, got 0".into());
    }
}

impl Step for TestDependence {
    type Params = AgticParams;
    const ID: &'static str = "rsa.agtic";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Dependence of two representations at its best scale (AGTIC)",
            about: "Do two representations of the same conditions depend on one another, and at which scale? Each distance matrix a is cut by thresholds of its own, l and u as shares of its maximum (or quantiles): \
                0 where a <= l max, max where a >= u max, and between (variant 1) a, (2) u (a - l max)/(u - l), (3) max (a - l max)/((u - l) max). \
                With A, B double-centred: dCov^2 = mean(A o B), dCor = sqrt(|dCov^2|/sqrt(dVar_a dVar_b)) for all pairs of cells l < u of both sides. \
                Statistics: max over the cells; max_ratio = max of map/H0 with the mean H0 over `n_search` permutations; max_normalised = max of 1 + (map/H0 - 1)/sd over permutations and the data. \
                p = (1 + count)/(1 + n) of permutations of the conditions of the reference whose statistic is not below. \
                Distances, not their squares, are meant: take `rsa.transform` with `sqrt` first where they are squared.",
            reference: Some(
                "Lin & Kriegeskorte 2018, Adaptive geo-topological independence criterion, arXiv 1810.02923; Szekely, Rizzo & Bakirov 2007, Ann Stat 35:2769",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::optional(
                    "references",
                    kinds::RDMS,
                    "The RDMs that they are compared with; without them, every RDM with those after it",
                ),
            ],
            outputs: vec![
                PortSpec::required("tests", kinds::AGTIC_TESTS, "Statistics and p values"),
                PortSpec::required("map", kinds::AGTIC, "Distance correlation of every cell"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &AgticParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rdms = inputs.required("rdms")?;
        let n_rdms = rdms.dim("rdms");
        let n_compared = match inputs.optional("references") {
            Some(references) => n_rdms.zip(references.dim("rdms")).map(|(n, m)| n.saturating_mul(m)),
            None => n_rdms.map(|n| n * n.saturating_sub(1) / 2),
        };
        let cells = params.n_cells().saturating_mul(params.n_cells());
        let map: Dims = n_compared.map(|n| ("rows", n.saturating_mul(cells))).into_iter().collect();
        let tests: Dims = n_compared
            .map(|n| ("rows", n.saturating_mul(if params.n_permutations == 0 { 1 } else { 3 })))
            .into_iter()
            .collect();
        let entries = rdms.dim("pairs").unwrap_or(1).saturating_add(rdms.dim("conditions").unwrap_or(1));
        let features = (n_rdms.unwrap_or(1) + 2 * ctx.threads as u64)
            .saturating_mul(params.n_cells())
            .saturating_mul(entries)
            .saturating_mul(8);
        let rows = n_compared.unwrap_or(1).saturating_mul(cells).saturating_mul(BYTES_PER_ROW);
        let bytes = features.saturating_add(rows).saturating_add(cells.saturating_mul(8 * 40));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("tests", kinds::AGTIC_TESTS, tests)
            .output("map", kinds::AGTIC, map))
    }

    fn run(&self, ctx: &RunContext, params: &AgticParams, inputs: &Inputs) -> Result<StepOutput> {
        let rdms = read_rdms(inputs.required("rdms")?)?;
        let references = inputs.optional("references").map(read_rdms).transpose()?;
        let compared = compared(&rdms, references.as_deref())?;
        let progress = ctx.begin("dependence", Some(compared.len() as u64));
        let permutations = Permutations {
            n: params.n_permutations,
            n_search: params.n_search,
            seed: ctx.seed().child("agtic"),
        };
        let mut found = Vec::with_capacity(compared.len());
        let mut sides = None;
        for (x, y) in compared {
            let (side_x, side_y) = (params.side(x)?, params.side(y.in_order_of(x)?.as_ref())?);
            let outcome = test(&side_x, &side_y, permutations, || ctx.check_cancelled())?;
            found.push(Found { x: x.name(), y: y.name(), outcome });
            sides.get_or_insert((side_x, side_y));
            progress.advance(1);
        }
        let Some((side_x, side_y)) = sides else { return Err(nothing_to_compare(rdms.len())) };
        let summary = summarise(warn_about(Summary::default(), &rdms), &found, (&side_x, &side_y));
        let cells = (side_x.cells(), side_y.cells());
        Ok(StepOutput::new(summary)
            .table("tests", tests_table(&found, cells)?)
            .table("map", map_table(&found, cells)?))
    }
}

/// A pair of RDMs with what was found. All pairs have the same cells.
struct Found<'a> {
    x: &'a str,
    y: &'a str,
    outcome: Outcome,
}

type Cells<'a> = (&'a [(f64, f64)], &'a [(f64, f64)]);

fn compared<'a>(rdms: &'a [Rdm], references: Option<&'a [Rdm]>) -> Result<Vec<(&'a Rdm, &'a Rdm)>> {
    Ok(match references {
        Some(references) => rdms.iter().flat_map(|x| references.iter().map(move |y| (x, y))).collect(),
        None if rdms.len() < 2 => return Err(nothing_to_compare(rdms.len())),
        None => crate::pairs(rdms.len()).map(|(i, j)| (&rdms[i], &rdms[j])).collect(),
    })
}

fn nothing_to_compare(n_rdms: usize) -> Error {
    Error::data("there is no pair of RDMs")
        .expected("two RDMs, or `references`")
        .found(format!("{n_rdms} RDMs"))
}

fn tests_table(found: &[Found<'_>], (cells_x, cells_y): Cells<'_>) -> Result<Table> {
    let rows = || found.iter().flat_map(|pair| pair.outcome.statistics.iter().map(move |test| (pair, test)));
    let of_x = |test: &Statistic| cells_x.get(test.cell.0).copied().unwrap_or((f64::NAN, f64::NAN));
    let of_y = |test: &Statistic| cells_y.get(test.cell.1).copied().unwrap_or((f64::NAN, f64::NAN));
    TableBuilder::new(kinds::AGTIC_TESTS)
        .text("rdm_id", rows().map(|(pair, _)| pair.x))
        .text("reference_id", rows().map(|(pair, _)| pair.y))
        .text("statistic", rows().map(|(_, test)| test.kind.name()))
        .numbers("value", rows().map(|(_, test)| test.value))
        .optional_numbers("p", rows().map(|(_, test)| test.p))
        .integers("n_permutations", rows().map(|(pair, _)| pair.outcome.n_permutations as i64))
        .numbers("l_x", rows().map(|(_, test)| of_x(test).0))
        .numbers("u_x", rows().map(|(_, test)| of_x(test).1))
        .numbers("l_y", rows().map(|(_, test)| of_y(test).0))
        .numbers("u_y", rows().map(|(_, test)| of_y(test).1))
        .finish()
}

fn map_table(found: &[Found<'_>], (cells_x, cells_y): Cells<'_>) -> Result<Table> {
    let rows = || {
        found
            .iter()
            .flat_map(|pair| pair.outcome.map.indexed_iter().map(move |(cell, &dcor)| (pair, cell, dcor)))
    };
    TableBuilder::new(kinds::AGTIC)
        .text("rdm_id", rows().map(|(pair, ..)| pair.x))
        .text("reference_id", rows().map(|(pair, ..)| pair.y))
        .numbers("l_x", rows().map(|(_, (i, _), _)| cells_x[i].0))
        .numbers("u_x", rows().map(|(_, (i, _), _)| cells_x[i].1))
        .numbers("l_y", rows().map(|(_, (_, j), _)| cells_y[j].0))
        .numbers("u_y", rows().map(|(_, (_, j), _)| cells_y[j].1))
        .optional_numbers("dcor", rows().map(|(.., dcor)| (!dcor.is_nan()).then_some(dcor)))
        .finish()
}

fn summarise(mut summary: Summary, found: &[Found<'_>], sides: (&Side, &Side)) -> Summary {
    const SHOWN: usize = 12;
    for pair in found.iter().take(SHOWN) {
        let words = pair.outcome.statistics.iter().map(|test| match test.p {
            Some(p) => format!("{} {:.3} (p = {p:.3})", test.kind.name(), test.value),
            None => format!("{} {:.3}", test.kind.name(), test.value),
        });
        let words: Vec<String> = words.collect();
        summary = summary.text(format!("{} and {}", pair.x, pair.y), words.join(", "));
    }
    let maps: Vec<DependenceMap> = found
        .iter()
        .map(|pair| DependenceMap {
            title: format!("{} and {}", pair.x, pair.y),
            values: pair.outcome.map.clone(),
        })
        .collect();
    summary.figure(dependence_figure(sides, &maps))
}
