"""The network: a small BERT encoder and, per misconception, an attention over its words and a verdict."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the base model (all-MiniLM-L6-v2)."""

    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    words: int = 30522
    positions: int = 512
    dropout: float = 0.1


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self.mix = nn.Linear(shape.width, shape.width)
        self.mix_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.widen = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.narrow_norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, states: Tensor, hidden: Tensor) -> Tensor:
        states = self.mix_norm(states + self.dropout(self.mix(self._attend(states, hidden))))
        return self.narrow_norm(states + self.dropout(self.narrow(F.gelu(self.widen(states)))))

    def _attend(self, states: Tensor, hidden: Tensor) -> Tensor:
        """What each word takes from the others; `hidden` is minus infinity where there is only padding."""
        batch, length, width = states.shape

        def split(x: Tensor) -> Tensor:
            return x.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        query, key, value = split(self.query(states)), split(self.key(states)), split(self.value(states))
        weights = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads) + hidden[:, None, None, :]
        return (weights.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)


class Encoder(nn.Module):
    """BERT without its pooler: one vector for each word piece."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.words, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.segment = nn.Parameter(torch.zeros(shape.width))  # every piece is of the first segment
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = nn.Dropout(shape.dropout)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(pieces.shape[1], device=pieces.device)
        states = self.dropout(self.norm(self.words(pieces) + self.positions(places) + self.segment))
        hidden = (1.0 - mask.to(states.dtype)) * -1e4
        for layer in self.layers:
            states = layer(states, hidden)
        return states


class ReaderNet(nn.Module):
    """Logits that each misconception is asserted, that it is spoken about, and the mean of the word vectors.

    Every misconception looks at the words with its own attention, so that a claim buried in a long post is not
    averaged away; what turns a mention into an assertion (`stance`) is learned once for all of them.
    """

    def __init__(self, shape: Shape, labels: int) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.attention = nn.Parameter(torch.zeros(labels, shape.width))
        self.project = nn.Linear(2 * shape.width, shape.width)
        self.verdict = nn.Parameter(torch.randn(labels, shape.width) * 0.02)
        self.stance = nn.Parameter(torch.zeros(shape.width))
        self.bias = nn.Parameter(torch.full((labels,), -4.0))
        self.about = nn.Parameter(torch.randn(labels, shape.width) * 0.02)
        self.about_bias = nn.Parameter(torch.full((labels,), -3.0))
        self.asserts = nn.Linear(shape.width, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, pieces: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states = self.encoder(pieces, mask)
        pooled = pool(states, mask)
        seen = self._look(states, mask)
        whole = pooled[:, None, :].expand_as(seen)
        joined = self.dropout(F.gelu(self.project(torch.cat([seen, whole], -1))))
        asserted = (joined * (self.verdict + self.stance)).sum(-1) + self.bias
        about = (self.dropout(seen) * self.about).sum(-1) + self.about_bias
        return asserted, about, pooled

    def _look(self, states: Tensor, mask: Tensor) -> Tensor:
        """For each misconception, the words that matter to it, averaged by attention."""
        scores = states @ self.attention.t() / math.sqrt(states.shape[-1]) * 4.0
        scores = scores + (1.0 - mask.to(states.dtype))[:, :, None] * -1e4
        return scores.softmax(1).transpose(1, 2) @ states


def pool(states: Tensor, mask: Tensor) -> Tensor:
    """The mean of the word vectors, padding left out."""
    weights = mask.to(states.dtype)[:, :, None]
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def load_base(encoder: Encoder, weights: Path) -> None:
    """Fill the encoder from a published BERT checkpoint."""
    published = load_file(weights)
    encoder.load_state_dict(
        {ours: published[theirs] for ours, theirs in _names(len(encoder.layers))} | _segment(published)
    )


_PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mix": "attention.output.dense",
    "mix_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "narrow_norm": "output.LayerNorm",
}


def _names(layers: int) -> list[tuple[str, str]]:
    """Pairs of our parameter names and the published ones."""
    pairs = [
        ("words.weight", "embeddings.word_embeddings.weight"),
        ("positions.weight", "embeddings.position_embeddings.weight"),
        ("norm.weight", "embeddings.LayerNorm.weight"),
        ("norm.bias", "embeddings.LayerNorm.bias"),
    ]
    for n in range(layers):
        for ours, theirs in _PARTS.items():
            for end in ("weight", "bias"):
                pairs.append((f"layers.{n}.{ours}.{end}", f"encoder.layer.{n}.{theirs}.{end}"))
    return pairs


def _segment(published: dict[str, Tensor]) -> dict[str, Tensor]:
    return {"segment": published["embeddings.token_type_embeddings.weight"][0]}
