"""Trains the twin in PyTorch on a population of `recover_lorenz`, with the settings and the budget of the study.

    cargo run --release -p neuroloom-langevin --example recover_lorenz -- --seeds 1 --save population.parquet [--train SETTINGS.json]
    "$(benches/peers/setup.sh torch)" benches/peers/langevin/train_twin.py population.parquet [SETTINGS.json]

The same model, objective, batches per epoch, learning rate, weights' decay, clipping and choice of the epoch; random numbers are PyTorch's. Scores
are those of `nlb.evaluate`: bits per spike over the mean rate of the training trials, R² of rates as mean over units, latents drawn
20 times and log rates averaged.
"""

import json
import math
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import torch  # noqa: E402
from twin import Options, OwnDraws, Twin  # noqa: E402

STUDY = Path(__file__).resolve().parents[3] / "crates/langevin/examples/recover_lorenz/study.json"
# Those of `TrainParams::default()`.
USUAL = {
    "hidden": 64, "feed_forward": 512, "batch": 64, "epochs": 1000, "lr": 1e-3, "lr_min": 1e-5, "ramp": 500, "cd": 0.5, "dropout": 0.05,
    "weight_decay": 2e-5, "kl_weight": 1e-3, "grad_clip": 200.0, "integrator": "euler_maruyama", "lr_schedule": "plateau",
    "decoder_positions": 0.5,
}
SAMPLES, FIXUP = 20, 0.67 * 3 ** (-1 / 4)


def population(path):
    """Counts and true counts [trials, bins, units] of each split, units that are seen first; their number, and the observed bins."""
    rows = pq.read_table(path).to_pandas()
    counts = rows[rows.signal == "spike_count"]
    units = counts.drop_duplicates("unit_id").sort_values(["held", "unit_id"])
    order = {unit: place for place, unit in enumerate(units.unit_id)}
    assert list(units.held.astype(str)) == sorted(units.held.astype(str)), "held_in stands before held_out"
    dt = counts.dt_s.iloc[0]
    parts = {}
    for split in ["train", "valid"]:
        arrays = {}
        for signal, scale in [("spike_count", 1.0), ("rate_truth", dt)]:
            own = rows[(rows.signal == signal) & (rows.split == split)]
            array = np.empty((own.trial.max() + 1, len(own.value.iloc[0]), len(order)), np.float32)
            for trial, unit, value in zip(own.trial, own.unit_id, own.value):
                array[trial, :, order[unit]] = value
            arrays[signal] = torch.tensor(array) * scale
        parts[split] = arrays["spike_count"], arrays["rate_truth"]
    n_in = int((units.held.astype(str) == "held_in").sum())
    return parts, n_in, int(counts.n_observed.iloc[0])


def start_values(twin):
    """PyTorch's own but for T-Fixup's scale of the decoder's projections."""
    layer = twin.decoder
    with torch.no_grad():
        for weight in [layer.linear1.weight, layer.linear2.weight, layer.self_attn.out_proj.weight]:
            weight *= FIXUP


def learning_rate(settings, epoch):
    assert settings["lr_schedule"] == "cosine", "the twin knows a cosine alone"
    low, high = settings["lr_min"], settings["lr"]
    return low + (high - low) * (1 + math.cos(math.pi * epoch / settings["epochs"])) / 2


def train(twin, counts, valid, settings):
    o = twin.o
    optimiser = torch.optim.Adam(twin.parameters(), lr=settings["lr"], fused=True)
    best, kept = math.inf, None
    for epoch in range(settings["epochs"]):
        ramp = min(epoch / settings["ramp"], 1)
        for group in optimiser.param_groups:
            group["lr"], group["weight_decay"] = learning_rate(settings, epoch), settings["weight_decay"] * ramp
        for batch in torch.randperm(len(counts)).split(settings["batch"]):
            y = counts[batch]
            seen = (torch.rand(len(batch), o.n_observed, o.n_in) < settings["cd"]).float()
            passes = torch.ones_like(y, dtype=torch.bool)
            passes[:, : o.n_observed, : o.n_in] = seen == 0
            x = y[:, : o.n_observed, : o.n_in] * seen / settings["cd"]
            rates, divergence = twin(x, OwnDraws(o, len(batch), settings["dropout"]))
            terms = rates.exp() - y * rates
            terms = torch.where(passes, terms, terms.detach())
            loss = terms.mean() + settings["kl_weight"] * ramp * divergence / y.numel()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(twin.parameters(), settings["grad_clip"])
            optimiser.step()
        nll = validate(twin, valid)
        if nll < best:
            best, kept = nll, {name: value.clone() for name, value in twin.state_dict().items()}
    twin.load_state_dict(kept)


@torch.inference_mode()
def validate(twin, counts):
    """One draw with the same noise in every epoch."""
    state = torch.get_rng_state()
    torch.manual_seed(0)
    rates = log_rates(twin, counts)
    torch.set_rng_state(state)
    return (rates.exp() - counts * rates).mean().item()


def log_rates(twin, counts):
    o = twin.o
    return torch.cat([
        twin(y[:, : o.n_observed, : o.n_in], OwnDraws(o, len(y), 0.0))[0] for y in counts.split(64)
    ])


def bits(rates, counts, null):
    gain = (null - rates + counts * (rates.log() - null.log())).sum()
    return (gain / counts.sum() / math.log(2)).item()


def r2(rates, truth):
    rest = ((rates - truth) ** 2).sum((0, 1))
    total = ((truth - truth.mean((0, 1))) ** 2).sum((0, 1))
    return (1 - rest / total).mean().item()


def main():
    path = sys.argv[1]
    settings = USUAL | json.loads(Path(sys.argv[2] if len(sys.argv) > 2 else STUDY).read_text())
    torch.manual_seed(1)
    torch.set_num_threads(1)
    parts, n_in, n_observed = population(path)
    (counts, _), (valid, truth) = parts["train"], parts["valid"]
    options = Options(
        hidden=settings["hidden"], feed_forward=settings["feed_forward"], n_in=n_in, n_out=counts.shape[2], n_observed=n_observed,
        n_bins=counts.shape[1], drive=True, flow_prior=True, euler_maruyama=settings["integrator"] == "euler_maruyama",
        positions=settings["decoder_positions"],
    )
    twin = Twin(options)
    start_values(twin)
    start = time.process_time()
    train(twin, counts, valid, settings)
    seconds = time.process_time() - start
    with torch.inference_mode():
        rates = (sum(log_rates(twin, valid) for _ in range(SAMPLES)) / SAMPLES).exp()
    seen, held_out, to_come = np.s_[:, :n_observed, :n_in], np.s_[:, :n_observed, n_in:], np.s_[:, n_observed:]
    print(f"{settings['epochs']} epochs, {seconds:.0f} CPU seconds")
    for name, block in [("seen units", seen), ("units held out", held_out), ("bins to come", to_come)]:
        if valid[block].numel():
            null = counts[block].mean((0, 1))
            own, best = (bits(guess[block], valid[block], null) for guess in [rates, truth])
            print(f"{name}: {own:.4f} bits per spike ({100 * own / best:.1f} % of the true rates' {best:.4f})")
    print(f"R² seen {r2(rates[:, :n_observed], truth[:, :n_observed]):.4f}", end="")
    print(f", to come {r2(rates[:, n_observed:], truth[:, n_observed:]):.4f}" if n_observed < options.n_bins else "")


if __name__ == "__main__":
    main()
