"""The addresses of the module that courses hold; several files give it pages."""

from __future__ import annotations

from flask import Blueprint

course_module = Blueprint("course_module", __name__, url_prefix="/l/<visit>/course-module")

# The largest id of either database.
COHORT = "/<int(max=2147483647):cohort_id>"
PERSON = "<int(max=2147483647):person_id>"
DATE = "<int(max=2147483647):date_id>"
OWN = f"/own{COHORT}/<int(max=2147483647):course_id>"
