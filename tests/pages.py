"""What every page must keep to, read from its HTML."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.headings: list[int] = []
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        self.ids.update([attributes["id"]] if "id" in attributes else [])
        self._check_security(tag, attributes)
        self._check_references(tag, attributes)
        if tag == "th" and "scope" not in attributes:
            self.problems.append("a th without scope")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()

    def _check_security(self, tag: str, attributes: dict[str, str]) -> None:
        self.problems += [f"{name} on <{tag}>" for name in attributes if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not attributes.get("src", "").startswith("/")):
            self.problems.append(f"inline or foreign <{tag}>")
        if tag in {"link", "img"} and not attributes.get("href", attributes.get("src", "")).startswith("/"):
            self.problems.append(f"<{tag}> from elsewhere")

    def _check_references(self, tag: str, attributes: dict[str, str]) -> None:
        for name in ("aria-labelledby", "aria-describedby"):
            self.targets += attributes.get(name, "").split()
        if tag == "label":
            self.labels.add(attributes.get("for", ""))
        if tag in {"input", "select", "textarea"} and attributes.get("type") not in {"hidden", "submit"}:
            named = attributes.get("aria-label") or attributes.get("aria-labelledby")
            self.controls += [] if named else [attributes.get("id", "")]


def problems_of(page: str) -> list[str]:
    """Everything that is wrong with a page: unbalanced tags, headings out of order, missing labels, inline code."""
    reader = _Reader()
    reader.feed(page)
    problems = reader.problems + [f"<{tag}> is never closed" for tag in reader.open]
    if reader.headings.count(1) != 1 or reader.headings[0] != 1:
        problems.append(f"not one h1 first: {reader.headings}")
    steps = zip(reader.headings, reader.headings[1:], strict=False)
    problems += [f"h{before} is followed by h{after}" for before, after in steps if after > before + 1]
    problems += [f"id {name!r} twice" for name, times in reader.ids.items() if times > 1]
    problems += [f"nothing has the id {name!r}" for name in reader.targets if name not in reader.ids]
    problems += [f"no label for {name!r}" for name in reader.controls if name not in reader.labels]
    if page.count("<table") != page.count("<caption"):
        problems.append("a table without a caption")
    if 'id="main"' not in page or 'href="#main"' not in page:
        problems.append("no way to skip to the content")
    return problems
