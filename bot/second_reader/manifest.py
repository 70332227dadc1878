"""What the model folder says about itself, and whether its files are the ones that were trained together."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.combine import Weights

FORMAT = 2  # raised whenever an older bot could not use a newer model, or the other way round
NAME = "reader.json"


class ModelUnusable(Exception):
    """The second reader can't be used; the message says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The labels in the order of the network's outputs, and where the model comes from."""

    version: str
    labels: tuple[str, ...]
    base: str
    licence: str
    files: Mapping[str, str]  # name -> SHA-256
    weights: Weights | None = None  # how to combine it with the rules; None: not fitted yet


def read(folder: Path) -> Manifest:
    """The folder's manifest, once every file it names was found whole. Raises ModelUnusable."""
    manifest = _parse(_bytes(folder / NAME))
    for name, digest in manifest.files.items():
        if hashlib.sha256(_bytes(folder / name)).hexdigest() != digest:
            raise ModelUnusable(f"{name} is damaged or belongs to another model (its checksum differs).")
    return manifest


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ModelUnusable(f"{path.name} can't be read in {path.parent}.") from problem


def _parse(content: bytes) -> Manifest:
    try:
        data: dict[str, Any] = json.loads(content)
        made_for = data["format"]
        manifest = Manifest(
            version=str(data["version"]),
            labels=tuple(data["labels"]),
            base=str(data["base"]["name"]),
            licence=str(data["base"]["licence"]),
            files=dict(data["files"]),
            weights=Weights(**data["weights"]) if data.get("weights") else None,
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise ModelUnusable(f"{NAME} is damaged: {type(problem).__name__}.") from problem
    if made_for != FORMAT:
        raise ModelUnusable(f"{NAME} is of format {made_for}; this bot reads format {FORMAT}.")
    return manifest
