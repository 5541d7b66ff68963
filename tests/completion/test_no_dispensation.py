"""There is no way to waive attendance: what is not recorded as having been there does not count, and nobody else
records."""

from __future__ import annotations

import ast
import re

from click import Command, Group
from flask import Flask
from sqlalchemy import Table
from sqlalchemy.sql import visitors

from lti_tool import cli
from lti_tool.completion.offers import _COHORT, _DATES, _MODULES
from lti_tool.completion.statements import everybody, extensions, participations, strings
from lti_tool.paths import PACKAGE

SOURCES = {file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py")}


def _writes(source: str, model: str, table: str) -> bool:
    """Whether rows of the model are made, inserted, updated or deleted there."""
    if model not in source and table not in source:
        return False
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        given = [one.id for one in call.args if isinstance(one, ast.Name)]
        if name == model or (name in ("insert", "update", "delete", "update_rows", "insert_once") and model in given):
            return True
    return bool(re.search(rf"(insert into|update|delete from) {table}", source, re.IGNORECASE))


def test_one_place_alone_writes_who_was_there() -> None:
    assert [name for name, source in SOURCES.items() if _writes(source, "Mark", "attendance_mark")] == [
        "attendance/marks.py"
    ]


def test_completion_reads_what_happened_and_nothing_else() -> None:
    """A table that is new here has to be looked at: could somebody write to it that a person need not come?"""
    read = {
        one.name
        for query in (strings(False), participations(False), extensions(False), everybody(1), _COHORT, _DATES, _MODULES)
        for one in visitors.iterate(query)
        if isinstance(one, Table)
    }
    assert read == {
        "attendance_mark",
        "cohort",
        "employment",
        "enrolment",
        "equivalence_application",
        "evaluation",
        "extension",
        "membership",
        "module_choice",
        "module_content",
        "online_module",
        "participation",
        "pool_author",
        "preparation",
        "programme",
        "sign_up",
        "step_date",
        "step_result",
        "training_session",
    }


def test_no_page_and_no_command_is_for_waiving(app: Flask) -> None:
    named = {rule.endpoint for rule in app.url_map.iter_rules()} | {rule.rule for rule in app.url_map.iter_rules()}
    named |= set(_commands(cli.main))
    assert not [one for one in named if re.search(r"waive|waiving|dispens|exempt|excuse|overrid", one)]


def _commands(command: Command) -> list[str]:
    names = [command.name or "", *(option.name or "" for option in command.params)]
    below = command.commands.values() if isinstance(command, Group) else ()
    return names + [name for one in below for name in _commands(one)]
