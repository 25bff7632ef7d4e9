"""Reads the source of what decides a draw and finds what could decide differently elsewhere, or on another day.

Forbidden: floating point, a library's random numbers, the order of sets and dicts, hashes and addresses of objects,
locale, clock, environment. What is imported and what of numpy is used stands in lists of what is known to be whole-number
and in order; anything new must be looked at and added. Types are followed as far as annotations and constructors tell
them; `Collection` and `AbstractSet` count as sets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

IMPORTS = {
    "__future__", "abc", "base64", "collections", "collections.abc", "csv", "dataclasses", "fractions", "functools",
    "hashlib", "hmac", "io", "itertools", "json", "math", "numpy", "numpy.typing", "ortools.graph.python", "re",
    "typing", "unicodedata", "zipfile", "zlib",
}  # fmt: skip
FROM_MATH = {"comb", "isqrt", "prod"}
NUMPY = {
    "add", "arange", "argsort", "array", "array_equal", "asarray", "bincount", "bool_", "clip", "concatenate",
    "count_nonzero", "cumsum", "diff", "empty", "flatnonzero", "full", "int32", "int64", "isin", "lexsort",
    "maximum", "minimum", "ndarray", "nonzero", "ones", "ones_like", "repeat", "searchsorted", "sort", "split",
    "subtract", "uint64", "unique", "where", "zeros", "zeros_like",
}  # fmt: skip
NAMES = {
    "float": "float", "complex": "float", "round": "float",
    "hash": "identity", "id": "identity", "repr": "identity", "vars": "identity", "dir": "identity",
    "globals": "identity", "locals": "identity", "eval": "identity", "exec": "identity",
    "cmp_to_key": "order", "open": "environment", "input": "environment",
}  # fmt: skip
ATTRIBUTES = {
    **dict.fromkeys(("lower", "upper", "casefold", "title", "swapcase", "capitalize", "strxfrm", "strcoll"), "locale"),
    **dict.fromkeys(("now", "today", "utcnow", "fromtimestamp", "perf_counter", "monotonic"), "clock"),
    **dict.fromkeys(("environ", "getenv"), "environment"),
    **dict.fromkeys(("random", "Philox", "random_raw", "choice", "choices", "permutation", "shuffle", "sample"), "random"),
    **dict.fromkeys(("mean", "std", "var", "average", "float32", "float64", "sqrt", "log2", "true_divide"), "float"),
    **dict.fromkeys(("popitem", "__hash__", "argpartition"), "order"),
}  # fmt: skip

SET, DICT, LIST = "set", "dict", "list"
SETS = {"set", "frozenset", "Set", "AbstractSet", "Collection", "KeysView"}
DICTS = {"dict", "Mapping", "MutableMapping", "defaultdict", "Counter", "OrderedDict"}
LISTS = {"list", "tuple", "Sequence", "Iterable", "Iterator", "List", "Tuple"}
KEEPS_ORDER_OUT = {"sorted", "len", "any", "all", "sum", "min", "max", "set", "frozenset"}
PASSES_ORDER_ON = {
    "list",
    "tuple",
    "iter",
    "map",
    "filter",
    "enumerate",
    "zip",
    "reversed",
    "next",
    "chain",
    "array",
}
SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
ASKS_A_SET = {*SET_METHODS, "update", "issubset", "issuperset", "isdisjoint", "difference_update"}


@dataclass(frozen=True)
class Offence:
    """Something that the deciding path may not hold: what kind, where, and how it reads."""

    kind: str
    function: str
    text: str
    line: int = field(compare=False, default=0)


@dataclass(frozen=True)
class Type:
    """As much of a type as matters: set, dict or list, and what lies in it."""

    kind: str
    of: Type | None = None


@dataclass(frozen=True)
class Known:
    """What annotations tell across modules: types of names, attributes and of what functions return."""

    aliases: Mapping[str, Type]
    attributes: Mapping[str, Type]
    returns: Mapping[str, Type]


def offences(source: str, known: Known | None = None, imports: Iterable[str] = ()) -> list[Offence]:
    """All offences of a source text; `imports` are modules that this one may import beside the known."""
    tree = ast.parse(source)
    known = known or known_from([source])
    own: dict[str, Type] = {}
    for node in ast.walk(tree):
        for name, value in _filled(node):
            _put(own, name, made_by(value))
    reader = _Reader(replace(known, attributes={**known.attributes, **own}), IMPORTS | set(imports))
    reader.visit(tree)
    return reader.found


def known_from(sources: Iterable[str]) -> Known:
    """What the annotations of these source texts tell."""
    aliases: dict[str, Type] = {}
    attributes: dict[str, Type] = {}
    returns: dict[str, Type] = {}
    trees = [ast.parse(source) for source in sources]
    for _ in range(2):  # an alias may stand on another one
        for tree in trees:
            _read_aliases(tree, aliases)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for each in node.body:
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                        _put(attributes, each.target.id, annotated(each.annotation, aliases))
            elif isinstance(node, ast.FunctionDef):
                told = annotated(node.returns, aliases)
                _put(returns, node.name, told)
                if any("property" in ast.unparse(each) for each in node.decorator_list):
                    _put(attributes, node.name, told)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                _put(attributes, node.target.attr, annotated(node.annotation, aliases))
    return Known(aliases, attributes, returns)


def _read_aliases(tree: ast.Module, aliases: dict[str, Type]) -> None:
    for each in tree.body:
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Subscript):
            _put(aliases, ast.unparse(each.targets[0]), annotated(each.value, aliases))


def _filled(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The attributes that a statement or a call fills, with what."""
    if isinstance(node, ast.Call):
        yield from ((each.arg, each.value) for each in node.keywords if each.arg)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            yield from ((one.attr, value) for one, value in pairs if isinstance(one, ast.Attribute))


def made_by(value: ast.expr) -> Type | None:
    """The type that a constructor tells by itself."""
    match value:
        case ast.Set() | ast.SetComp():
            return Type(SET)
        case ast.Dict() | ast.DictComp():
            return Type(DICT)
        case ast.Call(func=ast.Name(id="defaultdict"), args=[ast.Name(id=name), *_]):
            return Type(DICT, _plain(name, None))
        case ast.Call(func=ast.Name(id=name)) if name in SETS | DICTS:
            return _plain(name, None)
    return None


def _put(types: dict[str, Type], name: str, told: Type | None) -> None:
    """Where two things have one name, the one without an order counts."""
    if told and (name not in types or types[name].kind == LIST):
        types[name] = told


def annotated(node: ast.expr | None, aliases: Mapping[str, Type]) -> Type | None:
    """The type that an annotation tells."""
    match node:
        case ast.Constant(value=str() as text):
            return annotated(ast.parse(text, mode="eval").body, aliases)
        case ast.BinOp(op=ast.BitOr()):
            return annotated(node.left, aliases) or annotated(node.right, aliases)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return aliases.get(name) or _plain(name, None)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _plain(name, annotated(parts[-1] if name in DICTS else parts[0], aliases))
    return None


def _plain(name: str, of: Type | None) -> Type | None:
    for kind, names in ((SET, SETS), (DICT, DICTS), (LIST, LISTS)):
        if name in names:
            return Type(kind, of)
    return None


class _Reader(ast.NodeVisitor):
    """Walks through a module, with the types of names by function."""

    def __init__(self, known: Known, imports: set[str]) -> None:
        self.known, self.imports = known, imports
        self.found: list[Offence] = []
        self.names: list[dict[str, Type]] = [{}]
        self.functions: list[str] = []
        self.above: list[ast.AST] = []

    def visit(self, node: ast.AST) -> None:
        """Every node with all that stand above it."""
        self.above.append(node)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            self._comprehend(node)
        else:
            super().visit(node)
        self.above.pop()

    def tell(self, kind: str, node: ast.AST) -> None:
        """Note an offence."""
        where = ".".join(self.functions) or "module"
        self.found.append(Offence(kind, where, ast.unparse(node), getattr(node, "lineno", 0)))

    # What is named

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in self.imports and not alias.name.startswith("matching."):
                self.tell("import", node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or "."
        if module == "math":
            if not {alias.name for alias in node.names} <= FROM_MATH:
                self.tell("float", node)
        elif any(alias.name in NAMES for alias in node.names):
            self.tell("order", node)
        elif module not in self.imports and not (module + ".").startswith("matching."):
            self.tell("import", node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in NAMES and isinstance(node.ctx, ast.Load):
            self.tell(NAMES[node.id], node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        of_numpy = isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
        if node.attr in ATTRIBUTES:
            self.tell(ATTRIBUTES[node.attr], node)
        elif of_numpy and node.attr not in NUMPY:
            self.tell("numpy", node)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, float | complex):
            self.tell("float", node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self.tell("float", node)
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
            self.tell("float", node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Div):
            self.tell("float", node)
        self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        if node.conversion == ord("r"):
            self.tell("identity", node.value)
        form = ast.unparse(node.format_spec) if node.format_spec else ""
        if form.rstrip("'\"")[-1:] in ("n", "e", "f", "g", "%"):
            self.tell("locale" if form.rstrip("'\"").endswith("n") else "float", node.value)
        self.generic_visit(node)

    # What has no order

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.functions.append(node.name)
        self.names.append({})
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        for each in arguments:
            self._learn(each.arg, annotated(each.annotation, self.known.aliases))
        self.generic_visit(node)
        self.names.pop()
        self.functions.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.functions.append(node.name)
        self.generic_visit(node)
        self.functions.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._learn(node.target.id, annotated(node.annotation, self.known.aliases))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assign(target, node.value)
        self.generic_visit(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, its in zip(target.elts, value.elts, strict=False):
                self._assign(each, its)
        elif isinstance(target, ast.Name):
            self._learn(target.id, self.type_of(value))

    def _learn(self, name: str, told: Type | None) -> None:
        if told:
            self.names[-1][name] = told
        else:
            self.names[-1].pop(name, None)

    def visit_For(self, node: ast.For) -> None:
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def _comprehend(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        for each in node.generators:
            self._loop(each.target, each.iter, within=node)
        self.generic_visit(node)

    def _loop(self, target: ast.expr, over: ast.expr, within: ast.expr | None = None) -> None:
        told = self.type_of(over)
        if told and isinstance(target, ast.Name):
            self._learn(target.id, told.of)
        if told and told.kind in (SET, DICT) and not (within and self._is_harmless(within)):
            self.tell("order", over)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        for each in node.args:
            told = self.type_of(each)
            if told and told.kind in (SET, DICT) and self._takes_order(node, each, told):
                self.tell("order", node)
        if name == "argsort" and not any(
            k.arg == "kind" and ast.unparse(k.value) == "'stable'" for k in node.keywords
        ):
            self.tell("order", node)
        if name == "pop" and not node.args and isinstance(node.func, ast.Attribute):
            told = self.type_of(node.func.value)
            if told and told.kind == SET:
                self.tell("order", node)
        self.generic_visit(node)

    def _takes_order(self, node: ast.Call, given: ast.expr, told: Type) -> bool:
        """Whether a call makes something in order of a thing without one."""
        name = _called(node)
        if name in KEEPS_ORDER_OUT:
            # between two with equal keys the order of a set would decide
            return told.kind == SET and any(each.arg == "key" for each in node.keywords)
        if isinstance(given, ast.Starred):
            return True
        return name in PASSES_ORDER_ON | {"join", "extend", "fromiter"} and not self._is_harmless(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        told = self.type_of(node.value)
        if told and told.kind in (SET, DICT) and not isinstance(self.above[-2], ast.Set):
            self.tell("order", node)
        self.generic_visit(node)

    def _is_harmless(self, node: ast.expr) -> bool:
        """Whether what a thing makes of no order goes straight to where order does not count."""
        if isinstance(node, ast.SetComp):
            return True
        place = self.above.index(node) if node in self.above else len(self.above)
        user = self.above[place - 1] if place else None
        if isinstance(user, ast.Call) and node is not user.func:
            name = _called(user)
            if name in KEEPS_ORDER_OUT or name in ASKS_A_SET:
                return not any(each.arg == "key" for each in user.keywords)
            return name in PASSES_ORDER_ON and self._is_harmless(user)
        if isinstance(user, ast.comprehension):
            maker = self.above[place - 2]
            return isinstance(maker, ast.expr) and self._is_harmless(maker)
        return isinstance(user, ast.Compare) and isinstance(user.ops[0], ast.In | ast.NotIn)

    # Types

    def type_of(self, node: ast.expr) -> Type | None:
        """Whether an expression is a set, a dict or a list, and of what."""
        match node:
            case ast.Set() | ast.SetComp() | ast.Dict() | ast.DictComp():
                return made_by(node)
            case ast.Starred(value=value) | ast.NamedExpr(value=value):
                return self.type_of(value)
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                return Type(LIST, self.type_of(first))
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return Type(LIST, self.type_of(element))
            case ast.Name(id=name):
                return next((names[name] for names in reversed(self.names) if name in names), None)
            case ast.Attribute(attr=name):
                return self.known.attributes.get(name)
            case ast.Subscript(value=value, slice=place):
                told = self.type_of(value)
                return told if isinstance(place, ast.Slice) else told.of if told else None
            case ast.IfExp(body=one, orelse=other):
                return _unordered(self.type_of(one), self.type_of(other))
            case ast.BoolOp(values=values):
                return _unordered(*map(self.type_of, values))
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr() | ast.BitXor() | ast.Sub(), left=left, right=right):
                return _unordered(self.type_of(left), self.type_of(right))
            case ast.Call():
                return self._type_of_call(node)
        return None

    def _type_of_call(self, node: ast.Call) -> Type | None:
        name = _called(node)
        first = self.type_of(node.args[0]) if node.args else None
        if isinstance(node.func, ast.Attribute):
            base = self.type_of(node.func.value)
            if base and base.kind == DICT:
                if name in ("keys", "values", "items"):
                    return Type(DICT)
                if name in ("get", "setdefault", "pop"):
                    return base.of or (self.type_of(node.args[1]) if len(node.args) > 1 else None)
            if name in ("keys", "values", "items") and not node.args:
                return Type(DICT)
            if base and base.kind == SET and name in SET_METHODS:
                return base
        if isinstance(node.func, ast.Subscript):  # Counter[str](), frozenset[Bar]()
            return annotated(node.func, self.known.aliases)
        if told := made_by(node):
            return told
        if name in ("map", "filter", "chain") and len(node.args) > 1:
            return _unordered(*map(self.type_of, node.args[1:]))
        if name in PASSES_ORDER_ON and first and first.kind in (SET, DICT):
            return first
        return self.known.returns.get(name)


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _unordered(*types: Type | None) -> Type | None:
    """Of several types the one without an order."""
    there = [each for each in types if each]
    return next((each for each in there if each.kind == SET), there[0] if there else None)
