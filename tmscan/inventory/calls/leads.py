"""Which activations lead to something: an activation and a test go in, whether it or what it calls passes comes out.

What was found is kept, so that walks from many endpoints over the same calls skip what leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable

from tmscan.program.values import Activation


def leads_to(start: Activation, wanted: Callable[[Activation], bool], known: dict[int, bool]) -> bool:
    """Whether `wanted` holds for `start` or any activation that it calls, however deep.

    `known` keeps answers by `id`: the activations must outlive it.
    """
    if id(start) in known:
        return known[id(start)]
    seen = {id(start)}
    way: list[tuple[Activation, int]] = [(start, 0)]  # an activation, and how many of its calls were followed
    if not wanted(start):
        while way:
            current, position = way[-1]
            if position == len(current.calls):
                way.pop()
                continue
            way[-1] = (current, position + 1)
            callee = current.calls[position][1]
            answer = known.get(id(callee))
            if answer or (answer is None and id(callee) not in seen and wanted(callee)):
                known[id(callee)] = True
                break
            if answer is None and id(callee) not in seen:
                seen.add(id(callee))
                way.append((callee, 0))
    if not way:
        known.update(dict.fromkeys(seen, False))  # all that can be got to was looked at
        return False
    for current, _ in way:
        known[id(current)] = True
    return True
