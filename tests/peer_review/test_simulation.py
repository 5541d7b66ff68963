"""Terms of many sizes, played through the real actions: nobody is short without standing in the list."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.database import db
from lti_tool.peer_review.models import Author, Evaluation, Pool
from lti_tool.peer_review.simulation import Outcome, Plan, Term
from lti_tool.programme.queries import current_module
from tests.cast import Cast
from tests.databases import empty
from tests.peer_review.exact import arcs_in
from tests.peer_review.leaving import check_healed
from tests.peer_review.quick_term import QuickTerm

PLAN = Plan(authors=12, dropouts=0.2, languages=("nb", "en"), weeks=4, seed=1)


def played(session: Session, plan: Plan, kind: type[Term] = Term) -> Outcome:
    outcome = kind(session, current_module(session, "om1"), plan).play()
    check_healed(session)
    check_nothing_fits(session)
    assert outcome.exact + outcome.short_named + outcome.short_silent == outcome.authors - outcome.left
    assert (outcome.short_silent, outcome.stuck) == (0, 0)
    return outcome


def check_nothing_fits(session: Session) -> None:
    """Nobody lacks an essay beside an essay that lacks somebody, where one could have the other."""
    known = {(e.evaluator_id, e.author_id) for e in session.scalars(select(Evaluation))}
    for pool in session.scalars(select(Pool)):
        authors = session.scalars(select(Author).where(Author.pool_id == pool.id)).all()
        givers = [author.id for author in authors if author.to_give]
        takers = [author.id for author in authors if author.to_receive]
        assert [(u, v) for u, v in product(givers, takers) if u != v and (u, v) not in known] == []


@pytest.mark.parametrize("authors", [0, 1, 2, 3, 4, 5, 7])
def test_small_cohorts(cast: Cast, session: Session, authors: int) -> None:
    played(session, replace(PLAN, authors=authors, seed=authors))


@pytest.mark.parametrize(("authors", "seed"), [*product((6, 9, 13), (1, 2))])
def test_cohorts_of_many_seeds(cast: Cast, session: Session, authors: int, seed: int) -> None:
    played(session, replace(PLAN, authors=authors, seed=seed), QuickTerm)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("authors", "seed"), [(60, 1), (200, 2), (5000, 3)])
def test_large_cohorts(cast: Cast, session: Session, authors: int, seed: int) -> None:
    outcome = played(session, replace(PLAN, authors=authors, seed=seed), QuickTerm)
    assert min(outcome.left, outcome.silent, outcome.expired) > authors * 0.04
    assert outcome.exact > (authors - outcome.left - outcome.silent) * 0.7


@pytest.mark.parametrize("authors", [4, 16])
def test_a_coordinator_who_deals_with_the_list_leaves_nobody_short(cast: Cast, session: Session, authors: int) -> None:
    outcome = played(session, replace(PLAN, authors=authors, seed=3, coordinator=True))
    assert outcome.arranged > 0
    staying = select(Author).where(Author.withdrawn_at.is_(None))
    open_ = session.scalars(staying.where(Author.to_receive + Author.to_give + Author.lapsed > 0)).all()
    waived = session.scalars(staying.where(Author.waived_given > 0)).all()
    assert (open_, outcome.exact) == ([], authors - outcome.left - len(waived))


@pytest.mark.parametrize("authors", [3, 9, 20])
def test_where_nobody_leaves_at_most_two_late_ones_wait(cast: Cast, session: Session, authors: int) -> None:
    outcome = played(session, Plan(authors, 0, ("en",), weeks=1, seed=authors), QuickTerm)
    assert outcome.exact + outcome.short_named == authors
    assert outcome.short_named <= 2


def test_when_everybody_leaves_or_falls_silent_nobody_is_short_silently(cast: Cast, session: Session) -> None:
    outcome = played(session, replace(PLAN, dropouts=1), QuickTerm)
    assert outcome.left + outcome.silent == 12


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_seed_plays_the_same_term(app: Flask) -> None:
    outcomes = []
    for _ in range(2):
        with app.app_context():
            empty(db.engine)
        Cast(app)
        with app.app_context():
            outcomes.append((played(db.session, replace(PLAN, authors=30), QuickTerm), arcs_in(db.session)))
    assert outcomes[0] == outcomes[1]


def simulate(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["simulate", "pool", *arguments])
    return result.exit_code, result.output


def test_the_command_prints_its_counts_as_json() -> None:
    arguments = ("--authors", "5", "--dropouts", "0.2", "--languages", "nb,en", "--weeks", "4", "--seed", "7", "--json")
    code, first = simulate(*arguments)
    assert code == 0
    counts = json.loads(first)
    assert set(counts) >= {"exact", "short_named", "short_silent", "stuck", "changed_edges"}
    assert (counts["short_silent"], counts["stuck"]) == (0, 0)


def test_the_command_keeps_a_database_that_is_named_and_plays_in_no_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    code, table = simulate("--authors", "3", "--languages", "en", "--coordinator", "--database", url)
    assert code == 0, table
    assert "short_named" in table
    assert (tmp_path / "kept.sqlite3").exists()
    code, refused = simulate("--authors", "3", "--database", url)
    assert code == 2
    assert "already" in refused


@pytest.mark.parametrize("named", [("--programme", "uio"), ("--module", "nothing")])
def test_the_command_refuses_a_module_without_peer_evaluation(named: tuple[str, str]) -> None:
    code, refused = simulate("--authors", "3", *named)
    assert code == 2
    assert "has no such module with peer evaluation" in refused


def test_the_command_refuses_a_language_that_the_module_does_not_have() -> None:
    code, refused = simulate("--authors", "3", "--languages", "sv")
    assert code == 2
    assert "sv" in refused
