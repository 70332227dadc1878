"""The export: the network as one int8 ONNX file, its tokenizer, its manifest."""

import hashlib
import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from .encoder import ReaderNet

FORMAT = 2  # what bot/second_reader/manifest.py reads
BASE = {
    "name": "sentence-transformers/all-MiniLM-L6-v2",
    "licence": "Apache-2.0",
    "changes": "fine-tuned with one output per misconception, quantised to 8-bit integers",
}


MOST = 4000  # examples whose vectors are shipped, 768 bytes each
QUANTISED = ["MatMul", "Gemm", "Gather"]


class _Served(nn.Module):
    """What the bot calls: word pieces in; probabilities and a vector out. Padding is piece 0.

    Several networks give the mean of their log-odds. They share their word vectors, which no training changes, so that
    a second network adds less than half to the file. The vector is that of the first.
    """

    def __init__(self, nets: Sequence[ReaderNet]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)
        for net in nets[1:]:
            net.encoder.words = nets[0].encoder.words

    def forward(self, pieces: Tensor) -> tuple[Tensor, Tensor]:
        mask = (pieces != 0).to(torch.float32)
        read = [net(pieces, mask) for net in self.nets]
        return torch.stack([asserted for asserted, _, _ in read]).mean(0).sigmoid(), read[0][2]


def export_network(nets: Sequence[ReaderNet], target: Path, *, quantised: bool = True) -> None:
    """Write the network as ONNX, its weights as 8-bit integers with a scale for each output channel."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        _export_plain(nets, plain)
        if quantised:
            quantize_dynamic(
                plain,
                target,
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=QUANTISED,
            )
        else:
            onnx.save(onnx.load(plain), target)


def _export_plain(nets: Sequence[ReaderNet], target: Path) -> None:
    example = torch.randint(1, 1000, (2, 16))
    torch.onnx.export(
        _Served(nets).eval(),
        (example,),
        target,
        input_names=["pieces"],
        output_names=["asserted", "vector"],
        dynamic_axes={"pieces": {0: "batch", 1: "length"}},
        opset_version=17,
        dynamo=False,
    )


def write_folder(
    folder: Path,
    *,
    nets: Sequence[ReaderNet],
    tokenizer: Tokenizer,
    labels: Sequence[str],
    texts: Sequence[str],
    version: str,
    trained_on: dict[str, Any],
) -> None:
    """Everything that bot/second_reader needs, the manifest last so that a half-written folder is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    export_network(nets, folder / "reader.onnx")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    np.save(folder / "background.npy", _vectors(folder / "reader.onnx", tokenizer, texts))
    files = {name: _digest(folder / name) for name in ("reader.onnx", "tokenizer.json", "background.npy")}
    manifest = {
        "format": FORMAT,
        "version": version,
        "base": BASE,
        "labels": list(labels),
        "trained_on": trained_on,
        "files": files,
    }
    (folder / "reader.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def write_weights(folder: Path, weights: dict[str, float]) -> None:
    """Add to the manifest how the network is combined with the rules."""
    path = folder / "reader.json"
    manifest = json.loads(path.read_text("utf-8")) | {"weights": weights}
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _vectors(network: Path, tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float16]:
    """The vectors of the examples as the exported network gives them, for misconceptions added later."""
    session = InferenceSession(network, providers=["CPUExecutionProvider"])
    kept = texts[:: math.ceil(len(texts) / MOST)]
    rows = (np.array([tokenizer.encode(text).ids[:256]]) for text in kept)
    return np.concatenate([session.run(["vector"], {"pieces": row})[0] for row in rows]).astype(np.float16)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
