"""Fits the scene model: components and mixtures, then vectors of the pictures once, then the linear layer.

    DATA=data OUT=build python -m scenes.train --minutes 30

Vectors are made in a random order for at most `--minutes` and kept; a second run goes on from those that there are.
"""

import argparse
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional

from common import paths, training
from scenes import data, labels
from scenes.network import SIZE, SceneNet

# How many pictures of each set take part, and which of them are mirrored too.
MOST = {"fifteen": 1312, "houses": 1200, "intel": 2600, "miniplaces": 60000}
HELD = {"fifteen": 148, "houses": 100, "intel": 200, "miniplaces": 1000}
# What each set weighs in the loss, whatever its number of pictures.
SHARES = {"miniplaces": 0.60, "fifteen": 0.22, "intel": 0.12, "houses": 0.06}
SMOOTHING = 0.02
# How much the fifteen scenes' own contest counts beside that of all classes.
CONTEST = 1.0
# Vectors have unit length; a rate of common size needs longer ones.
LENGTH = 10.0

COLUMNS = torch.tensor([labels.INDEX[name] for name in labels.FIFTEEN.values()])


def images(pictures: data.Pictures, rows: numpy.ndarray) -> torch.Tensor:
    """Pictures by row: a number, or a number below zero for the mirror image of `-number - 1`."""
    found = []
    for row in rows:
        image = data.square(pictures.image(row if row >= 0 else -row - 1), SIZE)
        found.append(image if row >= 0 else image[:, ::-1])
    return data.scaled(numpy.stack(found))


def order(pictures: data.Pictures) -> numpy.ndarray:
    """All rows to make vectors of: held-out ones and the fifteen scenes first, then the others at random."""
    chance = numpy.random.default_rng(1)
    first, rest = [], []
    for source in data.SOURCES:
        first.append(chance.permutation(pictures.where(source, "held"))[:HELD[source]])
        chosen = chance.permutation(pictures.where(source, "train"))[:MOST[source]]
        if source == "fifteen":
            first += [chosen, -chosen - 1]
        elif source == "miniplaces":
            rest.append((chance.permutation(len(chosen)) / len(chosen), chosen))
        else:
            # The smaller sets come among the first 15,000 of MiniPlaces.
            rest.append((chance.random(len(chosen)) * 0.25, chosen))
    keys, rows = numpy.concatenate([key for key, _ in rest]), numpy.concatenate([rows for _, rows in rest])
    return numpy.concatenate([*first, rows[numpy.argsort(keys)]])


def fitted(pictures: data.Pictures, folder: Path) -> SceneNet:
    """The network with its components and mixtures fitted, from the folder if it is there."""
    network, file = SceneNet().eval(), folder / "fisher.pt"
    if file.exists():
        network.load_state_dict(torch.load(file))
        return network
    chance = numpy.random.default_rng(2)
    rows = numpy.concatenate([chance.choice(pictures.where("miniplaces", "train"), 300, False),
                              chance.choice(pictures.where("fifteen", "train"), 120, False)])
    batches = [images(pictures, rows[start:start + 20]) for start in range(0, len(rows), 20)]
    for fisher in network.fishers:
        fisher.fit(batches)
    training.save(file, **network.state_dict())
    return network


@torch.no_grad()
def extract(network: SceneNet, pictures: data.Pictures, rows: numpy.ndarray, folder: Path, minutes: float) -> int:
    """Makes vectors of the rows in their order, until the time is over; answers how many there are."""
    store = numpy.lib.format.open_memmap if not (folder / "vectors.npy").exists() else None
    vectors = store(folder / "vectors.npy", "w+", numpy.float16, (len(rows), network.width)) if store else numpy.load(
        folder / "vectors.npy", mmap_mode="r+")
    mark, start = folder / "vectors.count", time.time()
    done = int(mark.read_text()) if mark.exists() else 0
    while done < len(rows) and time.time() - start < minutes * 60:
        part = rows[done:done + 20]
        vectors[done:done + len(part)] = network.vectors(images(pictures, part)).numpy()
        done += len(part)
        mark.write_text(str(done))
        if done % 1000 < 20:
            print(f"{done} vectors, {time.time() - start:.0f} s", flush=True)
    return done


def loss(logits: torch.Tensor, allowed: torch.Tensor, soft: torch.Tensor) -> torch.Tensor:
    """Each picture's loss: the allowed classes' share of all classes, smoothed, and for the fifteen scenes their own contest."""
    scores = functional.log_softmax(logits, 1)
    right = -torch.logsumexp(scores.masked_fill(~allowed, -1e9), 1)
    contest = -(soft * functional.log_softmax(logits[:, COLUMNS], 1)).sum(1)
    return (1 - SMOOTHING) * right - SMOOTHING * scores.mean(1) + CONTEST * contest


def opinions(pictures: data.Pictures, numbers: numpy.ndarray, folder: Path) -> torch.Tensor:
    """Soft labels of the fifteen scenes [N, 15]: half truth, half the teacher's opinion where there is one; zero for other sets."""
    names, soft = list(labels.FIFTEEN), torch.zeros(len(pictures.label), len(labels.FIFTEEN))
    for number in numpy.flatnonzero(pictures.source == "fifteen"):
        soft[number, names.index(pictures.label[number])] = 1
    if (folder / "teacher.npz").exists():
        teacher = numpy.load(folder / "teacher.npz")
        soft[teacher["numbers"]] = (soft[teacher["numbers"]] + torch.from_numpy(teacher["probabilities"])) / 2
    return soft[numbers]


def figures(head: torch.nn.Linear, vectors: torch.Tensor, source: numpy.ndarray, allowed: torch.Tensor) -> dict[str, float]:
    """Shares of right answers on held-out pictures: of all classes, and of the fifteen scenes among themselves."""
    found = {}
    for name in data.SOURCES:
        chosen = torch.from_numpy(source == name)
        answer, mask = head(vectors[chosen]), allowed[chosen]
        if name == "fifteen":
            answer, mask = answer[:, COLUMNS], mask[:, COLUMNS]
        found[name] = float(mask[torch.arange(len(mask)), answer.argmax(1)].float().mean())
    return found


def fit_head(vectors: torch.Tensor, pictures: data.Pictures, rows: numpy.ndarray, folder: Path, epochs: int, decay: float,
             rate: float = 2e-3, batch: int = 512) -> torch.nn.Linear:
    """The linear layer, by AdamW; rows count so that each set has its share."""
    numbers = numpy.where(rows >= 0, rows, -rows - 1)
    source, held = pictures.source[numbers], pictures.split[numbers] == "held"
    allowed, soft = torch.from_numpy(pictures.masks[numbers]), opinions(pictures, numbers, folder)
    train = numpy.flatnonzero(~held)
    counts = {name: max(1, (source[train] == name).sum()) for name in data.SOURCES}
    weight = torch.tensor([SHARES[name] / counts[name] * len(train) for name in source], dtype=torch.float32)
    vectors = vectors.float() * LENGTH
    head = torch.nn.Linear(vectors.shape[1], len(labels.SCENES))
    torch.nn.init.zeros_(head.weight)
    optimizer = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=decay)
    curve, chance = training.Curve(folder), numpy.random.default_rng(3)
    steps, step = epochs * (len(train) // batch), 0
    for epoch in range(epochs):
        mixed, total = chance.permutation(train), 0.0
        for start in range(0, len(train) - batch + 1, batch):
            part = torch.from_numpy(numpy.sort(mixed[start:start + batch]))
            for group in optimizer.param_groups:
                group["lr"] = training.cosine(step, steps, 20, rate)
            value = (loss(head(vectors[part]), allowed[part], soft[part]) * weight[part]).mean()
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            optimizer.step()
            total, step = total + value.item(), step + 1
        with torch.no_grad():
            curve.add(epoch=epoch + 1, vectors=len(train), decay=decay, loss=total / (len(train) // batch),
                      **figures(head, vectors[torch.from_numpy(held)], source[held], allowed[torch.from_numpy(held)]))
    return head


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="time for making vectors")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--decay", type=float, default=1.0)
    arguments = parser.parse_args()
    training.seed(1)
    training.device()
    folder = paths.work("scenes")
    pictures = data.Pictures(folder)
    network, rows = fitted(pictures, folder), order(pictures)
    done = extract(network, pictures, rows, folder, arguments.minutes)
    vectors = torch.from_numpy(numpy.load(folder / "vectors.npy", mmap_mode="r+")[:done])
    head = fit_head(vectors, pictures, rows[:done], folder, arguments.epochs, arguments.decay)
    with torch.no_grad():
        network.head.weight.copy_(head.weight * LENGTH)
        network.head.bias.copy_(head.bias)
    training.save(folder / "checkpoint.pt", network=network.state_dict())


if __name__ == "__main__":
    main()
