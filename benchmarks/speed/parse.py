"""The yardstick: libcst.native.parse_module over given files and nothing else.

In: a file that lists paths, one a line. Out: JSON: seconds of the parsing alone, files, lines, unparsed files.
Apart, because it must run in a process of its own, with nothing of tmscan loaded.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import tokenize
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from libcst import ParserSyntaxError, native


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--gc", action="store_true", help="leave the garbage collector on")
    options = parser.parse_args()
    paths = options.list.read_text(encoding="utf-8").splitlines()
    texts = [text for text in map(read, paths) if text is not None]
    texts.sort(key=len, reverse=True)
    if options.workers == 1:
        collector(options.gc)
        started = time.perf_counter()
        unparsed = sum(map(parse, texts))
        seconds = time.perf_counter() - started
    else:
        with ProcessPoolExecutor(options.workers, initializer=collector, initargs=(options.gc,)) as pool:
            list(pool.map(parse, ["pass\n"] * options.workers))  # the workers stand before the clock starts
            started = time.perf_counter()
            unparsed = sum(pool.map(parse, texts, chunksize=4))
            seconds = time.perf_counter() - started
    lines = sum(text.count("\n") for text in texts)
    json.dump({"seconds": seconds, "files": len(texts), "lines": lines, "unparsed": unparsed}, sys.stdout)


def read(path: str) -> str | None:
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError):
        return None


def parse(text: str) -> bool:
    """Whether the text could not be parsed."""
    try:
        native.parse_module(text)
    except ParserSyntaxError:
        return True
    return False


def collector(on: bool) -> None:
    if not on:
        gc.disable()


if __name__ == "__main__":
    main()
