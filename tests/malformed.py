"""Requests that no page makes: each a client error, whatever it is sent to."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.web import LARGEST_REQUEST

ODD_TEXTS: list[Callable[[random.Random], str]] = [
    lambda _: "",
    lambda _: "\x00",
    lambda _: "-1",
    lambda _: "1e9",
    lambda _: "9" * 400,
    lambda _: "١٢",
    lambda _: "' OR 1=1 --",
    lambda _: "<script>alert(1)</script>",
    lambda _: "../../etc/passwd",
    lambda r: "".join(chr(r.randint(1, 0x10FFFF)) for _ in range(20)).encode("utf-8", "ignore").decode(),
    lambda r: "x" * r.randint(300, 3000),
]
ODD_JSON: list[Callable[[random.Random], Any]] = [
    lambda _: None,
    lambda _: [],
    lambda _: 7,
    lambda _: "text",
    lambda _: {},
    lambda _: {"text": None, "version": None},
    lambda _: {"text": "x", "version": "1"},
    lambda _: {"text": ["x"], "version": 1},
    lambda _: {"text": "x", "version": 1, "more": 1},
    lambda _: {"question": 1, "chosen": "a"},
    lambda _: {"question": "q1", "chosen": ["no-such-option"]},
    lambda _: {"question": "no-such-question", "chosen": []},
    lambda _: {"question": "q1", "chosen": ["a"], "seconds": 0.5},
    lambda _: {"criteria": [], "overall": "", "version": 1},
    lambda _: {"criteria": {"c1": {"level": "l1", "comment": {}}}, "overall": "", "version": 1},
    lambda _: {"criteria": {"\x00": {"level": "", "comment": ""}}, "overall": "", "version": 1},
    lambda r: {"criteria": {"c1": _nested(r.randint(2, 300))}, "overall": "", "version": 10**30},
    lambda r: _nested(r.randint(2, 300)),
]


@dataclass(frozen=True)
class Asked:
    """One request: `data` is a form, a JSON text or raw bytes; `token` False leaves the form token out."""

    method: str
    path: str
    data: Any
    kind: str | None = None
    token: bool = True


def _nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def odd(rng: random.Random) -> str:
    return rng.choice(ODD_TEXTS)(rng)


def without_token(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    method, path = rng.choice(paths)
    return Asked(method, path, rng.choice([{}, {"csrf_token": odd(rng)}, {"action": "save"}]), token=False)


def unknown_place(rng: random.Random, _paths: list[tuple[str, str]]) -> Asked:
    name = "".join(rng.choice("abcXYZ019-_") for _ in range(rng.randint(1, 60)))
    places = [
        f"evaluations/{name}",
        f"evaluations/{name}/start",
        f"modules/{name}/essay",
        f"modules/{name}/test/attempts",
    ]
    number = rng.choice(["0", "9", "99999", "-1", "9" * 30])
    places += [f"modules/om1/received/{number}", f"modules/om1/test/attempts/{number}", f"{name}/{name}"]
    return Asked("POST", rng.choice(places), {"action": "save", "version": "1", "text": "x"})


def bad_script(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    path = rng.choice([path for method, path in paths if method == "PUT"])
    body = json.dumps(rng.choice(ODD_JSON)(rng))
    mangled = body[: rng.randint(0, len(body) - 1)] + rng.choice(["", "\x00", "{", "\udcff"])
    text = rng.choice([body, mangled]).encode("utf-8", "surrogatepass")
    return Asked("PUT", path, text, rng.choice(["application/json", "application/json", "text/plain", "image/png"]))


def bad_form(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    path = rng.choice([path for method, path in paths if method == "POST" and path != "modules/om1/test/attempts"])
    # No button and no language has such a name, whatever else is right.
    fields = {"action": odd(rng), "language": odd(rng), "back": odd(rng), "version": rng.choice(["1", odd(rng)])}
    names = [
        "text",
        "q-q1",
        "level-c1",
        "evaluation-1-useful",
        "evaluation-2-why",
        "overall",
        "name",
        "issuer",
        "auth_url",
        "trust",
        "evaluation",
        "reason",
        "unknown",
    ]
    fields.update({rng.choice(names): odd(rng) for _ in range(3)})
    return Asked("POST", path, fields)


def bad_choice(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    """What coordinators choose from is found by the page; nothing of it has such a name."""
    _method, path = rng.choice(paths)
    names = ("action", "volunteer", "one", "other", "courses", "was", "instead_of", "back")
    return Asked("POST", path, {name: odd(rng) for name in names})


def no_form(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    method, path = rng.choice(paths)
    kind = rng.choice(["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data"])
    return Asked(method, path, rng.randbytes(rng.randint(0, 200)), kind, token=False)


def too_much(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    method, path = rng.choice(paths)
    return Asked(method, path, b"text=" + b"x" * LARGEST_REQUEST, "application/x-www-form-urlencoded")
