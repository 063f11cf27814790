"""People at their desks, each with a token of their own, speaking HTTP to a running server."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

JAMINAN = Path(sys.executable).parent / "jaminan"
LIST = Path(__file__).parents[1] / "data" / "pekalongan_817.csv"

CLAIM_PAPERS = (
    "JKM_FORM",
    "MEMBER_CARD",
    "KTP_DECEASED",
    "KTP_HEIR",
    "KK",
    "DEATH_CERT",
    "HEIR_CERT",
    "BANK_HEIR",
)


@dataclass
class Told:
    """What the server has told the people of a town of its log."""

    position: int = 0

    def hear(self, answer: httpx2.Response) -> None:
        if answer.is_success and answer.headers["content-type"] == "application/json":
            told = answer.json()
            position = told.get("position") if isinstance(told, dict) else None
            self.position = max(self.position, position or 0)


@dataclass
class Person:
    """Somebody with a token, to whom lists show what anybody of the town was told; every answer is kept."""

    name: str
    http: httpx2.Client
    token: str
    told: Told = field(default_factory=Told)
    answered: set[tuple[str, str, int, str | None]] = field(default_factory=set)  # method, path, status, code

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if "min_position" not in f"{path} {more.get('params')}":
            headers = {"Jaminan-Min-Position": str(self.told.position), **headers}
        answer = self.http.request(method, path, headers=headers, **more)
        self.told.hear(answer)
        code = answer.json()["code"] if answer.status_code >= 400 else None
        self.answered.add((method, answer.url.path, answer.status_code, code))
        return answer

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return the items of every page of a list."""
        page = self.get(path, **query)
        items: list[dict[str, Any]] = page["items"]
        while page["next"]:
            page = self.get(path, cursor=page["next"], **query)
            items += page["items"]
        return items

    def post(self, path: str, body: Any = None, *, status: int | None = None, **more: Any) -> dict[str, Any]:
        answer = self.call("POST", path, json=body or {}, **more)
        assert answer.status_code == status if status else answer.status_code in (200, 201, 202), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, path: str, body: Any = None, *, status: int, code: str, **more: Any) -> dict[str, Any]:
        """Expect a refusal as a problem with this status and code, and a sentence."""
        answer = self.call("POST", path, json=body or {}, **more)
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem.get("code")) == (status, code), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["detail"] and problem["title"] and problem["instance"] == path
        return problem

    def upload(self, path: str, code: str, content: bytes | None = None, **more: Any) -> dict[str, Any]:
        bytes_ = content or f"%PDF-1.4 {code} {uuid4()}".encode()
        files = {"file": (f"{code}.pdf", bytes_, "application/pdf")}
        answer = self.call("POST", path, files=files, data={"code": code, **more})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Town:
    """A running server and the people who work with it."""

    address: str
    home: Path
    token: Callable[..., str]
    told: Told = field(default_factory=Told)
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, *roles: str, area: str | None = None) -> Person:
        if name not in self.people:
            http = httpx2.Client(base_url=self.address, timeout=60)
            self.people[name] = Person(name, http, self.token(*roles, name=name, area=area), self.told)
        return self.people[name]

    def close(self) -> None:
        for person in self.people.values():
            person.http.close()


def cli_token(home: Path) -> Callable[..., str]:
    """Return a maker of tokens that asks the command line, as a stranger would."""

    def make(*roles: str, name: str, area: str | None = None) -> str:
        command = [str(JAMINAN), "token", "--as", ",".join(roles), "--name", name]
        if area:
            command += ["--area", area]
        done = subprocess.run(
            command,
            env={"JAMINAN_HOME": str(home), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return make
