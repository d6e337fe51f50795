use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Task,
};
use neuroloom_table::kinds;

use super::figures::{self, Map};
use super::input::{Recording, recordings};
use super::output::{Chunk, Writers, value};
use super::params::SearchlightParams;
use super::run::{Local, Models, Outcome, centres, searchlight};
use crate::Rdm;
use crate::steps::rdm::dissimilarity_unit;
use crate::steps::tables::read_rdms;

/// `rsa.searchlight`: models against the dissimilarities around every channel.
#[derive(Clone, Copy, Debug)]
pub struct SearchlightStep;

/// Centres that are worked on before their rows are written: with all pairs of 92 conditions about a million rows.
const CHUNK: usize = 256;

impl Step for SearchlightStep {
    type Params = SearchlightParams;
    const ID: &'static str = "rsa.searchlight";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Representational similarity around every channel",
            about: "Where in a volume (or in a population) do responses follow a model? For every centre the dissimilarities of \
                the channels within a sphere, or in a list of neighbours, are estimated as in rsa.rdm and compared with every \
                model as in rsa.compare. A centre that sees too few channels, or where the measure is not defined, has no \
                value; its status says why. Rows are written as centres are done: memory does not grow with their number. \
                Parts of the centres (`shard`) can be separate jobs; their rows together are those of one job.",
            reference: Some("Kriegeskorte, Goebel & Bandettini 2006, PNAS 103:3863"),
            inputs: vec![
                PortSpec::required("responses", kinds::RESPONSES, "Responses of every channel"),
                PortSpec::optional("models", kinds::RDMS, "The models; without them `rdms: true` is needed"),
                PortSpec::optional(
                    "positions",
                    kinds::POSITIONS,
                    "Where channels lie, for spheres of `radius`",
                ),
                PortSpec::optional(
                    "neighbourhoods",
                    kinds::NEIGHBOURHOODS,
                    "Or the channels around every centre",
                ),
            ],
            outputs: vec![
                PortSpec::required("similarities", kinds::SEARCHLIGHT, "A row per centre, model and measure"),
                PortSpec::optional("rdms", kinds::SEARCHLIGHT_RDMS, "With `rdms: true`, all dissimilarities"),
            ],
        }
    }

    fn plan(
        &self,
        ctx: &PlanContext,
        params: &SearchlightParams,
        inputs: &PlannedInputs,
    ) -> Result<StepPlan> {
        let responses = inputs.required("responses")?;
        let size = |name: &str| responses.dim(name).unwrap_or(1);
        let n = size("units").saturating_mul(size("conditions")).saturating_mul(size("folds"));
        let plan = StepPlan::new(Resources::memory(n.saturating_mul(200)).cores(ctx.threads));
        let plan = plan.output("similarities", kinds::SEARCHLIGHT, []);
        Ok(if params.rdms { plan.output("rdms", kinds::SEARCHLIGHT_RDMS, []) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &SearchlightParams, inputs: &Inputs) -> Result<StepOutput> {
        let models = inputs.optional("models").map(read_rdms).transpose()?.unwrap_or_default();
        if models.is_empty() && !params.rdms {
            return Err(Error::params("there is nothing to write")
                .expected("models to compare with, or `rdms: true`")
                .found("neither"));
        }
        let recordings = recordings(inputs, params)?;
        let n_centres = recordings.iter().map(|recording| shard(recording, params).len()).sum::<usize>();
        let task = ctx.begin("searchlights", Some(n_centres as u64));
        let mut writers = Writers::new(ctx, params)?;
        let mut summary =
            Summary::default().count("recordings", recordings.len()).count("centres", n_centres);
        for recording in &recordings {
            let found =
                Pass { ctx, params, recording, models: &models, task: task.as_ref() }.run(&mut writers)?;
            summary = found.describe(recording, summary);
        }
        writers.finish(StepOutput::new(summary))
    }
}

fn shard(recording: &Recording, params: &SearchlightParams) -> std::ops::Range<usize> {
    params.shard.range(recording.neighbourhoods.n_centres())
}

/// One recording on its way through.
struct Pass<'a> {
    ctx: &'a RunContext,
    params: &'a SearchlightParams,
    recording: &'a Recording,
    models: &'a [Rdm],
    task: &'a dyn Task,
}

/// What is kept of a recording: a map per model by the first measure.
struct Found {
    maps: Vec<Map>,
    n_without: usize,
}

impl Pass<'_> {
    fn run(&self, writers: &mut Writers) -> Result<Found> {
        let Self { params, recording, .. } = *self;
        let searchlight = searchlight(recording, params)?;
        let models = Models::new(self.models, recording, &params.measures)?;
        let names: Vec<String> = self.models.iter().map(|model| model.name().to_owned()).collect();
        let unit = dissimilarity_unit(&params.estimator(), &recording.group.unit);
        let range = shard(recording, params);
        let mut found = Found { maps: self.maps(&names, range.start), n_without: 0 };
        for first in range.clone().step_by(CHUNK) {
            self.ctx.check_cancelled()?;
            let chunk = first..range.end.min(first + CHUNK);
            let locals = centres(recording, &searchlight, &models, params.min_channels, chunk.clone());
            found.add(&locals);
            let chunk = Chunk {
                recording: &recording.group.name,
                centres: &recording.centres[chunk],
                locals: &locals,
                models: &names,
                n_conditions: searchlight.n_conditions(),
                unit: &unit,
            };
            writers.append(&chunk, params)?;
            self.task.advance(locals.len() as u64);
        }
        Ok(found)
    }

    fn maps(&self, names: &[String], first: usize) -> Vec<Map> {
        let measure = self.params.measures.first().map_or("similarity", |measure| measure.name());
        let map = |name: &String| Map {
            title: name.clone(),
            colour_label: format!("{measure} (1)"),
            values: Vec::new(),
            first,
        };
        names.iter().map(map).collect()
    }
}

impl Found {
    fn add(&mut self, locals: &[Local]) {
        for (model, map) in self.maps.iter_mut().enumerate() {
            map.values.extend(locals.iter().map(|local| value(local, 0, model)));
        }
        let is_without = |local: &&Local| matches!(local.outcome, Outcome::None(_));
        self.n_without += locals.iter().filter(is_without).count();
    }

    fn describe(self, recording: &Recording, mut summary: Summary) -> Summary {
        let name = &recording.group.name;
        if self.n_without > 0 {
            let n = self.n_without;
            summary = summary.warn(format!("{name}: {n} centres have no value; the column status says why"));
        }
        for map in &self.maps {
            let best = map.values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?)));
            if let Some((place, value)) = best.reduce(|best, next| if next.1 > best.1 { next } else { best })
            {
                let centre = recording.centres.get(map.first + place).map_or("", String::as_str);
                let words = format!("{centre} ({} {value:.3})", map.colour_label);
                summary = summary.text(format!("{name}: best centre for {}", map.title), words);
            }
        }
        if self.maps.is_empty() { summary } else { summary.figure(figures::figure(recording, &self.maps)) }
    }
}
