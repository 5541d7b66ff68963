"""Run groups of measurements, print their table and keep the figures in `.bench/results.json`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bench.figures import Figure, table
from bench.groups import GROUPS, UnknownGroup, chosen, run

RESULTS = Path(".bench/results.json")


@click.command()
@click.option("--only", default="", help=f"Groups, joined by commas: {', '.join(GROUPS)}. All of them if not given.")
def main(only: str) -> None:
    try:
        names = chosen(only)
    except UnknownGroup as error:
        raise click.ClickException(str(error)) from error
    for name in names:
        click.echo(f"{name}: measuring ...", err=True)
        figures = run(name)
        click.echo(table(name, figures))
        keep(figures, RESULTS)


def keep(figures: list[Figure], path: Path) -> None:
    """Add the figures to those of other groups that are there already."""
    path.parent.mkdir(exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    known |= {figure.name: figure.value for figure in figures}
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
