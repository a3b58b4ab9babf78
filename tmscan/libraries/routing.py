"""Rows that say how a library is told its routes: declarations, routers, mounts, tables that a setting names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.libraries.terms import ArgumentRef, PathSyntax, Shape


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One way of declaring endpoints.

    `decorated`: a call whose result decorates the handler (or the decorator itself); `registered`: a call that takes
    the handler; `listed`: an object (or a plain tuple, path `tuple`) in a list of routes that another row names;
    `named`: a call that gives a path a name, for which rows of other shapes with a `name` say who answers (`action` is
    then the method of a class); `class`: a base class whose methods answer verbs; `constructed`: creating the object
    declares routes found in its arguments. `methods_by` is "name" (last segment of the call is the verb), "argument",
    "class" (methods of the handler class), "map" (a mapping argument verb → method name) or "any". `default` are the
    verbs when nothing says otherwise. With `signature` the handler's parameters are inputs, and those with a
    dependency as default are guards.
    `version` and `version_prefix` stand before the whole path, also where a router on the way has them; a `suffix` ends
    the names of the methods that answer.
    A `for_class` call is no route: what it says holds for every answer in the class that it decorates.
    `permission` names who may call: it stands as the guard `<library>.permission`, unless the list of grants of the
    `context` (a class, or what makes an object of one) gives it to everybody.
    A `listed` object keeps its handler, or the routes that it includes, in attributes that code may read and replace.
    A `constructed` object answers itself wherever it is mounted. `otherwise` is the path where none is given: `{name}`
    in it stands for the name of the handler. `calls` are the methods of a `class` that the framework calls.
    """

    shape: Shape
    paths: tuple[str, ...]
    path: ArgumentRef = ()
    name: ArgumentRef = ()
    action: ArgumentRef = ()
    context: ArgumentRef = ()
    permission: ArgumentRef = ()
    version: ArgumentRef = ()
    version_prefix: ArgumentRef = ()
    suffix: ArgumentRef = ()
    for_class: bool = False
    handler: ArgumentRef = ()
    methods: ArgumentRef = ()
    methods_by: Literal["name", "argument", "class", "map", "any"] = "argument"
    default: tuple[str, ...] = ("GET",)
    guards: ArgumentRef = ()
    prefix: ArgumentRef = ()
    syntax: PathSyntax = ""
    protocol: Literal["http", "websocket"] = "http"
    verbs: tuple[tuple[str, str], ...] = ()
    signature: bool = False
    alone: bool = False  # guards said here replace those of the routers, and theirs each other's
    wraps: bool = False  # its guards are makers of what stands around the handler, as decorators are
    admits: bool = False  # its guards, and those of its routers, let in whom they answer something true
    handler_attribute: str = ""
    children_attribute: str = ""
    otherwise: str = ""
    calls: tuple[str, ...] = ()
    given: ArgumentRef = ()  # what the handler is called with besides what is in the path
    passes_request: bool = False  # the handler's first argument is the request, whatever its name
    made_by: str = ""  # the method of a `class` that makes a handler of it: `View.as_view()`
    place: str = ""  # where a class stands that a text for a handler names, with `{module}` and `{Name}` out of it
    action_otherwise: str = ""  # the method of such a class that answers where no action is given


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A call that registers a class under a prefix and so declares several routes at once.

    `handler` is the class and `on` the router (the word `receiver` is what the call is a method of); `of` are base
    classes that it must have. The prefix is the argument `path`, or the first of `prefixes` whose names are all known:
    a name in braces is a keyword argument of the call or of what made the object, an attribute of the class, or stands
    in `defaults`; `{class}` is the class's name in small letters, `{class-dashed}` the same with dashes and without the
    ending View, `{first-class}` the name of the class that is the first argument of what made the object.
    `routes` are (pattern, "method VERB, method VERB") pairs, in which `{prefix}`, `{lookup}`, `{slash}` and
    `{arguments}` (the method's parameters without a default, save those in the attribute `ignored`) stand for what
    the call says. `inherited` are pairs like them for methods that third-party bases bring, as long as the project does
    not write its own, behind the guards `inherited_guards`; `rest` is the pattern of every other public method.
    `action` is the decorator of further methods: `action_name` is where it says the path (else `action_default`, which
    may be `{method}`), `action_methods` where it says the verbs; the patterns are for lists and for single things.
    `include` and `exclude` are class attributes that name methods; `slash` is the argument or attribute for a trailing
    slash, `urls` the attribute of the router that holds the routes. With `answers` "class" the routes of one path are
    one endpoint of the class, with "method" each is one of its method.
    """

    paths: tuple[str, ...]
    path: ArgumentRef = ()
    handler: ArgumentRef = ()
    on: ArgumentRef = ("receiver",)
    of: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    routes: tuple[tuple[str, str], ...] = ()
    inherited: tuple[tuple[str, str], ...] = ()
    inherited_guards: tuple[str, ...] = ()
    rest: str = ""
    ignored: str = ""
    include: str = ""
    exclude: str = ""
    action: tuple[str, ...] = ()
    action_name: ArgumentRef = ("url_path",)
    action_default: str = "{method}"
    action_methods: ArgumentRef = (0, "methods")
    action_path: str = ""
    action_detail_path: str = ""
    slash: str = ""
    urls: tuple[str, ...] = ()
    syntax: PathSyntax = ""
    answers: Literal["class", "method"] = "class"
    extended: tuple[str, ...] = ()  # calls that add verbs to one of the framework's own routes, at one of `places`
    places: tuple[str, ...] = ()  # where each of `routes` stands among these
    site: tuple[str, ...] = ()  # what it is registered on where `on` is not given
    guards: tuple[str, ...] = ()  # what stands before all its routes
    lists: str = ""  # the method by which the class lists further routes below the prefix
    above: ArgumentRef = ()  # what stands before the prefix
    parent: ArgumentRef = ()  # … or else a table that names an outer resource: `collection_name`, `member_name`
    more: tuple[tuple[str, str], ...] = ()  # arguments with tables of further methods and verbs, and their patterns
    parents: ArgumentRef = ()  # names of the ids, where it is called on what an outer registration gave
    parent_group: str = ""  # the group that such an id is in a path
    packed: bool = False  # the arguments stand in a tuple that is the only argument
    table: str = ""  # the attribute by which a class of routers says its own routes, as a list of `entry` and `dynamic`
    entry: tuple[str, ...] = ()  # (pattern, mapping verb → method)
    dynamic: tuple[str, ...] = ()  # (pattern, name, whether for single things): where marked methods go
    renamed: tuple[tuple[str, str], ...] = ()  # what such patterns call the slash and the path of a marked method
    place: str = ""  # as that of a route


@dataclass(frozen=True, slots=True)
class RouterRow:
    """Creating an object that carries routes: an application (`root`) or something to be mounted on one.

    `under` is the prefix of those without one of their own (`{name}` is the router's name), `guarded` names what stands
    before the routes if `guards` are not given. With `pairs` the routes are paths and (names of) handlers in turn;
    with `children` the positional arguments are routers (or lists of them) below this one.
    With a `front` the router answers this path itself: with what the method `front_made_by` of the project gives, else
    with the class that stands in the attribute `front_view` (the library's own is named after it).
    """

    paths: tuple[str, ...]
    name: ArgumentRef = ()
    prefix: ArgumentRef = ()
    guards: ArgumentRef = ()
    routes: ArgumentRef = ()
    pairs: bool = False
    children: bool = False
    copies: bool = False  # it has what was declared on the router that makes it, and the same prefix if it says none
    joins: bool = False  # its prefix stands behind that of its mount, also where the mount's replaces a router's own
    root: bool = False
    urls: tuple[str, ...] = ()  # attributes that hold its routes: they may be listed elsewhere
    under: str = ""
    guarded: str = ""
    below: ArgumentRef = ()  # the router that it is made for one prefix of
    lookup: ArgumentRef = ()
    nested: str = ""  # what such a router's paths begin with
    front: str = ""
    front_view: tuple[str, ...] = ()
    front_made_by: str = ""
    front_switch: str = ""  # the attribute that says whether there is one


@dataclass(frozen=True, slots=True)
class MountRow:
    """A call (or listed object) that hangs a child router, list of routes or module of routes under a prefix.

    The word `result` for a child is the router that the call makes.
    `on` is what takes the child in, if it is not what the method is called on: `Api(app)`, `api.init_app(app)`.
    """

    paths: tuple[str, ...]
    child: ArgumentRef
    on: ArgumentRef = ("receiver",)
    prefix: ArgumentRef = ()
    guards: ArgumentRef = ()
    overrides: bool = False  # the mount's prefix replaces the child's own
    table: bool = False  # the child is a table of children under their prefixes
    serves: bool = False  # what it is called on is the one server of the process
    invokes: str = ""  # the method of the child that the framework calls when it is mounted
    includes: str = ""  # the child is this function, or a module with it: it is called with a router of its own
    switch: str = ""  # where this setting is off, they stand under no prefix
    setting: str = ""  # every argument is a child, under a prefix that this setting holds, or else `otherwise`
    otherwise: str = ""
    unless: str = ""  # … but not if this argument is False
    scanned: tuple[str, ...] = ()  # no mount: the child is called later, with an object that holds this as `config`
    directive: tuple[str, ...] = ()  # no mount: the child becomes a method of these, under the name that is given too


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A call that serves an object as a tree: the names of attributes on the way are the path.

    Methods answer that a decorator of `exposed` or the attribute `mark` exposes; those named in `index` stand for the
    object itself, those in `default` for whatever lies below it. `settings` is the attribute with the configuration of
    an object, `config` the argument with that of paths; the key `dispatch` in them makes methods answer the verbs they
    are named for if it is one of `by_verb`. A key `tools.name.on` switches on what was put under `name` in `tools`;
    `configures` are decorators with such keys, `parameters` decorators of classes that take parts of the path.

    With `lookup` the objects are controllers: a method of that name hands on what the rest of a path leads to. Classes
    below one of `by_verb` have a method for each verb, and further ones that the table `actions` names. A method under
    a decorator of `answering` answers a verb for the method that the decorator is an attribute of; calls of `routed`
    give a class a controller under a name. The `root` may be the place of a class, in the text or in the table that
    is `root` of the table `section`.
    """

    paths: tuple[str, ...]
    root: ArgumentRef
    prefix: ArgumentRef = ()
    config: ArgumentRef = ()
    exposed: tuple[str, ...] = ()
    mark: str = "exposed"
    index: tuple[str, ...] = ("index",)
    default: tuple[str, ...] = ("default",)
    settings: str = ""
    dispatch: str = ""
    by_verb: tuple[str, ...] = ()
    tools: str = ""
    configures: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    lookup: str = ""
    actions: str = ""
    answering: tuple[str, ...] = ()
    routed: tuple[str, ...] = ()
    section: str = ""
    placed: tuple[str, ...] = ()  # calls that put one resource below another, under a name
    key: str = ""  # where the root stands in a table that is given
    root_class: str = ""  # the name by which the framework finds the root itself
    root_bases: tuple[str, ...] = ()  # … on top of one of these classes


@dataclass(frozen=True, slots=True)
class RootRow:
    """Where a framework's table of routes starts when nobody calls for it: a setting names a module, or a module
    attribute.
    """

    setting: str
    attribute: str
    object: str = ""  # the object whose attributes are the settings
    namespace: str = ""  # what a module of routes calls its namespace
    defaults: tuple[tuple[str, str], ...] = ()  # settings that the framework has where the project says nothing


@dataclass(frozen=True, slots=True)
class LookupRow:
    """A call that gives the one object which the framework made of a project class: `base` says of which classes,
    `by` are the attributes (the whole value or its last name) that the argument names, `prepare` methods that have run.
    Modules called `module` hold such classes and are loaded before all others. With `every` the call gives all objects.
    `has` are the attributes that the framework's classes bring, `holds` the one that is the module behind the name.
    With `sole` it is a method of such a class and gives the one object of the class that it is called on.
    """

    paths: tuple[str, ...]
    base: tuple[str, ...]
    by: tuple[str, ...] = ()
    argument: ArgumentRef = ()
    prepare: tuple[str, ...] = ()
    module: str = ""
    every: bool = False
    has: tuple[str, ...] = ()
    holds: str = ""
    sole: bool = False
