"""Each kind of mistake in what a programme asks for, its dates and the material of its modules, and what is said."""

from pathlib import Path

import pytest

from tests.programme.full_pack import write_full_pack
from tests.programme.small_pack import edit, mistakes

PROGRAMME, MODULE = "programme.yaml", "essay-only/module.yaml"
VIDEOS, TOPIC = "essay-only/en/videos.yaml", "essay-only/en/topics/trust.md"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_full_pack(tmp_path)


MISTAKES: dict[str, tuple[str, str, str, list[str]]] = {
    "an unknown time zone": (
        PROGRAMME,
        "America/New_York",
        "America/Nowhere",
        ['line 3: "timezone" must be the name of a time zone, such as "Europe/Oslo"'],
    ),
    "an unknown kind of requirement": (
        PROGRAMME,
        "kind: attend",
        "kind: sleep",
        ["line 33: the requirement \"core\" needs a \"kind\" that is one of 'attend', 'complete'"],
    ),
    "a requirement twice": (
        PROGRAMME,
        "key: own",
        "key: core",
        ['line 66: the requirement "core" stands twice; it is on line 33 already'],
    ),
    "a meeting twice": (
        PROGRAMME,
        "key: core-2",
        "key: core-1",
        ['line 60: the meeting "core-1" of the requirement "core" stands twice; it is on line 44 already'],
    ),
    "a meeting in two requirements": (
        PROGRAMME,
        "key: final",
        "key: core-2",
        ['line 81: the meeting "core-2" stands in the requirement "core" already'],
    ),
    "a preparation in one language": (
        PROGRAMME,
        "texts:\n        en: Read *this* en\n        nb: Read *this* nb",
        "texts:\n        en: Read *this* en",
        ['line 52: the meeting "core-1" of the requirement "core": "preparation: texts" lacks the language "nb"'],
    ),
    "a position for nobody": (
        PROGRAMME,
        "training: elsewhere",
        "training: nowhere",
        ["line 134: the position \"dean\": \"training\" must be 'required', 'not-required' or 'elsewhere'"],
    ),
    "advice in one language": (
        PROGRAMME,
        "    nb: Not for clerks nb\n",
        "",
        ['line 125: the position "clerk": "advice" lacks the language "nb"'],
    ),
    "an equivalent twice": (
        PROGRAMME,
        "key: camp",
        "key: school",
        ['line 146: the kind of equivalent "school" stands twice; it is on line 136 already'],
    ),
    "an equivalent that is neither": (
        PROGRAMME,
        "recognised: false",
        "recognised: perhaps",
        ['line 151: the kind of equivalent "camp": "recognised" must be "true" or "false"'],
    ),
    "a meeting of no hours": (
        PROGRAMME,
        "hours: 1.5",
        "hours: 0",
        ['line 45: the meeting "core-1" of the requirement "core": "hours" must be more than 0'],
    ),
    "a title missing": (
        PROGRAMME,
        "    nn: Core nn\n",
        "",
        ['line 33: the requirement "core" has no title in the language "nn"'],
    ),
    "a description missing": (
        PROGRAMME,
        "    nn: Held by us nn\n",
        "",
        ['line 39: the requirement "core": "descriptions" lacks the language "nn"'],
    ),
    "a text missing": (
        PROGRAMME,
        "    nn: '*Welcome* nn'\n",
        "",
        ['line 168: "texts: welcome" lacks the language "nn"'],
    ),
    "held by nobody": (
        PROGRAMME,
        "held_by: course",
        "held_by: moon",
        ["line 68: the requirement \"own\": \"held_by\" must be 'programme' or 'course'"],
    ),
    "more to choose than there are": (
        PROGRAMME,
        "choose: 2",
        "choose: 4",
        ['line 94: the requirement "choice": "choose" asks for 4 modules, but there are 3'],
    ),
    "a choice of an unknown module": (
        PROGRAMME,
        "  - test-and-essay\n  hours",
        "  - other\n  hours",
        ['line 98: the requirement "choice" names the module "other", which is not under "modules"'],
    ),
    "a date of an unknown step": (
        PROGRAMME,
        "- step: essay",
        "- step: exam",
        ["line 155: the date number 1: \"step\" must be 'test', 'essay' or 'evaluations'"],
    ),
    "a date of an unknown module": (
        PROGRAMME,
        "  - peers\n- step",
        "  - other\n- step",
        ['line 161: the date number 2 names the module "other", which is not under "modules"'],
    ),
    "a date of a step that the module lacks": (
        PROGRAMME,
        "  - peers\n- step",
        "  - test-only\n- step",
        ['line 161: the date number 2: the module "test-only" has no step "essay"'],
    ),
    "a date after the year": (
        PROGRAMME,
        "days: 90",
        "days: 900",
        ['line 163: the date number 3: "days" must be at most 400'],
    ),
    "pools of another kind": (
        PROGRAMME,
        "languages: together",
        "languages: mixed",
        ["line 165: \"pools: languages\" must be 'separate' or 'together'"],
    ),
    "no day to evaluate": (
        PROGRAMME,
        "days_to_evaluate: 3",
        "days_to_evaluate: 0",
        ['line 166: "pools: days_to_evaluate" must be at least 1'],
    ),
    "an unknown kind of work": (
        MODULE,
        "- lab",
        "- kitchen",
        ['line 20: the kind of work "kitchen" is not in programme.yaml'],
    ),
    "an unknown step": (
        MODULE,
        "- essay",
        "- exam",
        [
            'essay-only/en/essay.md: the module has no such step; see "steps" in its module.yaml',
            "line 11: the step \"exam\" must be 'test', 'essay' or 'evaluations'",
            'essay-only/nb/essay.md: the module has no such step; see "steps" in its module.yaml',
        ],
    ),
    "no step": (
        MODULE,
        "steps:\n- essay\n",
        "steps: []\n",
        [
            'essay-only/en/essay.md: the module has no such step; see "steps" in its module.yaml',
            'line 10: "steps" needs at least 1, but has 0',
            'essay-only/nb/essay.md: the module has no such step; see "steps" in its module.yaml',
        ],
    ),
    "evaluations without an essay": (
        "peers/module.yaml",
        "- essay\n- evaluations",
        "- evaluations",
        [
            'peers/en/essay.md: the module has no such step; see "steps" in its module.yaml',
            'line 10: "steps" must have an essay where there are evaluations',
            'peers/nb/essay.md: the module has no such step; see "steps" in its module.yaml',
            'programme.yaml, line 161: the date number 2: the module "peers" has no step "essay"',
        ],
    ),
    "steps in another order": (
        "peers/module.yaml",
        "- essay\n- evaluations",
        "- evaluations\n- essay",
        ['line 10: "steps" must be in the order test, essay, evaluations, none of them twice'],
    ),
    "a topic twice": (
        MODULE,
        "- talk",
        "- trust",
        [
            'essay-only/en/topics/talk.md: it is not under "topics" of module.yaml',
            'line 23: the topic "trust" stands twice; it is on line 22 already',
            'essay-only/nb/topics/talk.md: it is not under "topics" of module.yaml',
        ],
    ),
    "a topic without a file": (
        MODULE,
        "- talk",
        "- talk\n- silence",
        [
            "essay-only/en/topics/silence.md: the file is missing",
            "essay-only/nb/topics/silence.md: the file is missing",
        ],
    ),
    "a topic without a title": (
        TOPIC,
        "# Trust en",
        "Trust en",
        ['line 1: the file must begin with a title, "# Title", and go on with text'],
    ),
    "a topic without text": (
        TOPIC,
        "\nAbout *trust*.",
        "",
        ['line 1: the file must begin with a title, "# Title", and go on with text'],
    ),
    "a video on another host": (
        VIDEOS,
        "https://vimeo.com/",
        "https://example.org/",
        ['line 4: the video "filmed": "url" must be the address of a video on one of YouTube, Vimeo, Panopto'],
    ),
    "a video without a full address": (
        VIDEOS,
        "https://vimeo.com/",
        "vimeo.com/",
        ['line 4: the video "filmed": "url" must be a full address that begins with "https://"'],
    ),
    "a video without a transcript": (
        VIDEOS,
        "  transcript: '**A:** Yes?'\n",
        "",
        ['line 2: the video "filmed": "transcript" is missing'],
    ),
    "a video twice": (
        VIDEOS,
        "key: written",
        "key: filmed",
        [
            'line 10: the video "filmed" stands twice; it is on line 2 already',
            'essay-only/nb/videos.yaml, line 10: the video "written" is not in en/videos.yaml',
        ],
    ),
    "a video that lasts no time": (
        VIDEOS,
        "minutes: 4",
        "minutes: 0",
        ['line 5: the video "filmed": "minutes" must be at least 1'],
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_the_mistake_is_told_at_its_line(pack: Path, kind: str) -> None:
    """Where no other file is named, it is the one that was changed."""
    file, old, new, said = MISTAKES[kind]
    edit(pack, file, old, new)
    assert mistakes(pack) == [f"{file}, {one}" if one.startswith("line ") else one for one in said]
