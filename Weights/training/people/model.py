"""The people detector: the body network's encoder, narrower, and one head for the strides 8, 16 and 32."""

import torch
from torch import nn
from torch.nn.functional import interpolate

from bodies.model import Encoder, Normed, Residual

SIZE = 192
"""Side of the network's square input in pixels."""
BOARD = 2 * SIZE
"""Side of the pictures that the teacher sees."""


class PeopleNet(nn.Module):
    """For pictures [N, 3, H, W] of BGR levels: per stride [N, 5, h, w]: x, y, log width, log height, logit of a person.

    Coordinates are in strides, x and y relative to the cell, as in YOLOX (Ge et al., 2021).
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 64, 128), blocks: tuple[int, int, int] = (2, 2, 2),
                 width: int = 48):
        super().__init__()
        self.encoder = Encoder(widths, blocks)
        self.inward = nn.ModuleList(Normed(inputs, width, relu=False) for inputs in widths[1:])
        self.smooth = nn.ModuleList(Residual(width) for _ in range(3))
        self.head = nn.Sequential(Residual(width), nn.Conv2d(width, 5, 1))
        nn.init.normal_(self.head[1].weight, std=0.01)
        self.head[1].bias.data = torch.tensor([0.5, 0.5, 1.2, 1.6, -4.0])

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        fine, middle, coarse = (layer(feature) for layer, feature in zip(self.inward, self.encoder((x - 114).div_(64))))
        coarse = self.smooth[2](torch.relu(coarse))
        middle = self.smooth[1](torch.relu(middle + interpolate(coarse, scale_factor=2.0, mode="nearest")))
        fine = self.smooth[0](torch.relu(fine + interpolate(middle, scale_factor=2.0, mode="nearest")))
        return [self.head(feature) for feature in (fine, middle, coarse)]


class Exported(nn.Module):
    """The network as it is shipped: rows (x, y, log width, log height, objectness, class), finest stride first.

    One class is all there is, so its probability is 1 and the objectness is the score.
    """

    def __init__(self, network: PeopleNet, bias: float = 0.0):
        """- bias: added to the logits, so that the threshold of the reader is where the detector is best."""
        super().__init__()
        self.network, self.bias = network, bias

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        rows = torch.cat([level.flatten(2) for level in self.network(images)], 2).transpose(1, 2)
        score = torch.sigmoid(rows[..., 4:5] + self.bias)
        return torch.cat([rows[..., :4], score, torch.ones_like(score)], 2)
