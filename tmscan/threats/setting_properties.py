"""What rules ask of settings, one short function for each word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tmscan.inventory.strangers import changes_by_get

if TYPE_CHECKING:
    from collections.abc import Callable

    from tmscan.inventory.types import Setting
    from tmscan.threats.context import Context

_PLACEHOLDER = re.compile(r"^(<.*>|\{.*\}|\$\{.*\}|\$\([\w.-]*\)|\$\w+|x+|\*+|\.+)$", re.IGNORECASE)
_WORDS = "dev|develop|development|local|tests?|testing|unit_?tests?|ci|example|sample|template"
_DEVELOPMENT = re.compile(
    rf"(?:^|/)(?:(?:settings|configs?|configuration)/(?:{_WORDS})|(?:{_WORDS})_settings|(?:settings|config|configuration)_(?:{_WORDS})|tests?_\w+|\w+_tests?|conftest)\.py$"
    r"|(?:^|/)(?:tests?|testing|examples?)/"
)


def setting_literal(setting: Setting, _: Context) -> bool:
    """Whether the value stands in the code and is more than a placeholder."""
    return setting.origin == "literal" and not setting_empty(setting, _) and not _PLACEHOLDER.match(setting.value)


def setting_enabled(setting: Setting, _: Context) -> bool:
    """Whether the value (or the default of the environment variable) reads as yes."""
    return setting.value.strip("'\"").lower() in {"true", "1", "yes", "on"}


def setting_development(setting: Setting, _: Context) -> bool:
    """Whether it stands in a file of settings for developers or tests, or to copy from: `settings/dev.py`."""
    return bool(_DEVELOPMENT.search(setting.location.file))


def setting_conditional(setting: Setting, _: Context) -> bool:
    """Whether it is given in some cases only: `if developing(): app.run(debug=True)`."""
    return setting.conditional


def setting_local(setting: Setting, _: Context) -> bool:
    """Whether it is for a server that listens on this machine only: `app.run(debug=True)`."""
    return setting.local


def setting_varies(setting: Setting, context: Context) -> bool:
    """Whether the same file gives it another value too: settings for developers stand beside those that count."""
    others = context.settings.get(setting.meaning, ())
    here = (setting.key, setting.location.file)
    return any((one.key, one.location.file) == here and one.value != setting.value for one in others)


def setting_replaced(setting: Setting, context: Context) -> bool:
    """Whether a file beside it, of settings that count, takes the value from elsewhere, or switches off what is on."""
    folder, on = setting.location.file.rpartition("/")[0], setting_enabled(setting, context)
    return any(
        one.key == setting.key
        and (one.origin != "literal" or (on and setting_disabled(one, context)))
        and one.location.file != setting.location.file
        and one.location.file.rpartition("/")[0] == folder
        for one in context.settings.get(setting.meaning, ())
    )


def setting_disabled(setting: Setting, _: Context) -> bool:
    """Whether the value (or the default of the environment variable) reads as no."""
    return setting.value.strip("'\"").lower() in {"false", "0", "no", "off", "none"}


def setting_empty(setting: Setting, _: Context) -> bool:
    """Whether there is no value to speak of."""
    return setting.value.strip("'\" ") in {"", "None"}


def setting_wildcard(setting: Setting, _: Context) -> bool:
    """Whether the value lets everything through: a bare `*` alone or in a list."""
    return bool(re.search(r"(^|[\[\(,'\"\s])\*([\]\),'\"\s]|$)", setting.value))


def setting_weak_hash(setting: Setting, _: Context) -> bool:
    """Whether the first password hash named is one that can be tried at high speed."""
    first = setting.value.split(",", maxsplit=1)[0]
    return (
        bool(re.search(r"md5|sha1|unsalted|plain|crypt(?!o)", first, re.IGNORECASE)) and "bcrypt" not in first.lower()
    )


def setting_changes_by_get(_: Setting, context: Context) -> bool:
    """Whether some endpoint changes something when a mere link is followed."""
    return any(changes_by_get(endpoint) for endpoint in context.inventory.endpoints)


SETTING_PROPERTIES: dict[str, Callable[[Setting, Context], bool]] = {
    "literal": setting_literal,
    "enabled": setting_enabled,
    "development": setting_development,
    "conditional": setting_conditional,
    "local": setting_local,
    "varies": setting_varies,
    "replaced": setting_replaced,
    "disabled": setting_disabled,
    "empty": setting_empty,
    "wildcard": setting_wildcard,
    "weak_hash": setting_weak_hash,
    "changes_by_get": setting_changes_by_get,
}
