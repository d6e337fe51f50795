"""Makes crates/langevin/tests/fixtures/torch_model.safetensors: a whole training step of the twin in PyTorch.

The tests of neuroloom-langevin read it. Run with the Python of setup.sh, after `pip install torch safetensors`:

    "$(benches/peers/setup.sh)" benches/peers/langevin/make_model_fixtures.py

In 64 bits, with dropout, coordinated dropout and noise at the counters of neuroloom. For each case (consistent, driven, default, released):
`CASE/p/NAME` parameters, `CASE/g/NAME` gradients of the objective, `CASE/rates` log rates, `CASE/loss` objective and divergence;
`counts` [trials, bins, units].
"""

from pathlib import Path

import torch
from philox import CounterDraws
from safetensors.torch import save_file
from twin import Options, Twin, objective

TARGET = Path(__file__).resolve().parents[3] / "crates/langevin/tests/fixtures/torch_model.safetensors"
TRIALS, DROPOUT, KEEP, BETA = 3, 0.2, 0.5, 0.05
SIZES = {"hidden": 8, "feed_forward": 6, "n_in": 3, "n_out": 4, "n_observed": 4, "n_bins": 6, "step": 0.3, "gamma": 0.4}
CASES = {
    "consistent": Options(**SIZES),
    "driven": Options(**SIZES, drive=True),
    "default": Options(**SIZES, drive=True, euler_maruyama=True, flow_prior=True, positions=0.5),
    "released": Options(**SIZES, released=True, kernel_epsilon=1e-12, logvar_clamp=None, lograte_clamp=None),
}


def run(options, counts, tuned):
    torch.manual_seed(2)
    twin = Twin(options, tuned).double()
    draws = CounterDraws(options, range(TRIALS), DROPOUT)
    seen = draws.coordinated(KEEP)
    x = counts[:, : options.n_observed, : options.n_in] * seen
    passes = torch.ones_like(counts, dtype=torch.bool)
    passes[:, : options.n_observed, : options.n_in] = seen == 0
    rates, divergence = twin(x, draws)
    loss = objective(rates, counts, passes, divergence, BETA)
    loss.backward()
    return twin, rates.detach(), torch.stack([loss, divergence]).detach()


def main():
    torch.manual_seed(1)
    counts = torch.poisson(torch.full((TRIALS, SIZES["n_bins"], SIZES["n_out"]), 1.0, dtype=torch.float64))
    tensors = {"counts": counts}
    for case, options in CASES.items():
        twin, rates, loss = run(options, counts, tuned=True)
        other, other_rates, other_loss = run(options, counts, tuned=False)
        assert torch.allclose(rates, other_rates, atol=1e-12) and torch.allclose(loss, other_loss)
        for (name, p), (_, q) in zip(twin.named_parameters(), other.named_parameters()):
            assert torch.allclose(p.grad, q.grad, atol=1e-11), f"{case}: the force by autograd gives another {name}"
            tensors |= {f"{case}/p/{name}": p.detach(), f"{case}/g/{name}": p.grad}
        tensors |= {f"{case}/rates": rates, f"{case}/loss": loss}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, TARGET)


if __name__ == "__main__":
    main()
