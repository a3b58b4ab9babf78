"""What a value of the model file may be: the plain data that YAML knows."""

from __future__ import annotations

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
