"""STRIDE per element as tables: which letters apply to which kind, how the threat reads, and what to ask a person.

The matrix is the classic one (Shostack, Threat Modeling, 2014, ch. 3; the same as OWASP Threat Dragon's): external
entity S R, process all six, store T R I D, flow T I D. A library runs with the rights of its process: all six as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from tmscan.threats.types import Stride

if TYPE_CHECKING:
    from collections.abc import Mapping

LETTERS: tuple[Stride, ...] = get_args(Stride)
MATRIX: Mapping[str, tuple[Stride, ...]] = {
    "entity": ("spoofing", "repudiation"),
    "process": LETTERS,
    "library": LETTERS,
    "store": ("tampering", "repudiation", "information-disclosure", "denial-of-service"),
    "flow": ("tampering", "information-disclosure", "denial-of-service"),
}
TITLES: Mapping[tuple[str, Stride], str] = {
    ("entity", "spoofing"): "Someone or something else poses as {}",
    ("entity", "repudiation"): "{} denies having sent or received something",
    ("process", "spoofing"): "Something else answers in the place of {}, or calls it under a false name",
    ("process", "tampering"): "{} is made to change data that the caller may not change",
    ("process", "repudiation"): "What {} did cannot be shown afterwards",
    ("process", "information-disclosure"): "{} tells more than the caller may know",
    ("process", "denial-of-service"): "{} is kept so busy that it answers nobody",
    ("process", "elevation-of-privilege"): "A caller makes {} do what only others may do",
    ("store", "tampering"): "Data in {} is changed past the application's rules",
    ("store", "repudiation"): "Entries in {} that prove who did what are missing, or can be altered",
    ("store", "information-disclosure"): "Data in {} is read by someone who may not",
    ("store", "denial-of-service"): "{} is full, locked or gone",
    ("library", "spoofing"): "{} acts in the name of the signed-in user, or is not the package it claims to be",
    ("library", "tampering"): "{} alters the data it is given, or what it hands back is wrong",
    ("library", "repudiation"): "What {} did leaves no trace of its own",
    ("library", "information-disclosure"): "{} sends the data it is given somewhere else",
    ("library", "denial-of-service"): "{} uses up memory or time on a large or crafted input",
    ("library", "elevation-of-privilege"): "A crafted input makes {} run an attacker's code with this process's rights",
    ("flow", "tampering"): "Data on {} is changed on its way",
    ("flow", "information-disclosure"): "Data on {} is read on its way",
    ("flow", "denial-of-service"): "{} is cut, flooded or kept waiting",
}
QUESTIONS: Mapping[tuple[str, Stride], str] = {
    ("entity", "spoofing"): "how does the application know that it is really {}?",
    ("entity", "repudiation"): "which of its actions need proof, and where is the proof kept?",
    ("process", "spoofing"): "how do callers know it is {}, and who else can reach it?",
    ("process", "tampering"): "what are the legal values of its inputs, and what refuses the others?",
    ("process", "repudiation"): "which actions need a record, with whose name on it?",
    ("process", "information-disclosure"): "what may its answers and errors never contain?",
    ("process", "denial-of-service"): "what is the expected peak, and what refuses the rest?",
    ("process", "elevation-of-privilege"): "which roles exist, and what may each do here?",
    ("store", "tampering"): "who else can write to {}, and with which rights does the application connect?",
    ("store", "repudiation"): "who can change or delete its entries, and how long are they kept?",
    ("store", "information-disclosure"): "who else can read {}, and is it encrypted at rest and in backups?",
    ("store", "denial-of-service"): "what happens when {} is full or down, and when was a restore last tried?",
    ("library", "spoofing"): "what does {} get hold of: session, request, tokens, environment?",
    ("library", "tampering"): "how would you notice that its output is wrong?",
    ("library", "repudiation"): "are calls to {} logged with their caller?",
    ("library", "information-disclosure"): "does {} need the network, and can it be kept from it?",
    ("library", "denial-of-service"): "what limits the size of the input and the time {} may take?",
    ("library", "elevation-of-privilege"): "does {} run where a break-out would do little harm?",
    ("flow", "tampering"): "is {} encrypted and are both ends checked?",
    ("flow", "information-disclosure"): "is {} encrypted all the way, proxies included?",
    ("flow", "denial-of-service"): "what limits and timeouts stand on {}?",
}
