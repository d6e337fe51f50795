//! `prepare.select` as a step.

use std::collections::BTreeMap;

use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Panel};
use neuroloom_core::{
    Description, Error, Figure, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan, Summary, Table, TableKind, Unit,
};
use neuroloom_table::{Columns, kinds};

use super::restrict::Supports;
use super::{SelectParams, choice, restrict, units};
use crate::interval_selector::supports_of;

/// The ports, in and out.
const PORTS: [(&str, TableKind, &str); 4] = [
    ("spikes", kinds::SPIKES, "Spike trains"),
    ("traces", kinds::TRACES, "Traces"),
    ("behaviour", kinds::BEHAVIOUR, "Behaviour signals"),
    ("intervals", kinds::INTERVALS, "Intervals"),
];

/// The step `prepare.select`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SelectStep;

impl Step for SelectStep {
    type Params = SelectParams;
    const ID: &'static str = "prepare.select";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        let port =
            |(name, kind, doc): (&'static str, TableKind, &'static str)| PortSpec::optional(name, kind, doc);
        Description {
            title: "Selection of recordings, units, signals, intervals and time",
            about: "Every connected table comes out with the rows that meet all criteria. With `restrict_to`, only \
                    spikes and samples inside the chosen intervals stay, and spike trains say so in observed_start_s \
                    and observed_stop_s. A name that does not occur, or a selection of nothing, is an error.",
            reference: None,
            inputs: PORTS.into_iter().map(port).collect(),
            outputs: PORTS.into_iter().map(port).collect(),
        }
    }

    fn plan(&self, _: &PlanContext, params: &SelectParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let connected =
            || PORTS.into_iter().filter_map(|(port, kind, _)| Some((port, kind, inputs.optional(port)?)));
        let values = connected().flat_map(|(_, _, table)| [table.dim("spikes"), table.dim("samples")]);
        let memory = values.flatten().fold(0_u64, |sum, n| sum.saturating_add(n.saturating_mul(40)));
        // A selection can only shrink, and by how much the data alone can tell.
        let plan = StepPlan::new(Resources::memory(memory));
        Ok(connected().fold(plan, |plan, (port, kind, _)| plan.output(port, kind, [])))
    }

    fn run(&self, ctx: &RunContext, params: &SelectParams, inputs: &Inputs) -> Result<StepOutput> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let supports = supports_of(params.restrict_to.as_ref(), inputs.optional("intervals"))?;
        let mut output = StepOutput::default();
        for (port, _, _) in PORTS {
            let Some(table) = inputs.optional(port) else { continue };
            ctx.check_cancelled()?;
            let selected = select(port, table, params, supports.as_ref())?;
            check_some_left(params, table, &selected)?;
            output.summary = describe_port(output.summary, port, table, &selected)?;
            output = output.table(port, selected);
        }
        output.summary = warn_of_lost_recordings(output.summary, inputs, supports.as_ref())?;
        Ok(output)
    }
}

fn check_connected(params: &SelectParams, connected: impl Fn(&str) -> bool) -> Result<()> {
    if !PORTS.iter().any(|(port, _, _)| connected(port)) {
        return Err(Error::params("there is nothing to select from")
            .expected("at least one of the inputs spikes, traces, behaviour, intervals")
            .found("none connected"));
    }
    let (spikes, traces) = (connected("spikes"), connected("traces"));
    let criteria = [
        ("regions", params.regions.is_some(), spikes || traces, "`spikes` or `traces`"),
        ("unit_ids", params.unit_ids.is_some(), spikes || traces, "`spikes` or `traces`"),
        ("quality", params.quality.is_some(), spikes, "`spikes`"),
        ("min_rate_hz", params.min_rate_hz.is_some(), spikes, "`spikes`"),
        ("min_spikes", params.min_spikes.is_some(), spikes, "`spikes`"),
        ("cells_only", params.cells_only, traces, "`traces`"),
        ("trace_signals", params.trace_signals.is_some(), traces, "`traces`"),
        ("behaviour_signals", params.behaviour_signals.is_some(), connected("behaviour"), "`behaviour`"),
        ("intervals", params.intervals.is_some(), connected("intervals"), "`intervals`"),
        ("restrict_to", params.restrict_to.is_some(), connected("intervals"), "`intervals`"),
    ];
    match criteria.iter().find(|(_, given, possible, _)| *given && !possible) {
        None => Ok(()),
        Some((parameter, _, _, port)) => Err(Error::params(format!(
            "`{parameter}` is given, but the input that it chooses from is not connected"
        ))
        .at_object(*parameter)
        .expected(format!("the input {port}"))
        .hint("connect the input, or leave the parameter out")),
    }
}

fn select(port: &str, table: &Table, params: &SelectParams, supports: Option<&Supports>) -> Result<Table> {
    let restricted = |table: Table, restrict: fn(&Table, &Supports) -> Result<Table>| {
        supports.map_or_else(|| Ok(table.clone()), |supports| restrict(&table, supports))
    };
    match port {
        "spikes" => {
            let named = units::by_name(table, params)?;
            units::by_activity(&restricted(named, restrict::spikes)?, params)
        }
        "traces" => restricted(choice::traces(table, params)?, restrict::traces),
        "behaviour" => restricted(choice::behaviour(table, params)?, restrict::behaviour),
        _ => choice::intervals(table, params),
    }
}

/// # Errors
/// When the restriction to intervals left no row of a table that held some.
fn check_some_left(params: &SelectParams, before: &Table, after: &Table) -> Result<()> {
    match &params.restrict_to {
        Some(restrict_to) if before.n_rows() > 0 && after.n_rows() == 0 => {
            Err(Error::data(format!("nothing is left of the {}", before.kind()))
                .at_object("restrict_to")
                .expected(format!("data inside {restrict_to}"))
                .found("none: other recordings, or other times"))
        }
        _ => Ok(()),
    }
}

fn describe_port(summary: Summary, port: &str, before: &Table, after: &Table) -> Result<Summary> {
    let summary = summary.text(port, format!("{} of {} rows", after.n_rows(), before.n_rows()));
    if port != "spikes" {
        return Ok(summary);
    }
    let (regions, times) = (after.text("region")?, after.lists("spike_times_s")?);
    let mut units: BTreeMap<&str, f64> = BTreeMap::new();
    for row in 0..after.n_rows() {
        *units.entry(regions.get(row).unwrap_or("unknown")).or_default() += 1.0;
    }
    let kept: usize = (0..after.n_rows()).map(|row| times.length(row)).sum();
    let bars = Bars {
        groups: units.keys().map(|&region| region.to_owned()).collect(),
        series: vec![BarSeries {
            name: String::new(),
            values: units.into_values().collect(),
            errors: Vec::new(),
        }],
    };
    let panel = Panel {
        title: String::new(),
        x: Axis::new("region"),
        y: Axis::new(format!("units ({})", Unit::ONE)),
        content: Content::Bars(bars),
    };
    let figure =
        Figure::new("units", "Selected units", "Units that were kept, by brain region.").panel(panel);
    Ok(summary.count("spikes kept", kept).figure(figure))
}

/// Recordings without one of the intervals lose their rows; that should not go unseen.
fn warn_of_lost_recordings(
    summary: Summary,
    inputs: &Inputs,
    supports: Option<&Supports>,
) -> Result<Summary> {
    let Some(supports) = supports else { return Ok(summary) };
    let mut lost = std::collections::BTreeSet::new();
    for (port, _, _) in PORTS.into_iter().filter(|(port, _, _)| *port != "intervals") {
        let Some(table) = inputs.optional(port) else { continue };
        let recordings = table.text("recording_id")?;
        let names = (0..table.n_rows()).filter_map(|row| recordings.get(row));
        lost.extend(names.filter(|name| !supports.contains_key(*name)));
    }
    if lost.is_empty() {
        return Ok(summary);
    }
    Ok(summary.warn(format!(
        "recordings without one of the intervals `restrict_to` are left out: {}",
        crate::listing(lost)
    )))
}
