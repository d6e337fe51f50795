//! What the name of a dataset says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of the trials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Kept for the last score.
    Test,
    /// To fit a model to.
    Train,
    /// To choose between models.
    #[default]
    Valid,
}

impl Split {
    /// Its name in the table of trials, by which the parts are ordered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Train => "train",
            Self::Valid => "valid",
        }
    }
}

/// Whether a model may see a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    In,
    Out,
}

impl Held {
    /// Its name in the table of trials.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::In => "held_in",
            Self::Out => "held_out",
        }
    }
}

/// Signal of spike counts.
pub(super) const SPIKE_COUNT: &str = "spike_count";
/// Signal of the rates that counts were drawn from.
pub(super) const RATE_TRUTH: &str = "rate_truth";
/// Signal of the rates that a model predicts.
const RATE: &str = "rate";

/// What a dataset holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A signal on the bins of every trial.
    Signal {
        signal: String,
        held: Option<Held>,
        /// Whether the bins lie behind those that a model may see.
        forward: bool,
    },
    /// The number of each trial in the source.
    SourceTrials,
}

/// Split and role of the dataset called `name`; none where the name says neither. `eval` is what `eval_` stands for.
pub(super) fn parse(name: &str, eval: Split) -> Option<(Split, Role)> {
    let (prefix, rest) = name.split_once('_')?;
    let split = match prefix {
        "train" => Split::Train,
        "valid" | "val" => Split::Valid,
        "test" => Split::Test,
        "eval" => eval,
        _ => return None,
    };
    Some((split, role(rest)?))
}

fn role(rest: &str) -> Option<Role> {
    if matches!(rest, "inds" | "idxs") {
        return Some(Role::SourceTrials);
    }
    // They belong to a trial or a condition, not to the bins of a trial.
    if rest.is_empty() || ["cond_idx", "jitter", "decode_mask", "tp"].contains(&rest) {
        return None;
    }
    let (name, forward) = match rest.strip_suffix("_forward") {
        Some(name) => (name, true),
        None => (rest, false),
    };
    let (signal, held) = match name {
        "spikes_heldin" | "data_heldin" | "spikes" | "data" => (SPIKE_COUNT, Some(Held::In)),
        "spikes_heldout" | "data_heldout" => (SPIKE_COUNT, Some(Held::Out)),
        "rates_heldin" | "rates" => (RATE, Some(Held::In)),
        "rates_heldout" => (RATE, Some(Held::Out)),
        "truth" => (RATE_TRUTH, Some(Held::In)),
        other => (other, None),
    };
    Some(Role::Signal { signal: signal.to_owned(), held, forward })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both_layouts_are_understood() {
        let signal = |signal: &str, held, forward| Role::Signal { signal: signal.to_owned(), held, forward };
        let cases = [
            ("train_spikes_heldin", Split::Train, signal(SPIKE_COUNT, Some(Held::In), false)),
            ("eval_spikes_heldout_forward", Split::Test, signal(SPIKE_COUNT, Some(Held::Out), true)),
            ("valid_data", Split::Valid, signal(SPIKE_COUNT, Some(Held::In), false)),
            ("train_truth", Split::Train, signal(RATE_TRUTH, Some(Held::In), false)),
            ("train_behavior", Split::Train, signal("behavior", None, false)),
            ("valid_inds", Split::Valid, Role::SourceTrials),
        ];
        for (name, split, role) in cases {
            assert_eq!(parse(name, Split::Test), Some((split, role)), "{name}");
        }
        for name in ["psth", "n_init_conds", "train", "eval_cond_idx", "train_decode_mask"] {
            assert_eq!(parse(name, Split::Test), None, "{name}");
        }
    }
}
