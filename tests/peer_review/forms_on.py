"""Links and forms of a page, as a person without script could use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

# Long enough for an essay of the cast and for a comment.
TEXT = "Something that I noticed in the text, and a question that could take it further." * 2


@dataclass
class Form:
    """`buttons` are the names and values of which one is sent with the fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self) -> list[tuple[str, dict[str, str]]]:
        """Each of its buttons, and what it sends."""
        return [(f"{name}={value}", self.fields | ({name: value} if name else {})) for name, value in self.buttons]


class Page(HTMLParser):
    """`drafts` are the addresses where its script saves; `forms` are filled as a willing person would."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.drafts: set[str] = set()
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if "data-autosave" in attributes:
            self.drafts.add(attributes["data-autosave"])
        if tag == "a":
            self.links.add(attributes.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(attributes.get("action", "")))
        elif self.forms:
            self._note_control(self.forms[-1], tag, attributes)

    def _note_control(self, form: Form, tag: str, attributes: dict[str, str]) -> None:
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag == "button":
            form.buttons.append((name, value))
        elif tag == "textarea":
            form.fields[name] = TEXT
        elif tag == "input" and attributes.get("type") in ("radio", "checkbox"):
            form.fields.setdefault(name, value)
        elif tag == "input":
            form.fields[name] = value
