"""A browser without script: it follows links, fills forms and keeps cookies, and asks nobody but the server."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

import httpx2

PATIENCE: Final = 20.0  # seconds until a read model that lags is a fault


@dataclass
class Form:
    """A form of a page, filled as the page filled it."""

    action: str
    takes_files: bool
    fields: dict[str, str] = field(default_factory=dict)
    button: tuple[str, str] | None = None


class Page(HTMLParser):
    """What a page holds: forms, links, headings, the addresses it asks for, and its text."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.answer = answer
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.asks_for: list[str] = []
        self.headings: list[int] = []
        self.language: str | None = None
        self.inline: list[str] = []  # what a strict policy would refuse
        self._form: Form | None = None
        self._select: str | None = None
        self._text: list[str] = []
        self.feed(answer.text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.inline += [name for name in has if name == "style" or name.startswith("on")]
        match tag:
            case "html":
                self.language = has.get("lang")
            case "a":
                self.links.append(has["href"])
            case "link" | "img" | "script" | "use":
                self.asks_for.append(has.get("href") or has.get("src") or "inline")
            case "h1" | "h2" | "h3":
                self.headings.append(int(tag[1]))
            case "form":
                self._form = Form(has["action"], has.get("enctype") == "multipart/form-data")
                self.forms.append(self._form)
            case "input" if self._form is not None and "name" in has:
                kind = has.get("type", "text")
                if kind != "file" and (kind not in ("radio", "checkbox") or "checked" in has):
                    self._form.fields[has["name"]] = has.get("value", "")
            case "textarea" | "select" if self._form is not None:
                self._form.fields[has["name"]] = ""
                self._select = has["name"] if tag == "select" else None
            case "option" if "selected" in has and self._form is not None and self._select is not None:
                self._form.fields[self._select] = has.get("value", "")
            case "button" if self._form is not None and has.get("name", "change") != "change":
                self._form.button = (has["name"], has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def form(self, action: str) -> Form:
        """Return the form that is sent to an address."""
        return next(one for one in self.forms if one.action == action)


class Browser:
    """Somebody at a browser, signed in as a persona or not.

    A patient one opens a page when the read models show what others did before, as people do who come later.
    """

    def __init__(self, address: str, persona: str | None = None, *, is_patient: bool = True) -> None:
        self.http = httpx2.Client(base_url=address, timeout=60)
        self.is_patient = is_patient
        if persona is not None:
            self.post("/sign-in", {"persona": persona})

    def open(self, path: str) -> Page:
        """Open an address, following where it leads."""
        until = time.monotonic() + PATIENCE
        while self.is_patient and (behind := self._behind()):
            assert time.monotonic() < until, f"read models lag: {behind}"
            time.sleep(0.02)
        return self._followed(self.http.get(path))

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        return self._followed(self.http.post(path, data=dict(fields)))

    def send(self, form: Form, files: Any = None, **filled: str) -> Page:
        """Send a form as filled; dots of names are written as two underscores here."""
        fields = form.fields | {name.replace("__", "."): value for name, value in filled.items()}
        if form.button is not None:
            fields |= dict([form.button])
        return self._followed(self.http.post(form.action, data=fields, files=files))

    def step(self, claim: str, step: str, **filled: str) -> Page:
        """Take a step: fill its form, look at the check page, press the button."""
        address = f"/claims/{claim}/steps/{step}"
        page = self.open(address)
        if not any(form.action == address for form in page.forms):
            return page
        page = self.send(page.form(address), **filled)
        if page.answer.url.path == address and page.answer.status_code == 200:
            page = self.send(page.form(address))
        return page

    def _behind(self) -> list[str]:
        """Return the read models that have facts of the log before them."""
        found = re.findall(
            r'^jaminan_read_model_lag{name="(\w+)"} (\S+)$', self.http.get("/metrics").text, re.M
        )
        assert found, "the server tells how far its read models are"
        return [name for name, facts in found if float(facts) > 0]

    def _followed(self, answer: httpx2.Response) -> Page:
        hops = 0
        while answer.status_code in (302, 303):
            hops += 1
            assert hops < 5
            answer = self.http.get(answer.headers["location"])
        return Page(answer)

    def close(self) -> None:
        self.http.close()


SignIn: TypeAlias = Callable[[str | None], Browser]
