"""Rehearsals followed to their end: a function and what is asked of it in, the refusals that count out."""

from __future__ import annotations

import re

from tmscan.inventory.guards.judges import Asked, Judge
from tmscan.inventory.guards.refusals import Refusal, is_by_stored, refusals_of
from tmscan.inventory.guards.rehearsal import LONG, STEPS, rehearse_within
from tmscan.program.values import Activation, Arguments, Function, Value

_SIGN_IN = frozenset(
    {"login_user", "check_password", "check_password_hash", "verify_password", "authenticate", "checkpw",
     "create_access_token", "create_token", "pbkdf2_sha256", "authenticate_user", "generate_token"}
)  # fmt: skip
_SIGNED_IN = re.compile(
    r"authenticated|anonymous|logged|session|token|current_user|login|^user$|cookie|header|perm|role|required_scope"
)
_ABOVE = ("middleware", "framework", "app")
_CURRENT = frozenset({"is_authenticated", "current_user", "is_anonymous", "authenticated"})


def followed(
    judge: Judge, function: Function, receiver: Value | None, arguments: Arguments, asked: Asked
) -> tuple[list[Refusal], bool]:
    """The refusals of a rehearsal that count, and whether it was cut short; then a longer one is tried."""
    found: list[Refusal] = []
    situation, body = asked.situation, asked.scope == "body"
    for most in (STEPS, LONG):
        activation, steps = rehearse_within(
            judge.machine, function, receiver, arguments, situation, asked.skipped, most
        )
        judge.spare -= steps if most > STEPS else 0
        if activation is not None:
            found = [one for one in refusals_of(judge.reader, activation) if counts(one, activation, body)]
            if asked.scope in _ABOVE:  # it stands before every endpoint, and is to keep some of them closed
                found = [refusal for refusal in found if not is_by_stored(judge.reader, refusal)]
        if steps <= most or judge.spare <= 0 or found:
            return found, not found and steps > most
    return found, True


def counts(refusal: Refusal, start: Activation, body: bool) -> bool:
    """Whether a refusal makes a guard: it asks who calls, or always comes; no answer to a wrong password does."""
    if not refusal.asks:
        return refusal.always and refusal.activation is start
    if refusal.redirects and not any(_SIGNED_IN.search(word) for word in refusal.words):
        return False
    if not body or refusal.words & _CURRENT:
        return True
    if _asks_for_password(refusal.words) and "headers" not in refusal.words:
        return False
    mentions: set[str] = set()
    for activation in (start, refusal.activation):
        if activation.function is not None:
            mentions.update(activation.function.definition.mentions)
    return _SIGN_IN.isdisjoint(mentions)


def _asks_for_password(words: frozenset[str]) -> bool:
    """Whether a password is compared, and not a token with the secret that it has to be."""
    return any("passw" in word for word in words) or ("secret" in words and not any("token" in word for word in words))
