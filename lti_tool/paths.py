"""Where the files that are not Python lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE.parent

ROOT = _CHECKOUT if (_CHECKOUT / "migrations" / "env.py").is_file() else PACKAGE
TEMPLATES = ROOT / "templates"
MIGRATIONS = ROOT / "migrations"
CONFIG = ROOT / "config"
# Of documents that the tool writes.
FONTS = PACKAGE / "fonts"
