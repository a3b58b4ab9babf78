"""Sources in, facts out: from the cache where the bytes are known, else from a pool of processes.

The only place where files meet processes; a run in which nothing changed ends here without importing libcst.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from hashlib import sha256
from typing import TypeAlias

import msgspec

from tmscan.facts.batch import extract_batch, extract_in_worker, start_worker
from tmscan.facts.cache import Cache, read_entries, write_entries
from tmscan.facts.types import FileFacts, Unparsed
from tmscan.facts.version import extractor_version
from tmscan.processes import cores, may_fork

Facts: TypeAlias = FileFacts | Unparsed
Progress: TypeAlias = Callable[[int, int], None]
Work: TypeAlias = Callable[[Sequence[bytes]], list[bytes]]

KIND = "facts"
_BATCH_BYTES = 100_000  # about 3,000 lines: short enough that Ctrl-C and the last batch do not wait
_FEW_BYTES = 250_000  # less than this is done sooner than workers start
_CRASHED = Unparsed("the parser gave up on this file", 1)
_decode = msgspec.msgpack.Decoder(Facts).decode
_encode = msgspec.msgpack.Encoder().encode


def collect(
    sources: Iterable[tuple[str, bytes]],
    cache: Cache | None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Facts]:
    """The facts of every file, by path in the order given.

    `cache` None works without one. `executor` takes the batches instead of a pool of this machine (it must be able to
    pickle functions of this package); `progress` is told how many files are done, and of how many.
    """
    keys: dict[str, bytes] = {}
    contents: dict[bytes, bytes] = {}
    for path, content in sources:
        key = keys[path] = source_key(content)
        contents[key] = content
    found = _from_cache(cache, list(contents))
    missing = {key: content for key, content in contents.items() if key not in found}
    known = len(found)
    if progress is not None:
        progress(known, len(contents))
    fresh: dict[bytes, bytes] = {}
    try:
        for key, encoded in _extracted(missing, executor, workers):
            fresh[key] = encoded
            found[key] = _decode(encoded)
            if progress is not None:
                progress(known + len(fresh), len(contents))
    finally:  # what an interrupted run has worked out is not lost
        if cache is not None and fresh:
            write_entries(cache, KIND, fresh)
    return {path: found[key] for path, key in keys.items()}


def source_key(content: bytes) -> bytes:
    """The cache key of a file: its bytes and the version of the extraction, nothing else."""
    return sha256(extractor_version() + content).digest()


def _from_cache(cache: Cache | None, keys: Sequence[bytes]) -> dict[bytes, Facts]:
    found: dict[bytes, Facts] = {}
    if cache is None:
        return found
    for key, encoded in read_entries(cache, KIND, keys).items():
        try:
            found[key] = _decode(encoded)
        except msgspec.DecodeError:  # written by something else: worked out again and replaced
            continue
    return found


def _extracted(
    missing: dict[bytes, bytes], executor: Executor | None, workers: int | None
) -> Iterator[tuple[bytes, bytes]]:
    batches = _batches(missing)
    count = min(cores() if workers is None else max(workers, 1), len(batches))
    if executor is not None:
        yield from _through(executor, extract_batch, missing, batches)
    elif count <= 1 or sum(map(len, missing.values())) < _FEW_BYTES:
        for batch in batches:
            yield from zip(batch, extract_batch([missing[key] for key in batch]), strict=True)
    else:
        yield from _pooled(missing, batches, count)


def _batches(missing: dict[bytes, bytes]) -> list[list[bytes]]:
    """Largest files first, so that no worker is left with a long one at the end; small ones share a task."""
    batches: list[list[bytes]] = []
    room = 0
    for key in sorted(missing, key=lambda key: (-len(missing[key]), key)):
        size = len(missing[key])
        if room < size or not batches:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(key)
        room -= size
    return batches


def _pooled(missing: dict[bytes, bytes], batches: list[list[bytes]], count: int) -> Iterator[tuple[bytes, bytes]]:
    """All batches through a pool; if a file kills a worker, the files not done go one by one, and only it is lost."""
    done: set[bytes] = set()
    others = set(multiprocessing.active_children())
    try:
        with _pool(count) as pool:
            try:
                for key, encoded in _through(pool, extract_in_worker, missing, batches):
                    done.add(key)
                    yield key, encoded
            except BaseException:  # Ctrl-C above all: nobody waits for what is under way
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in set(multiprocessing.active_children()) - others:
                    worker.terminate()
                raise
    except BrokenProcessPool:
        yield from _one_by_one({key: content for key, content in missing.items() if key not in done})


def _through(
    executor: Executor, work: Work, missing: dict[bytes, bytes], batches: list[list[bytes]]
) -> Iterator[tuple[bytes, bytes]]:
    futures: dict[Future[list[bytes]], list[bytes]] = {
        executor.submit(work, [missing[key] for key in batch]): batch for batch in batches
    }
    for future in as_completed(futures):
        yield from zip(futures.pop(future), future.result(), strict=True)


def _one_by_one(missing: dict[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    waiting = list(missing)
    while waiting:
        with _pool(1) as pool:
            try:
                while waiting:
                    (encoded,) = pool.submit(extract_in_worker, [missing[waiting[-1]]]).result()
                    yield waiting.pop(), encoded
            except BrokenProcessPool:
                yield waiting.pop(), _encode(_CRASHED)


def _pool(count: int) -> ProcessPoolExecutor:
    """Forking is quickest, and safe while this is the only thread; otherwise workers start from nothing."""
    context = multiprocessing.get_context("fork" if may_fork() else "spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=start_worker)
