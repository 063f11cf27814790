"""The form of a step, made from its command class: strict types, no unknown field, errors that name the field."""

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from domain.command import Behalf, Command, SaidMark
from domain.refusal import Invalid

C = TypeVar("C", bound=Command)
T = TypeVar("T")
TEXT_MAX: Final = 2_000  # characters of any text in a form
PARTS_MAX: Final = 50  # heirs, children or payees of one form
ROWS_MAX: Final = 200_000  # numbers of rows
SAYS_SOMETHING: Final = r"\S"
HEADER = {field.name for field in dataclasses.fields(Command)}
_PATH = r" - at (?:`key` in )?`\$\.?(?P<path>(?:\.?[a-z_]+|\[(?:\d{1,6}|\.\.\.)\])*)`$"
_PLACE = re.compile(_PATH)
_CHOICE = re.compile(rf"Invalid enum value .*?(?={_PATH}|$)", re.DOTALL)
_UNKNOWN = re.compile(rf"Object contains unknown field `(?P<name>.*?)`(?={_PATH}|$)", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z_]{0,30}")  # whatever else stands there, it is not the name of a field
_UNNAMED = "Object contains an unknown field"
_TYPE = re.compile(r"`([a-z | ]+)`")
_PLAIN: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "date": "a day such as 2024-05-20",
    "datetime": "an instant with its time zone",
    "uuid": "an id",
    "array": "a list",
    "object": "a group of fields",
    "null": "nothing",
}


def form_of(command: type[Command], *, every: bool = True) -> type[msgspec.Struct]:
    """Return the form of a command; `every` adds what every form may carry (`effective_on`, `note`, …)."""
    return _form(command, every)  # type: ignore[arg-type]  # classes hash, whatever their instances do


def read_form(form: type[msgspec.Struct], body: bytes) -> dict[str, Any]:
    """Return the fields of a JSON body as the command's own values. Refused (`invalid`) with field and remedy."""
    return _fields(read_body(form, body, see="the form of this step"))


def read_body(kind: type[T], body: bytes, *, see: str = "the API reference") -> T:
    """Return a JSON body as a value of a type, strictly. Refused (`invalid`) with field and remedy."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as fault:
        raise _invalid(str(fault), see) from None
    except msgspec.DecodeError as fault:
        raise Invalid(f"the body is not JSON: {fault}", field="body") from None
    except RecursionError:
        raise Invalid("the body is nested too deep: send the form as it is", field="body") from None


def written_form(fields: Mapping[str, Any]) -> str:
    """Return the fields of a form as JSON, to be read again with `read_form`."""
    return msgspec.json.encode(
        {name: _written(value) for name, value in fields.items()}, enc_hook=_plain
    ).decode()


def make(command: type[C], fields: Mapping[str, Any], **header: Any) -> C:
    """Return the command with these form fields and this header."""
    return command(**header, **fields)


def _written(value: Any) -> Any:
    """Return a value as a form writes it: `for_` of the domain is `for`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return {name.removesuffix("_"): _written(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    return value


def _plain(value: Any) -> Any:
    raise TypeError(f"a form holds no {type(value).__name__}")


@cache
def _form(command: type[Command], every: bool) -> type[msgspec.Struct]:
    hints = get_type_hints(command, include_extras=True)
    own = [field for field in dataclasses.fields(command) if field.name not in HEADER | command.found_out]
    fields: list[Any] = [_struct_field(field, hints[field.name]) for field in own]
    if every:
        for name in ("effective_on", "note"):
            fields.append((name, Union[_kind(hints[name]), None], None))  # noqa: UP007  # built from a value
        fields.append(("on_behalf_of", Union[_struct(Behalf), None], None))  # noqa: UP007  # built from a value
    return msgspec.defstruct(command.__name__, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)


@cache
def _struct(cls: type[Any]) -> type[msgspec.Struct]:
    """Return a dataclass of the domain as a struct that refuses unknown fields, nested ones too."""
    hints = get_type_hints(cls, include_extras=True)
    fields = [_struct_field(field, hints[field.name]) for field in dataclasses.fields(cls)]
    return msgspec.defstruct(
        cls.__name__, fields, kw_only=True, frozen=True, forbid_unknown_fields=True, namespace={"__of__": cls}
    )


def _struct_field(field: "dataclasses.Field[Any]", hint: Any) -> Any:
    """Return a field; a name that ends in `_` because Python keeps the word is written without it."""
    written = field.name.removesuffix("_")
    if field.default is not dataclasses.MISSING:
        return (field.name, _kind(hint), msgspec.field(name=written, default=field.default))
    return (field.name, _kind(hint), msgspec.field(name=written))


def _kind(hint: Any) -> Any:
    """Return the type of a form field for a type of the domain."""
    origin = get_origin(hint)
    if origin is Annotated:
        if any(isinstance(mark, SaidMark) for mark in get_args(hint)[1:]):
            return Annotated[str, msgspec.Meta(max_length=TEXT_MAX, pattern=SAYS_SOMETHING)]
        return _kind(get_args(hint)[0])
    if origin in (Union, UnionType):
        return Union[tuple(_kind(part) for part in get_args(hint))]  # noqa: UP007  # built from values
    if origin is tuple:
        part = _kind(get_args(hint)[0])
        longest = PARTS_MAX if hasattr(part, "__struct_fields__") else ROWS_MAX
        return Annotated[tuple.__class_getitem__((part, ...)), msgspec.Meta(max_length=longest)]
    if hint is str:
        return Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _struct(hint)
    return hint


def _fields(read: msgspec.Struct) -> dict[str, Any]:
    return {name: _value(getattr(read, name)) for name in read.__struct_fields__}


def _value(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise Invalid("a text holds the character U+0000, which cannot be kept: leave it out", field="body")
    if isinstance(value, tuple):
        return tuple(_value(part) for part in value)
    if isinstance(value, msgspec.Struct) and hasattr(value, "__of__"):
        return value.__of__(**_fields(value))
    return value


def _invalid(fault: str, see: str) -> Invalid:
    """Return the library's complaint as a refusal; it names types and fields, never values.

    What a sender wrote, as a value or where a name belongs, may be personal and is not repeated.
    """
    fault = _CHOICE.sub("No such choice", fault)
    fault = _UNKNOWN.sub(lambda found: found[0] if _NAME.fullmatch(found["name"]) else _UNNAMED, fault)
    place = _PLACE.search(fault)
    path = place["path"] if place else ""
    problem = fault[: place.start()] if place else fault
    named = re.search(r"(?:missing required|unknown) field `([^`]+)`", problem)
    field = ".".join(part for part in (path, named[1] if named else "") if part) or "body"
    if "matching regex" in problem:
        return Invalid(f"{field} is empty: say it in words", field=field)
    problem = _plainly(problem)
    return Invalid(f"{field}: {problem}; see {see} for what it takes", field=field)


def _plainly(problem: str) -> str:
    """Return the library's complaint in words for somebody who knows no types."""
    if problem.startswith("Object missing required field"):
        return "it is missing"
    if problem.startswith("Object contains"):
        return "there is no such field"
    problem = problem[0].lower() + problem[1:]
    return _TYPE.sub(
        lambda found: " or ".join(_PLAIN.get(one, one) for one in found[1].split(" | ")), problem
    )
