//! `prepare.split` as a step.

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, TableKind, Unit,
};
use neuroloom_table::kinds;

use super::blocks::{self, Block, time_blocks, time_to_split};
use super::units::HeldOut;
use super::{Part, SplitParams, trials};

/// Tables of units, and the ports for the units that are held out of them.
const UNITS: [(&str, &str, TableKind); 2] =
    [("spikes", "held_out_spikes", kinds::SPIKES), ("traces", "held_out_traces", kinds::TRACES)];

/// The step `prepare.split`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SplitStep;

impl Step for SplitStep {
    type Params = SplitParams;
    const ID: &'static str = "prepare.split";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        let units = |doc| UNITS.map(|(port, _, kind)| PortSpec::optional(port, kind, doc));
        let mut inputs = vec![PortSpec::optional(
            "intervals",
            kinds::INTERVALS,
            "The trials to split, and the intervals inside which time is",
        )];
        inputs.extend(units("Units of which some are held out"));
        let tagged = "The trials, tagged train, valid or test";
        let mut outputs = vec![PortSpec::optional("intervals", kinds::INTERVALS, tagged)];
        outputs.push(PortSpec::optional(
            "blocks",
            kinds::INTERVALS,
            "Blocks of time, tagged train, valid or test",
        ));
        outputs.extend(units("The units that are held in"));
        outputs.extend(
            UNITS.map(|(_, port, kind)| PortSpec::optional(port, kind, "The units that are held out")),
        );
        Description {
            title: "Training, validation and test trials or time; held-out units",
            about: "Deals the trials of every recording to train, valid and test by chance, in exact shares, if \
                    wanted in each stratum. The part is the column `split` and one more tag, so that every step that \
                    chooses intervals by `tag` can choose a part. Time is cut into blocks, which are dealt in the same \
                    way or follow each other, with a gap between parts. Units are held out recording by recording, the \
                    same ones in spikes and traces.",
            reference: None,
            inputs,
            outputs,
        }
    }

    fn plan(&self, _: &PlanContext, params: &SplitParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let tables = UNITS.iter().filter_map(|(port, _, _)| inputs.optional(port));
        let values = tables.flat_map(|table| [table.dim("samples"), table.dim("spikes")]).flatten();
        let memory = values.fold(0_u64, |sum, n| sum.saturating_add(n.saturating_mul(24)));
        let mut plan = StepPlan::new(Resources::memory(memory));
        if let Some(intervals) = inputs.optional("intervals").filter(|_| params.trials.is_some()) {
            plan = plan.output("intervals", kinds::INTERVALS, intervals.dims.clone());
        }
        if params.blocks.is_some() {
            plan = plan.output("blocks", kinds::INTERVALS, []);
        }
        for (port, held_out, kind) in UNITS {
            if params.held_out_units.is_some() && inputs.optional(port).is_some() {
                plan = plan.output(port, kind, []).output(held_out, kind, []);
            }
        }
        Ok(plan)
    }

    fn run(&self, ctx: &RunContext, params: &SplitParams, inputs: &Inputs) -> Result<StepOutput> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let mut output = StepOutput::default();
        if let (Some(selector), Some(intervals)) = (&params.trials, inputs.optional("intervals")) {
            let parts = trials::parts(intervals, selector, params, ctx.seed().child("trials"))?;
            for part in Part::ALL {
                let n = parts.iter().filter(|own| **own == Some(part)).count();
                output.summary = output.summary.count(format!("{} trials", part.name()), n);
            }
            output = output.table("intervals", trials::tagged(intervals, &parts)?);
        }
        if let Some(blocks) = &params.blocks {
            let [spikes, traces] = UNITS.map(|(port, _, _)| inputs.optional(port));
            let times = time_to_split(blocks, inputs.optional("intervals"), spikes, traces)?;
            let mut cut: BTreeMap<String, Vec<Block>> = BTreeMap::new();
            for (recording, time) in times {
                let seed = ctx.seed().child("blocks").child(&recording);
                cut.insert(recording, time_blocks(&time, blocks, params.fractions, seed)?);
            }
            output.summary = describe(output.summary, &cut);
            output = output.table("blocks", blocks::table(&cut)?);
        }
        if let Some(share) = params.held_out_units {
            let tables = UNITS.iter().filter_map(|(port, _, _)| inputs.optional(port));
            let units = HeldOut::choose(tables, share, ctx.seed().child("units"))?;
            for (port, held_out, _) in UNITS {
                let Some(table) = inputs.optional(port) else { continue };
                let [inside, outside] = units.separate(table)?;
                output = output.table(port, inside).table(held_out, outside);
            }
            output.summary = units.describe(output.summary);
        }
        Ok(output)
    }
}

/// Adds how many blocks each part has, and how long they are together.
fn describe(mut summary: Summary, blocks: &BTreeMap<String, Vec<Block>>) -> Summary {
    for part in Part::ALL {
        let own = || blocks.values().flatten().filter(|block| block.part == part);
        let name = part.name();
        summary = summary.count(format!("{name} blocks"), own().count());
        summary = summary.number(
            format!("{name} time"),
            own().map(|block| block.span.duration_s()).sum(),
            Unit::SECOND,
        );
    }
    summary
}

fn check_connected(params: &SplitParams, connected: impl Fn(&str) -> bool) -> Result<()> {
    let missing = |parameter: &str, port: &str| {
        Err(Error::params(format!("`{parameter}` is given, but the input that it splits is not connected"))
            .at_object(parameter)
            .expected(format!("the input {port}"))
            .hint("connect the input, or leave the parameter out"))
    };
    if params.trials.is_some() && !connected("intervals") {
        return missing("trials", "`intervals`");
    }
    let units = UNITS.iter().any(|(port, _, _)| connected(port));
    match &params.blocks {
        Some(blocks) if blocks.within.is_some() && !connected("intervals") => {
            return missing("blocks.within", "`intervals`");
        }
        Some(blocks) if blocks.within.is_none() && !units => {
            return missing("blocks", "`spikes` or `traces`");
        }
        _ => {}
    }
    if params.held_out_units.is_some() && !units {
        return missing("held_out_units", "`spikes` or `traces`");
    }
    Ok(())
}
