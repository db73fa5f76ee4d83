"""The network: a small residual CNN on a face in colour; one logit an attribute."""

import torch
from torch import nn

from attributes.data import ATTRIBUTES, SIZE
from expression.model import Block, unit

STEM = 24
#: Width and number of blocks of each stage; each halves rows and columns.
STAGES = [(32, 1), (64, 1), (112, 1), (128, 1)]


class AttributeNet(nn.Module):
    """[N, 3, 64, 64] faces, RGB, (level - 127.5) / 127.5, to [N, 5] logits."""

    def __init__(self, dropout: float = 0.2):
        super().__init__()
        layers, width = [*unit(3, STEM, stride=2, size=5), nn.ReLU(inplace=True)], STEM
        for outputs, count in STAGES:
            for index in range(count):
                layers.append(Block(width, outputs, stride=2 if index == 0 else 1))
                width = outputs
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout),
                                  nn.Linear(width, len(ATTRIBUTES)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


#: The part that the eyes are read from: rows and columns of a face.
INNER = (slice(19, 52), slice(18, 46))


def masked(faces: torch.Tensor) -> torch.Tensor:
    """Faces whose surroundings are black."""
    inside = torch.zeros(1, 1, SIZE, SIZE, device=faces.device)
    inside[..., INNER[0], INNER[1]] = 1
    return faces * inside + (inside - 1)


class Twice(nn.Module):
    """Logits [N, 5]: of the eyes from the face alone, of all else from what is around it too."""

    def __init__(self, model: AttributeNet):
        super().__init__()
        self.model = model

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        whole, inner = self.model(face), self.model(masked(face))
        eyes = ATTRIBUTES.index("eyes_closed")
        return torch.cat([whole[:, :eyes], inner[:, eyes:eyes + 1], whole[:, eyes + 1:]], 1)


class Exported(nn.Module):
    """Probabilities [N, 5], of a logit for each attribute, scaled and shifted as the calibration says."""

    def __init__(self, model: AttributeNet, scale: torch.Tensor, shift: torch.Tensor):
        super().__init__()
        self.both = Twice(model)
        last = model.head[3]
        last.weight.data *= scale[:, None]
        last.bias.data = last.bias.data * scale + shift

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.both(face))
