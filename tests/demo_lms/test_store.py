"""The file of the demo LMS across its versions."""

import sqlite3
from contextlib import closing
from pathlib import Path

from lti_tool.demo_lms.app import DemoConfig, create_demo_lms
from tests.demo_lms.harness import CLIENT_ID, LMS_URL, TOOL_URL, Demo, FakeTool, new_key, seen

# As the first version made them.
FIRST_VERSION = """
CREATE TABLE course (key VARCHAR PRIMARY KEY, label VARCHAR NOT NULL, title VARCHAR NOT NULL, about VARCHAR NOT NULL);
CREATE TABLE membership (course_key VARCHAR, sub VARCHAR, roles JSON NOT NULL, PRIMARY KEY (course_key, sub));
CREATE TABLE link (
    id VARCHAR PRIMARY KEY, course_key VARCHAR NOT NULL, title VARCHAR NOT NULL, about VARCHAR NOT NULL,
    custom JSON NOT NULL, position INTEGER NOT NULL
);
CREATE TABLE line_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, course_key VARCHAR NOT NULL, link_id VARCHAR, label VARCHAR NOT NULL,
    score_maximum FLOAT NOT NULL, resource_id VARCHAR, tag VARCHAR, start_at DATETIME, end_at DATETIME
);
CREATE TABLE access_token (digest VARCHAR PRIMARY KEY, scopes JSON NOT NULL, expires_at DATETIME NOT NULL);
INSERT INTO link VALUES ('tdt4100-om1', 'tdt4100', 'Kept title', 'About', '{"module": "om1"}', 0);
INSERT INTO line_item (course_key, link_id, label, score_maximum) VALUES ('tdt4100', 'tdt4100-om1', 'Kept', 40);
"""


def test_a_file_of_the_first_version_goes_on_with_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "lms.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(FIRST_VERSION)
    tool = FakeTool(new_key())
    demo = Demo(create_demo_lms(DemoConfig(LMS_URL, TOOL_URL, file, fetch_jwks=tool.jwks)), tool)
    assert "Kept title" in demo.browser("la-ingrid").get("/courses/tdt4100").text
    assert "Kept of 40" in seen(demo.browser("la-ingrid").get("/courses/tdt4100/gradebook").text)
    assert demo.launch("la-ingrid", "tdt4100-om1")["aud"] == CLIENT_ID
    assert demo.line_item().endswith("/1")
