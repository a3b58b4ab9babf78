"""Rows that say what a library's calls do: effects, stores, inputs, settings, and what they run or hand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.libraries.terms import ArgumentRef, CallDoes, Operation, Place, StoreKind


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call whose outcome says what else runs, or what a value is.

    It `runs` the function in its argument and returns what that does, `starts` it on its own, `gives` the argument
    itself (a decorator: what it decorates; the word `receiver`: what it is called on), `resolves` the dotted name in
    it, `makes` an object of the class that it is a method of, tells whether a package `has-module` of a name, or
    `adapts` a decorator of functions to methods. As the default of a parameter or in its annotation it `injects` what
    its argument gives, or what is annotated. What `responds` makes a response. Settings are read from the attributes of
    an object (`loads-object`), from a table or keywords (`loads-mapping`), and got by name (`reads-key`);
    `loads-descriptors` makes the classes of messages.
    What `joins-paths` puts its arguments together with slashes between them.
    As a class attribute it `holds` its argument for objects of the class (or the `class` or `object` that it names, or
    a `list` or `table`, which may be empty), unless the method that `computes` the attribute of this name is decorated.
    A class on top of what `configures` has fields that the environment fills: what is off by default may be on.
    As an attribute it `describes` the objects of a class on top of the one that its argument names, also where the
    class says that it is on top of something unknown.
    A call or attribute `names-model` for the one in a setting (the first argument); an attribute is an object of it, as
    the path in the second argument is.
    A method that it decorates `validates` the fields that its arguments name.
    An object of it is `handed` to functions that have parameters of these names, the first of them.
    An object of a class on top of it `stands-for` the one that its method makes (the first argument) and keeps as an
    attribute of its own (the second).
    """

    paths: tuple[str, ...]
    does: CallDoes
    argument: ArgumentRef = (0,)


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A call that makes an attribute of a model for objects of another one: `author = ForeignKey(User)`.

    `to` is the other model or its name; where it is not given, the annotation of the attribute says it. On an object
    the attribute is what `gives` says; looking at it is an access where an effect is about that very path (`{call:
    Instance, …}`). The other model has an attribute for the way back: called as `back` says, else as `otherwise` does
    (`{}` is the name of the first model in lower case), it is what `gives-back` says. A `manager` is the attribute of
    models that stands for all their objects, where a program may put one of its own. With `through` the
    attribute leads over another one of the same model, and `to` names an attribute behind that.
    """

    paths: tuple[str, ...]
    gives: tuple[str, ...]
    to: ArgumentRef = (0,)
    through: ArgumentRef = ()
    back: ArgumentRef = ()
    otherwise: str = ""
    gives_back: tuple[str, ...] = ()
    manager: str = ""
    own: bool = False  # it is a relation only where it leads to a model of the program: `Required(str)` is a field


@dataclass(frozen=True, slots=True)
class InputRow:
    """Reading this path gives request input of the kind `place`.

    `type` is what it is turned into, `name` how a request calls it where the code does not say so. Of an object that
    `fields` describe, as attributes of its class, it is a table of what these let through, and what
    the method that is `checked_by` the name of a field (`clean_{}`) gives back. With `of` it is a
    call that takes apart a body in that argument: its parts are input of that kind, by the fields of the class in
    `model` where one is given.
    """

    paths: tuple[str, ...]
    place: Place
    type: str = ""
    name: str = ""
    of: ArgumentRef = ()
    model: ArgumentRef = ()
    fields: bool = False
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A call that does something a threat model cares about.

    `does`: `access` (a store: operation, entity), `send` (outbound: protocol, target), or the kind of a sink (`sql`,
    `command`, `code`, `template`, `deserialize`, `file`, `redirect`, `log`, `xpath`, `ldap`, `xml`, `nosql`, `html`,
    `url`, `crypto`, `tls`, `csrf`, `content-type`, `import`, `regex`, `engine`). A row may be both: `also` names
    a second `does` with the same argument.
    `unless` are constant arguments that make it harmless ({Loader: SafeLoader}); `only` ones that it needs ({shell:
    True}). Both are (keyword or position as text, text of the constant or last name of the path) pairs, and one that
    holds is enough; the loader makes a row of its own for each argument that `only` names. `*` is whatever is given but
    None. `engine` and `kind` say which store an access goes to: the loader fills them from the library's
    `store:` where a row has none of its own. `PATH.name.__set__` is `PATH.name = …`.
    A `text` row does harm only with text: any other object (a query that binds its values) carries data safely.
    A row that `marks` its argument as safe matters with any text: what nobody calls is run for its sake, too.
    What `unless_called` names makes the call harmless everywhere, once it is called (`defuse_stdlib()`).
    The `entity` of an access is the `receiver` or an argument; `models` of a read are `every` one among the arguments
    (or an attribute that leads to it), the `related` ones that texts name as paths from the receiver, or those `joined`
    by names of fields (`author__name=…`).
    A `page` is made of the template that `argument` names (the `receiver` was got by that name) and of what is in its
    `context`: a table, or the `keywords` of the call. What the template shows unescaped reaches a sink of kind `html`.
    A `lazy` call only prepares: a later access on what it returns decides what is done (`filter(…)`, then `.delete()`).
    """

    paths: tuple[str, ...]
    does: str
    argument: ArgumentRef = ()
    also: tuple[str, ...] = ()
    operation: Operation | Literal["", "sql"] = ""
    entity: ArgumentRef | Literal["receiver"] = ()
    models: Literal["", "every", "related", "joined"] = ""
    protocol: str = ""
    target: ArgumentRef = ()
    vendor: str = ""
    options: tuple[str, ...] = ()
    timeout: ArgumentRef = ()
    only: tuple[tuple[str, str], ...] = ()
    unless: tuple[tuple[str, str], ...] = ()
    engine: str = ""
    kind: StoreKind | Literal[""] = ""
    lazy: bool = False
    marks: bool = False
    text: bool = False
    context: ArgumentRef = ()
    unless_called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreRow:
    """Creating a connection to a store, or a setting that describes stores (`setting`, a mapping alias → description).

    `only` are constant arguments that it needs ({0: s3}), as in EffectRow.
    """

    paths: tuple[str, ...]
    kind: StoreKind
    engine: str = ""
    name: ArgumentRef = ()
    host: ArgumentRef = ()
    dsn: ArgumentRef = ()
    setting: str = ""
    only: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A configuration key with a meaning: debug, secret, hosts, cors-origins, cookie-secure, upload-limit, …

    A call without an `argument` is a switch: that it is there says yes (`CSRFProtect(app)`).
    The meaning `keys` is for calls whose keywords (or mappings) are keys themselves: `config.update(DEBUG=True)`.
    `host` is the argument of a call that serves which names the address to listen on; without it this machine is meant.
    """

    key: str
    meaning: str
    paths: tuple[str, ...] = ()
    argument: ArgumentRef = ()
    host: ArgumentRef = ()
