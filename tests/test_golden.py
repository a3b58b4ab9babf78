"""Every application under `fixtures/apps` against its `expected.yaml`, written from reading the application."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from expected import differences

from tmscan.scan import scan

APPS = Path(__file__).resolve().parent.parent / "fixtures" / "apps"


@pytest.mark.parametrize(
    "app", sorted(path.parent for path in APPS.glob("*/expected.yaml")), ids=lambda path: path.name
)
def test_application(app: Path) -> None:
    result = scan([app])
    expected = yaml.safe_load((app / "expected.yaml").read_text(encoding="utf-8"))
    found = differences(expected, result.inventory, result.model, result.register)
    if found:
        pytest.fail(f"{app.name}: {len(found)} differences\n" + "\n".join(found), pytrace=False)
