"""Seconds from the segments of a store to tensors, beside the least that any reader must do: get, unpack, parse.

`python bench/load.py --store URL` prints {rows, load_s, floor_s}; segments only, no snapshot.
"""

import argparse
import gzip
import sys
import time
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))
from context_edge_trainer.config_file import MOTOR_FAULTS, load_config
from context_edge_trainer.data.segments import Rejections
from context_edge_trainer.data.snapshot import read_store
from context_edge_trainer.learn.encode import Encoding, learn_vocabularies
from context_edge_trainer.learn.rows import collect
from context_edge_trainer.store.store import Store, open_store


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--config", type=Path, default=MOTOR_FAULTS)
    options = parser.parse_args()
    config = load_config(options.config)
    store = open_store(options.store)
    started = time.perf_counter()
    floor(store)
    between = time.perf_counter()
    rows = collect(read_store(store, config), config, Rejections())
    Encoding(config, learn_vocabularies(rows.train())).encode(rows)
    ended = time.perf_counter()
    print(orjson.dumps({"rows": len(rows), "load_s": ended - between, "floor_s": between - started}).decode())


def floor(store: Store) -> None:
    """Read every segment once, one after the other, and believe all of it."""
    for listed in list(store.list("ldo/v1/")):
        for line in gzip.decompress(store.get(listed.key) or b"").splitlines():
            orjson.loads(line)


if __name__ == "__main__":
    main()
