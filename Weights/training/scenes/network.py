"""The model: Fisher vectors of gradients and of colours, one linear layer, softmax."""

import torch
from torch import nn

from scenes import labels
from scenes.fisher import Colours, Fisher, Gradients

SIZE = 160


class SceneNet(nn.Module):
    """Photo [N, 3, 160, 160] in -1...1 to logits [N, classes]: about 55 million multiply-adds, 1.6 million parameters."""

    def __init__(self):
        super().__init__()
        self.fishers = nn.ModuleList([Fisher(Gradients(), 48, 128), Fisher(Colours(), 24, 32)])
        self.width = sum(2 * fisher.components * (fisher.parts + 2) for fisher in self.fishers)
        self.head = nn.Linear(self.width, len(labels.SCENES))

    def vectors(self, image: torch.Tensor) -> torch.Tensor:
        """Pooled vectors [N, width], of unit length for each kind."""
        return torch.cat([fisher(image) for fisher in self.fishers], 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(self.vectors(image))


class Answer(nn.Module):
    """The network as it is exported: `image` to `probs`, softened by the calibration temperature."""

    def __init__(self, network: SceneNet, temperature: float):
        super().__init__()
        self.network = network
        self.register_buffer("sharpness", torch.tensor(1 / temperature))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.network(image) * self.sharpness, 1)
