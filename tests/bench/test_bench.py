"""The bench in a small setting, so that it cannot rot. What it measures is not judged here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import arrivals, employment, inbox, launch, pool
from bench.__main__ import keep, main
from bench.figures import Figure, table
from bench.groups import GROUPS, UnknownGroup, chosen

SMALL = launch.Size(people=4, batch=4, rounds=1, browsers=2, postgresql=False)


@pytest.fixture(scope="module")
def launches() -> dict[str, float]:
    return {figure.name: figure.value for figure in launch.run(SMALL)}


def test_a_launch_is_measured_beside_the_minimal_tool(launches: dict[str, float]) -> None:
    promised = {
        "launch_cpu_ms",
        "launch_page_cpu_ms",
        "minimal_cpu_ms",
        "minimal_inline_keys_cpu_ms",
        "launch_cpu_ratio",
        "launch_page_cpu_ratio",
        "launches_per_second",
        "minimal_launches_per_second",
    }
    assert promised <= set(launches)


def test_authors_arrive_one_by_one_and_the_first_are_told_from_the_last() -> None:
    figures = {figure.name: figure.value for figure in arrivals.run(authors=12, span=4)}
    assert {"arrival_ms_first", "arrival_ms_last", "allocation_ms"} <= set(figures)
    assert all(value > 0 for value in figures.values())


def test_joining_and_leaving_a_full_pool_are_measured() -> None:
    figures = {figure.name: figure.value for figure in pool.run(authors=30, times=3, server=False)}
    assert set(figures) == {"pool_join_ms", "pool_leave_ms", "pool_statements"}
    assert all(value > 0 for value in figures.values())


def test_opening_the_inbox_and_weighing_are_measured() -> None:
    figures = {figure.name: figure.value for figure in inbox.run(evaluations=60, times=2, server=False)}
    assert set(figures) == {"inbox_ms", "inbox_weigh_ms"}
    assert all(value > 0 for value in figures.values())


def test_bringing_a_list_of_people_in_is_measured_and_its_progress_told() -> None:
    figures = {figure.name: figure.value for figure in employment.run(people=60, server=False)}
    assert set(figures) == {"import_s", "import_again_s", "import_stages"}
    assert all(value > 0 for value in figures.values())


def test_figures_of_one_group_leave_those_of_others_alone(tmp_path: Path) -> None:
    results = tmp_path / ".bench" / "results.json"
    keep([Figure("a", 1.0, "ms", ""), Figure("b", 2.0, "ms", "")], results)
    keep([Figure("b", 3.0, "ms", "")], results)
    assert json.loads(results.read_text()) == {"a": 1.0, "b": 3.0}


def test_the_table_says_whether_a_target_is_met() -> None:
    shown = table("launch", [Figure("good", 0.5, "", "this", 0.7), Figure("bad", 0.9, "", "that", 0.7)])
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["good", "0.5", "within", "0.7", "this"],
        ["bad", "0.9", "OVER", "0.7", "that"],
    ]


def test_all_groups_run_unless_some_are_named() -> None:
    assert chosen("") == list(GROUPS)
    assert chosen("arrivals") == ["arrivals"]


def test_an_unknown_group_is_told_in_one_line() -> None:
    with pytest.raises(UnknownGroup):
        chosen("launch,lunch")
    result = CliRunner().invoke(main, ["--only", "lunch"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [f"Error: There is no group lunch; there are {', '.join(GROUPS)}."]
