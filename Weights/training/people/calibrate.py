"""Where the network's scores have to be cut: `python -m people.calibrate` prints the bias for `people.export`.

On the pictures kept for validation, the score from which on the mean of recall and precision against the teacher (F1) is
highest; the bias moves it to the reader's threshold of 0.5.
"""

import numpy
import torch

from common.paths import work
from common.training import device

from .evaluate import DOUBTED, THRESHOLD, compared, summed
from .model import BOARD, SIZE, Exported, PeopleNet
from .teacher import boxes
from .train import VALIDATION, Feed


@torch.no_grad()
def main() -> None:
    device()
    feed = Feed(1, numpy.random.default_rng(0))
    model = PeopleNet()
    model.load_state_dict(torch.load(work("people") / "checkpoint.pt")["average"])
    network = Exported(model).eval()
    pairs = []
    for index in range(len(feed.pictures) - VALIDATION, len(feed.pictures)):
        output = network(feed.read(numpy.array([index]))[0])[0].numpy()
        answer = feed.answers[index].astype(numpy.float32)
        wanted = boxes(answer[:, :4], answer[:, 4], BOARD, DOUBTED)
        wanted[:, :4] *= SIZE / BOARD
        pairs.append((boxes(output[:, :4], output[:, 4], SIZE, 0.05), wanted))
    best = (-1.0, THRESHOLD)
    for least in numpy.arange(0.1, 0.8, 0.025):
        figures = summed([compared(found[found[:, 4] >= least], wanted[wanted[:, 4] >= THRESHOLD], wanted)
                          for found, wanted in pairs])
        score = 2 * figures["recall"] * figures["precision"] / max(1e-6, figures["recall"] + figures["precision"])
        print(f"from {least:.3f}: recall {figures['recall']:.3f}, precision {figures['precision']:.3f}, F1 {score:.3f}")
        best = max(best, (score, float(least)))
    print(f"bias {-numpy.log(best[1] / (1 - best[1])):.2f}")


if __name__ == "__main__":
    main()
