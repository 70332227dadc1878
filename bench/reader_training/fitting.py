"""The fit: batches of similar length, a warm-up, slower lower layers, and an average of the last weights."""

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from .encoder import ReaderNet
from .examples import Example
from .variants import read_frames, vary


@dataclass(frozen=True, slots=True)
class Recipe:
    epochs: int = 9
    batch: int = 32
    rate: float = 3e-4  # of the top layer
    head_rate: float = 1e-3
    layer_decay: float = 0.85  # each layer below learns this much slower
    weight_decay: float = 0.01
    warm_up: float = 0.08  # share of the steps
    average: float = 0.99  # decay of the running average of the weights
    length: int = 224  # word pieces; of 200 words, which most long posts have
    about_weight: float = 0.4
    stance_weight: float = 0.3
    smooth: float = 0.01
    vary: bool = True
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Batch:
    pieces: Tensor
    mask: Tensor
    asserted: Tensor
    about: Tensor


def fit(
    net: ReaderNet,
    examples: Sequence[Example],
    labels: Sequence[str],
    tokenizer: Tokenizer,
    recipe: Recipe,
    say: Callable[[str], None] = print,
) -> None:
    """Train the network in place; it ends with the averaged weights."""
    torch.manual_seed(recipe.seed)
    dice = random.Random(recipe.seed)
    steps_per_epoch = math.ceil(len(examples) / recipe.batch)
    total = steps_per_epoch * recipe.epochs
    optimizer = torch.optim.AdamW(_groups(net, recipe), weight_decay=recipe.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, total, recipe.warm_up))
    averaged = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average)
    )
    started, step = time.monotonic(), 0
    for epoch in range(recipe.epochs):
        net.train()
        losses = 0.0
        for batch in _batches(examples, labels, tokenizer, recipe, dice):
            losses += _step(net, batch, optimizer, recipe)
            schedule.step()
            step += 1
            if step > total * 0.3:
                averaged.update_parameters(net)
        minutes = (time.monotonic() - started) / 60
        say(f"epoch {epoch + 1}/{recipe.epochs}  loss {losses / steps_per_epoch:.4f}  {minutes:.1f} min")
    net.load_state_dict(averaged.module.state_dict())
    net.eval()


@torch.no_grad()
def predict(net: ReaderNet, texts: Sequence[str], tokenizer: Tokenizer, length: int = 256) -> tuple[Tensor, Tensor]:
    """Probabilities (messages × labels) and pooled vectors, in the order of the texts."""
    net.eval()
    rows = [tokenizer.encode(t).ids[:length] for t in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    scores: list[Tensor] = [torch.empty(0)] * len(rows)
    vectors: list[Tensor] = [torch.empty(0)] * len(rows)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        pieces, mask = _pad([rows[i] for i in chosen])
        asserted, _, pooled = net(pieces, mask)
        for i, score, vector in zip(chosen, asserted.sigmoid(), pooled, strict=True):
            scores[i], vectors[i] = score, vector
    return torch.stack(scores), torch.stack(vectors)


def _step(net: ReaderNet, batch: Batch, optimizer: torch.optim.Optimizer, recipe: Recipe) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        asserted, about, pooled = net(batch.pieces, batch.mask)
        stance = net.asserts(pooled)
    loss = _loss(asserted.float(), batch.asserted, recipe.smooth)
    loss = loss + recipe.about_weight * _loss(about.float(), batch.about, recipe.smooth)
    any_asserted = batch.asserted.amax(1, keepdim=True)
    loss = loss + recipe.stance_weight * F.binary_cross_entropy_with_logits(stance.float(), any_asserted)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _loss(logits: Tensor, wanted: Tensor, smooth: float) -> Tensor:
    """Summed over the misconceptions, averaged over the messages; only positives are smoothed."""
    return F.binary_cross_entropy_with_logits(logits, wanted * (1 - 2 * smooth), reduction="sum") / len(wanted)


def _pace(step: int, total: int, warm_up: float) -> float:
    """The learning rate's course: up in a line, down in a cosine."""
    rise = max(1, int(total * warm_up))
    if step < rise:
        return (step + 1) / rise
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, total - rise)))


def _groups(net: ReaderNet, recipe: Recipe) -> list[dict[str, object]]:
    """Parameters with their rates. The word vectors stay as they are: they generalise better and train faster."""
    net.encoder.words.requires_grad_(False)
    depth = len(net.encoder.layers)
    groups: list[dict[str, object]] = []
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = recipe.head_rate
        if name.startswith("encoder."):
            level = int(name.split(".")[2]) if name.startswith("encoder.layers.") else -1
            rate = recipe.rate * recipe.layer_decay ** (depth - 1 - level)
        decay = recipe.weight_decay if parameter.dim() > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return groups


def _batches(
    examples: Sequence[Example], labels: Sequence[str], tokenizer: Tokenizer, recipe: Recipe, dice: random.Random
) -> Iterator[Batch]:
    """One epoch in random order, with messages of similar length together so that little is padding."""
    frames = read_frames()
    varied = [vary(e, examples, frames, dice) for e in examples] if recipe.vary else list(examples)
    dice.shuffle(varied)
    rows = [(e, tokenizer.encode(e.text).ids[: recipe.length]) for e in varied]
    reach = recipe.batch * 12
    groups = []
    for start in range(0, len(rows), reach):
        near = sorted(rows[start : start + reach], key=lambda row: len(row[1]))
        groups += [near[i : i + recipe.batch] for i in range(0, len(near), recipe.batch)]
    dice.shuffle(groups)
    for group in groups:
        pieces, mask = _pad([ids for _, ids in group])
        asserted = _marks([e.labels for e, _ in group], labels)
        yield Batch(pieces, mask, asserted, _marks([e.about for e, _ in group], labels))


def _marks(sets: Sequence[frozenset[str]], labels: Sequence[str]) -> Tensor:
    return torch.tensor([[float(label in s) for label in labels] for s in sets])


def _pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    width = max(map(len, rows))
    pieces = torch.tensor([[*row, *([0] * (width - len(row)))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return pieces, mask
