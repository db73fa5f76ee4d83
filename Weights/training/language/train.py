"""Trains the writer: tokenizer, examples, model. Checkpoints as it goes; `--resume` goes on from the last one."""

import argparse
import math
import shutil
import time
from pathlib import Path

import numpy
import torch
from tokenizers import Tokenizer
from torch.nn import functional

import bpe
import examples
from model import Shape, Writer


class Muon(torch.optim.Optimizer):
    """Momentum whose update of a matrix is orthogonalised by Newton-Schulz steps (Jordan et al., 2024)."""

    def __init__(self, matrices, rate: float, momentum: float = 0.95, decay: float = 0.02):
        super().__init__(matrices, {"lr": rate, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                average = state.setdefault("average", torch.zeros_like(matrix.grad))
                average.lerp_(matrix.grad, 1 - group["momentum"])
                update = orthogonal(matrix.grad.lerp(average, group["momentum"]))
                matrix.mul_(1 - group["lr"] * group["decay"])
                matrix.add_(update, alpha=-group["lr"] * max(1, matrix.shape[0] / matrix.shape[1]) ** 0.5)


def orthogonal(update: torch.Tensor) -> torch.Tensor:
    """The nearest semi-orthogonal matrix, nearly, by five quintic Newton-Schulz steps."""
    x = update.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.T if tall else x).float()


def batch(packed: dict, rows: numpy.ndarray, device: str):
    """Inputs, targets (-100 where not counted), positions and mask of the rows."""
    take = {name: torch.from_numpy(array[rows].astype("int64")).to(device) for name, array in packed.items()}
    documents = take["documents"][:, :-1]
    length = documents.shape[1]
    mask = (documents[:, :, None] == documents[:, None, :]).tril()
    mask |= torch.eye(length, dtype=torch.bool, device=device)
    targets = take["ids"][:, 1:].masked_fill(take["counted"][:, 1:] == 0, -100)
    return take["ids"][:, :-1], targets, take["positions"][:, :-1], mask[:, None]


def loss_of(model, inputs, targets, positions, mask) -> torch.Tensor:
    logits = model(inputs, positions, mask)
    return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100)


@torch.no_grad()
def validate(model, packed: dict, device: str, size: int) -> float:
    """Mean loss of the counted tokens, in nats."""
    total = count = 0.0
    rows = numpy.arange(len(packed["ids"]))
    for start in range(0, len(rows), size):
        values = batch(packed, rows[start : start + size], device)
        counted = int((values[1] != -100).sum())
        with torch.autocast(device, torch.bfloat16):
            total += float(loss_of(model, *values)) * counted
        count += counted
    return total / count


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=Path, default=Path("build"))
    options.add_argument("--examples", type=int, default=40000)
    options.add_argument("--minutes", type=float, default=240)
    options.add_argument("--steps", type=int, default=3000, help="steps at which the learning rate reaches its end")
    options.add_argument("--rows", type=int, default=16)
    options.add_argument("--rate", type=float, default=0.007, help="of matrices, by Muon")
    options.add_argument("--embedding-rate", type=float, default=0.002, help="of the rest, by AdamW")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--resume", action="store_true", help="go on from the checkpoint in the folder")
    options.add_argument("--start", type=Path, help="a training folder whose tokenizer and weights to begin with")
    options.add_argument("--compile", action="store_true")
    option = options.parse_args()
    torch.manual_seed(option.seed)
    torch.set_num_threads(option.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    option.out.mkdir(parents=True, exist_ok=True)

    path = option.out / "tokenizer.json"
    if option.start and not path.exists():
        shutil.copy(option.start / "tokenizer.json", path)
    if not path.exists():
        bpe.train(examples.texts()).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    cache = option.out / "examples.npz"
    if not cache.exists():
        pairs = examples.generate(option.examples, option.seed, option.threads, repeat=6)
        numpy.savez(cache, **examples.pack(tokenizer, pairs))
        pairs = examples.sampled(300, 987654) + examples.complete(validation=True)
        numpy.savez(option.out / "validation.npz", **examples.pack(tokenizer, pairs))
        numpy.savez(option.out / "validation-written.npz", **examples.pack(tokenizer, pairs[300:]))
    packed = dict(numpy.load(cache))
    validation = dict(numpy.load(option.out / "validation.npz"))
    written = dict(numpy.load(option.out / "validation-written.npz"))

    shape = Shape(vocabulary=tokenizer.get_vocab_size())
    model = Writer(shape).to(device)
    matrices = [value for name, value in model.named_parameters() if value.ndim == 2 and "embedding" not in name]
    others = [value for name, value in model.named_parameters() if value.ndim != 2 or "embedding" in name]
    muon = Muon(matrices, option.rate)
    adam = torch.optim.AdamW(others, option.embedding_rate, (0.9, 0.95), weight_decay=0.01)
    step = 0
    checkpoint = option.out / "checkpoint.pt"
    if option.resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
        step = state["step"]
    elif option.start:
        model.load_state_dict(torch.load(option.start / "checkpoint.pt", map_location=device)["model"])
    run = torch.compile(model) if option.compile else model
    print(f"{model.parameters_count():,} parameters, {len(packed['ids']):,} rows, device {device}", flush=True)

    began, spoken, seen = time.time(), time.time(), 0
    order = numpy.random.default_rng(option.seed + step)
    queue = numpy.zeros(0, int)
    while step < option.steps and time.time() - began < option.minutes * 60:
        if len(queue) < option.rows:
            queue = numpy.concatenate((queue, order.permutation(len(packed["ids"]))))
        rows, queue = queue[: option.rows], queue[option.rows :]
        scale = min(1, (step + 1) / 40) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1, step / option.steps))))
        muon.param_groups[0]["lr"] = option.rate * scale
        adam.param_groups[0]["lr"] = option.embedding_rate * scale
        with torch.autocast(device, torch.bfloat16):
            loss = loss_of(run, *batch(packed, rows, device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        muon.step()
        adam.step()
        model.zero_grad(set_to_none=True)
        step += 1
        seen += option.rows * examples.ROW
        if step % 20 == 0:
            rate = seen / (time.time() - began)
            print(f"step {step} loss {float(loss.detach()):.3f} {rate:.0f} tokens/s", flush=True)
        if step % 200 == 0 or time.time() - spoken > 300 or step == option.steps:
            spoken = time.time()
            print(f"step {step} validation {validate(run, validation, device, option.rows):.3f} "
                  f"written {validate(run, written, device, option.rows):.3f}", flush=True)  # fmt: skip
            save(checkpoint, model, muon, adam, shape, step)
    save(checkpoint, model, muon, adam, shape, step)


def save(path: Path, model, muon, adam, shape, step) -> None:
    state = {"model": model.state_dict(), "muon": muon.state_dict(), "adam": adam.state_dict(),
             "shape": shape.dictionary(), "step": step}  # fmt: skip
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    main()
