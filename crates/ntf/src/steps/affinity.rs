//! `ntf.affinity`

mod choose;
mod figures;
mod params;
mod read;
mod report;
mod table;
mod tensor;

use ndarray::Array2;
use neuroloom_core::{
    Description, Dims, Error, Inputs, PlanContext, PlannedInputs, PlannedTable, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepPlan, TableKind,
};
use neuroloom_table::kinds;

use self::choose::Chosen;
use self::params::{DEFAULT_SIGMA, Scale};
use self::read::Recording;
use self::report::Report;
use crate::affinity::{
    AffinityError, AffinityOptions, DenseAffinity, DifferentialAffinity, mask_gappy, observed,
    scale_to_unit_norm, sum_of_squares,
};
use crate::{ImplicitAffinity, Worm};

pub use params::AffinityParams;
pub use table::read_affinity;

/// Peak memory per sample, 64 bits each: in the table, as lists, as roots, and in the column of roots, which doubles
/// when it is full and then stands there twice.
const BYTES_PER_SAMPLE: u64 = 8 * 6;

/// The step `ntf.affinity`.
#[derive(Clone, Copy, Debug, Default)]
pub struct AffinityStep;

impl Step for AffinityStep {
    type Params = AffinityParams;
    const ID: &'static str = "ntf.affinity";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Differential affinity: which neurons change together, when and in whom",
            about: "Two neurons have an affinity at a time when both rise or both fall. Every trace is normalised, \
                    its derivative g is taken with the derivative of a Gaussian (sigma; a ramp of slope 1 gives 1), \
                    and a_ij(t) = (|g_i| |g_j|)^(power/2) where both have one sign, else 0; a_ii = 0. Animals share \
                    their neurons by name; pairs of a neuron that an animal lacks are masked, not 0. The tensor \
                    time x animal x pair is not stored: the signed roots h = sign(g) |g|^(power/2) say all of it \
                    and are as small as the traces. The definition is our own; its idea is that of the reference.",
            reference: Some(
                "inspired by Dyballa et al. 2024, Learning dynamic representations of the functional connectome in \
                 neurobiological networks, ICLR, arXiv 2402.14102",
            ),
            inputs: vec![
                PortSpec::required(
                    "traces",
                    TableKind::ANY,
                    "Activity on one clock: traces (unit_id is the name of the neuron) or homogenised",
                ),
                PortSpec::optional(
                    "recordings",
                    kinds::HOMOGENISED_RECORDINGS,
                    "Clocks of homogenised recordings; needed with them",
                ),
            ],
            outputs: vec![
                PortSpec::optional("affinity", kinds::AFFINITY, "Signed roots of the tensor (implicit form)"),
                PortSpec::optional("tensor", kinds::TENSOR, "All entries of the tensor (dense form)"),
                PortSpec::optional("modes", kinds::TENSOR_MODES, "Labels of its modes (dense form)"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &AffinityParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        read::check_kind(traces.kind, inputs.optional("recordings").is_some())?;
        let dims = dims(params, traces);
        let samples = |name: &str| traces.dim(name).unwrap_or(1);
        let roots = samples("units").saturating_mul(samples("samples")).saturating_mul(BYTES_PER_SAMPLE);
        if !params.is_dense() {
            let plan = StepPlan::new(Resources::memory(roots).cores(ctx.threads));
            return Ok(plan.output("affinity", kinds::AFFINITY, dims));
        }
        let bytes = roots.saturating_add(tensor::planned_bytes(params, &dims));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("tensor", kinds::TENSOR, [])
            .output("modes", kinds::TENSOR_MODES, []))
    }

    fn run(&self, ctx: &RunContext, params: &AffinityParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required("traces")?;
        let recordings = read::recordings(table, inputs.optional("recordings"), params.signal.as_deref())?;
        let chosen = Chosen::of(&recordings, params)?;
        let affinity = DifferentialAffinity::new(options(params, chosen.grid.dt_s))?;
        let progress = ctx.begin("affinity", Some(recordings.len() as u64));
        let mut report = Report::new(params, &chosen);
        let mut all_roots = Vec::with_capacity(recordings.len());
        for recording in recordings {
            ctx.check_cancelled()?;
            all_roots.push(roots(recording, &chosen, &affinity, params, &mut report)?);
            progress.advance(1);
        }
        if params.is_dense() {
            let dense = DenseAffinity::new(&all_roots, params.combine, params.layout.into());
            tensor::check_memory(&dense, params)?;
            let summary = report.finish(&all_roots);
            return Ok(StepOutput::new(summary)
                .table("tensor", tensor::tensor_table(&dense)?)
                .table("modes", tensor::modes_table(&dense, &chosen)?));
        }
        let summary = report.finish(&all_roots);
        Ok(StepOutput::new(summary)
            .table("affinity", table::affinity_table(&implicit(all_roots, chosen, params))?))
    }
}

/// The sizes that are known before the traces are read.
fn dims(params: &AffinityParams, traces: &PlannedTable) -> Dims {
    let units = match (&params.neurons, traces.dim("recordings")) {
        (Some(neurons), _) => Some(neurons.len() as u64),
        // Of several recordings, it depends on the names how many neurons there are.
        (None, Some(1)) => traces.dim("units"),
        (None, _) => None,
    };
    [("recordings", traces.dim("recordings")), ("units", units), ("samples", traces.dim("samples"))]
        .into_iter()
        .filter_map(|(name, size)| Some((name, size?)))
        .collect()
}

fn options(params: &AffinityParams, dt_s: f64) -> AffinityOptions {
    AffinityOptions {
        normalize: params.normalize,
        sigma: params.sigma.or(params.sigma_s.map(|sigma_s| sigma_s / dt_s)).unwrap_or(DEFAULT_SIGMA),
        time_unit: params.per.time_unit(dt_s),
        threshold: params.threshold(),
        power: params.power,
    }
}

/// The signed roots of one recording, masked as the form of the tensor needs it, and scaled.
fn roots(
    recording: Recording,
    chosen: &Chosen,
    affinity: &DifferentialAffinity,
    params: &AffinityParams,
    report: &mut Report,
) -> Result<Array2<f64>> {
    let id = recording.id.clone();
    let traces = chosen.traces(recording);
    let mut roots = affinity.signed_roots(&traces).map_err(|error| in_recording(error, &id, chosen))?;
    if !params.is_dense() {
        report.masked(&id, &mask_gappy(&mut roots));
        check_observed(&roots, &id)?;
    }
    let (combine, layout) = (params.combine, params.layout.into());
    let norm = match params.scale_of(chosen.recordings.len()) {
        Scale::Frobenius => scale_to_unit_norm(&mut roots, combine, layout),
        Scale::None => sum_of_squares(roots.view(), combine, layout).sqrt(),
    };
    report.norm(&id, norm);
    Ok(roots)
}

/// A recording without a pair would be a slice of the tensor in which all is masked.
fn check_observed(roots: &Array2<f64>, id: &str) -> Result<()> {
    let n = observed(roots).into_iter().filter(|observed| *observed).count();
    if n >= 2 {
        return Ok(());
    }
    Err(Error::data("a recording has no pair of neurons without invalid (NaN) samples")
        .at_object(id)
        .expected("at least 2 such neurons")
        .found(n.to_string())
        .hint("use `form: dense`, which masks single entries; or fill the gaps or leave the recording out"))
}

/// The error with the names of the recording and neuron that it speaks of.
fn in_recording(error: AffinityError, id: &str, chosen: &Chosen) -> Error {
    let neuron = match error {
        AffinityError::Infinite { neuron, .. } | AffinityError::Lengths { neuron, .. } => {
            chosen.neurons.get(neuron)
        }
        _ => None,
    };
    let place = neuron.map_or_else(|| id.to_owned(), |name| format!("{id}: neuron {name}"));
    Error::from(error).at_object(place)
}

fn implicit(roots: Vec<Array2<f64>>, chosen: Chosen, params: &AffinityParams) -> ImplicitAffinity {
    let worms = chosen.recordings.into_iter().zip(roots).map(|(id, roots)| Worm::from_roots(id, roots));
    ImplicitAffinity {
        layout: params.layout.into(),
        neurons: chosen.neurons,
        t0_s: chosen.grid.t0_s,
        dt_s: chosen.grid.dt_s,
        worms: worms.collect(),
    }
}
