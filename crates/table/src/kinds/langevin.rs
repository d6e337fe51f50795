//! LangevinFlow: fitted models, their fits and scores.

use crate::ColumnType::{Id, Integer, Number, NumberList, SignalList};
use crate::{ColumnSpec as C, KindSpec};

pub const LANGEVIN_MODEL: KindSpec = KindSpec {
    kind: super::LANGEVIN_MODEL,
    doc: "One row per tensor of a fitted model, with what the model is and which data it is for.",
    columns: &[
        C::new("position", Integer, "Place of the tensor in the model, from 0").unit("1"),
        C::new("tensor", Id, "Its name, as PyTorch calls the parts of such layers"),
        C::new("shape", NumberList, "Its shape").unit("1"),
        C::new("values", SignalList, "Its values, row-major").unit("1"),
        C::new("card", Id, "Options, sizes and units of the model as JSON, the same in every row"),
    ],
    key: &["position"],
    open: false,
};

pub const LANGEVIN_HISTORY: KindSpec = KindSpec {
    kind: super::LANGEVIN_HISTORY,
    doc: "One row per epoch of a fit. Likelihoods are those of Poisson counts without the factorial, per unit and bin.",
    columns: &[
        C::new("epoch", Integer, "The epoch, from 0").unit("1"),
        C::new("train_nll", Number, "Negative log likelihood of the trials to train, with dropout")
            .unit("nat"),
        C::new("kl", Number, "Divergence of the latents from their prior without its constant, per trial")
            .unit("nat"),
        C::new("kl_constant", Number, "Constant of the divergence, per trial").unit("nat"),
        C::new("beta", Number, "Weight of the divergence").unit("1"),
        C::new("val_nll", Number, "Negative log likelihood of the trials to validate").unit("nat"),
        C::new("val_co_bps", Number, "Gain of units held out, in observed bins of the trials to validate")
            .unit("bits/spike")
            .nullable(),
        C::new("lr", Number, "Learning rate").unit("1"),
        C::new("grad_norm", Number, "Norm of the gradient before it was cut, mean over the steps").unit("1"),
        C::new("potential_norm", Number, "Norm of the parameters of the potential").unit("1"),
    ],
    key: &["epoch"],
    open: false,
};

pub const LANGEVIN_POTENTIAL: KindSpec = KindSpec {
    kind: super::LANGEVIN_POTENTIAL,
    doc: "One row per number that describes the potential of a fitted model.",
    columns: &[
        C::new(
            "quantity",
            Id,
            "kernel: normalised taps (output, input, tap); summed_kernel: their sums over outputs, through which the \
             kernel acts; eigenvalue: of the matrix of the force, ascending; stiffness: of each dimension",
        ),
        C::new("index", Integer, "Place of the number, from 0").unit("1"),
        C::new("value", Number, "The number").unit("1"),
    ],
    key: &["quantity", "index"],
    open: false,
};

pub const LANGEVIN_SCORES: KindSpec = KindSpec {
    kind: super::LANGEVIN_SCORES,
    doc: "One row per (split, metric): how well predicted rates fit counts and true rates.",
    columns: &[
        C::new("split", Id, "The trials: train, valid or test"),
        C::new(
            "metric",
            Id,
            "bits_per_spike (units and bins that the model sees), co_bps (units held out), fp_bps (bins to come), \
             rate_r2 (about the true rates, in observed bins), rate_r2_forward (in bins to come), rate_r2_all",
        ),
        C::new("value", Number, "Score of the model; absent without a spike or truth").unit("1").nullable(),
        C::new("truth", Number, "Score of the true rates, where they are known").unit("1").nullable(),
        C::new("n", Integer, "Counts that were scored").unit("1"),
    ],
    key: &["split", "metric"],
    open: false,
};
