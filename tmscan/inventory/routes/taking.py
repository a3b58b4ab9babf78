"""What a mount takes in, and under which prefix: the routers that its child stands for come out, as they are there."""

from __future__ import annotations

from dataclasses import replace

from tmscan.inventory.calls.arguments import HOLE, listed, texts
from tmscan.inventory.routes.routers import MountCall, Router, Routers, children_of
from tmscan.program.data.operators import is_none
from tmscan.program.values import NOTHING, Sequence


def taken_in(routers: Routers, mount: MountCall) -> list[Router]:
    """The mounted routers, each without its own prefix where that of the mount replaces it."""
    children = children_of(routers, mount.child)
    if not children and mount.overrides and isinstance(mount.child, Sequence):
        children = [child for item in listed(mount.child) for child in children_of(routers, item)]
    replaced = mount.overrides and bool(texts(mount.prefix))
    return [
        replace(child, prefix=NOTHING if replaced and not _joins(child) else child.prefix, taken=mount.event)
        for child in children
    ]


def prefixes_of_mount(mount: MountCall) -> tuple[str, ...]:
    """What a mount may put before the paths; what a server puts before everything is a matter of deployment."""
    found = texts(mount.prefix) or (("",) if mount.prefix is None or is_none(mount.prefix) else (f"/{HOLE}",))
    return (
        tuple(each.removeprefix(HOLE) if each.startswith(f"{HOLE}/") else each for each in found)
        if mount.serves
        else found
    )


def prefixes_before(router: Router) -> tuple[str, ...]:
    """What may stand before the paths that are declared on a router."""
    own = router.prefix
    if own is None and router.copied is not None:
        own = router.copied.prefix
    return texts(own) or (("",) if own is None or is_none(own) else (f"/{HOLE}",))


def _joins(router: Router) -> bool:
    """Whether it is only a name for several routers: what it is mounted under then stands before all they say."""
    return router.row is not None and router.row.joins
