"""Each kind of mistake in the texts of a module, the change that makes it, and what is said about it."""

from pathlib import Path

import pytest

from tests.programme.small_pack import ESSAY, FORM, NB_FORM, NB_QUESTIONS, QUESTIONS, edit, mistakes

FAST = "      - key: fast\n        text: Fast\n        correct: false\n        feedback: No, they get lost.\n"
NO_SCENE = "      - {key: none, label: Not yet, description: There is no scene.}\n"
HINT = 'A text with ": " or " #" in it goes in quotes, or after ">-" on lines of its own'

MISTAKES: dict[str, tuple[str, str, str, list[str]]] = {
    "YAML syntax": (
        QUESTIONS,
        "text: Slowly",
        "text: Slowly: step by step",
        [f"{QUESTIONS}, line 7: this is not readable as YAML: mapping values are not allowed here. {HINT}"],
    ),
    "a reference": (
        QUESTIONS,
        "text: Slowly",
        "text: *slow",
        [f"{QUESTIONS}, line 7: references (*name) are not allowed"],
    ),
    "a tag": (
        QUESTIONS,
        "text: Slowly",
        "text: !!python/name:os.system x",
        [f"{QUESTIONS}, line 7: tags (tag:yaml.org,2002:python/name:os.system) are not allowed"],
    ),
    "a list before a colon": (
        QUESTIONS,
        "questions:",
        "? [a list]\n: nothing\nquestions:",
        [f"{QUESTIONS}, line 1: only a word can stand before a colon"],
    ),
    "deep nesting": (
        QUESTIONS,
        "text: Slowly",
        f"text: {'[' * 5000}",
        [f"{QUESTIONS}, line 7: this is nested too deeply"],
    ),
    "a control character": (
        QUESTIONS,
        "text: Slowly",
        "text: Slow\aly",
        [f"{QUESTIONS}, line 7: the character U+0007 is not allowed"],
    ),
    "an entry twice": (
        QUESTIONS,
        "text: Slowly",
        "text: Slowly\n        text: Again",
        [f'{QUESTIONS}, line 8: "text" stands twice; it is on line 7 already'],
    ),
    "an unknown entry": (
        QUESTIONS,
        "text: Slowly",
        "colour: red\n        text: Slowly",
        [f'{QUESTIONS}, line 7: the option "slow" of the question "pace": "colour" is not an entry that belongs here'],
    ),
    "a list for a text": (
        QUESTIONS,
        "text: Slowly",
        "text: [Slow, ly]",
        [f'{QUESTIONS}, line 7: the option "slow" of the question "pace": "text" must be a text'],
    ),
    "a word for yes or no": (
        QUESTIONS,
        "correct: true",
        "correct: perhaps",
        [f'{QUESTIONS}, line 8: the option "slow" of the question "pace": "correct" must be "true" or "false"'],
    ),
    "an unknown kind": (
        NB_QUESTIONS,
        "kind: single",
        "kind: double",
        [
            f'{NB_QUESTIONS}, line 3: the question "pace" is "double" here but "single" in en/questions.yaml',
            f"{NB_QUESTIONS}, line 3: the question \"pace\": \"kind\" must be 'single' or 'multiple'",
        ],
    ),
    "one option": (
        QUESTIONS,
        FAST,
        "",
        [
            f'{QUESTIONS}, line 5: the question "pace": "options" needs at least 2, but has 1',
            f'{NB_QUESTIONS}, line 10: the option "fast" of the question "pace" is not in en/questions.yaml',
        ],
    ),
    "no right answer": (
        QUESTIONS,
        "correct: true",
        "correct: false",
        [
            f'{QUESTIONS}, line 2: the question "pace" has no right answer',
            f'{NB_QUESTIONS}, line 6: the option "slow" of the question "pace" is right here but wrong'
            " in en/questions.yaml",
        ],
    ),
    "several right answers to a single": (
        NB_QUESTIONS,
        "kind: multiple",
        "kind: single",
        [
            f'{NB_QUESTIONS}, line 14: the question "tools" has 2 right answers, but its kind, "single",'
            " takes exactly one",
            f'{NB_QUESTIONS}, line 15: the question "tools" is "single" here but "multiple" in en/questions.yaml',
        ],
    ),
    "no wrong answer": (
        QUESTIONS,
        "correct: no",
        "correct: yes",
        [
            f'{QUESTIONS}, line 14: the question "tools" has no wrong answer',
            f'{NB_QUESTIONS}, line 26: the option "sofa" of the question "tools" is wrong here but right'
            " in en/questions.yaml",
        ],
    ),
    "no feedback": (
        QUESTIONS,
        "        feedback: No, they get lost.\n",
        "",
        [f'{QUESTIONS}, line 10: the option "fast" of the question "pace": "feedback" is missing'],
    ),
    "empty feedback": (
        QUESTIONS,
        "feedback: No, they get lost.",
        "feedback:",
        [f'{QUESTIONS}, line 13: the option "fast" of the question "pace": "feedback" is empty'],
    ),
    "a question without key": (
        QUESTIONS,
        "  - key: tools\n    kind",
        "  - kind",
        [
            f'{QUESTIONS}, line 14: the question number 2: "key" is missing',
            f'{NB_QUESTIONS}, line 14: the question "tools" is not in en/questions.yaml',
        ],
    ),
    "a question twice": (
        QUESTIONS,
        "  - key: tools",
        "  - key: pace",
        [
            f'{QUESTIONS}, line 14: the question "pace" stands twice; it is on line 2 already',
            f'{NB_QUESTIONS}, line 14: the question "tools" is not in en/questions.yaml',
        ],
    ),
    "an option twice": (
        QUESTIONS,
        "- key: fast",
        "- key: slow",
        [
            f'{QUESTIONS}, line 10: the option "slow" of the question "pace" stands twice; it is on line 6 already',
            f'{NB_QUESTIONS}, line 10: the option "fast" of the question "pace" is not in en/questions.yaml',
        ],
    ),
    "another question in one language": (
        NB_QUESTIONS,
        "- key: tools",
        "- key: things",
        [
            f'{NB_QUESTIONS}, line 1: the question "tools" is missing; en/questions.yaml has it',
            f'{NB_QUESTIONS}, line 14: the question "things" is not in en/questions.yaml',
        ],
    ),
    "another option in one language": (
        NB_QUESTIONS,
        "- key: sofa",
        "- key: couch",
        [
            f'{NB_QUESTIONS}, line 17: the option "sofa" of the question "tools" is missing; en/questions.yaml has it',
            f'{NB_QUESTIONS}, line 26: the option "couch" of the question "tools" is not in en/questions.yaml',
        ],
    ),
    "another right answer in one language": (
        NB_QUESTIONS,
        "correct: yes",
        "correct: no",
        [
            f'{NB_QUESTIONS}, line 18: the option "pen" of the question "tools" is wrong here but right'
            " in en/questions.yaml"
        ],
    ),
    "three levels": (
        FORM,
        NO_SCENE,
        "",
        [
            f'{FORM}, line 6: the criterion "scene": "levels" needs at least 4, but has 3',
            f'{NB_FORM}, line 7: the level "none" of the criterion "scene" is not in en/evaluation.yaml',
        ],
    ),
    "five levels": (
        NB_FORM,
        "    comment_prompt",
        "      - {key: most, label: Mest, description: Alt.}\n    comment_prompt",
        [
            f'{NB_FORM}, line 6: the criterion "scene": "levels" may have at most 4, but has 5',
            f'{NB_FORM}, line 11: the level "most" of the criterion "scene" is not in en/evaluation.yaml',
        ],
    ),
    "a level twice": (
        FORM,
        "{key: some",
        "{key: none",
        [
            f'{FORM}, line 8: the level "none" of the criterion "scene" stands twice; it is on line 7 already',
            f'{NB_FORM}, line 8: the level "some" of the criterion "scene" is not in en/evaluation.yaml',
        ],
    ),
    "levels in another order": (
        NB_FORM,
        "{key: none, label: Ikke ennå, description: Teksten har ingen scene.}\n      - {key: some",
        "{key: some, label: Ikke ennå, description: Teksten har ingen scene.}\n      - {key: none",
        [f'{NB_FORM}, line 6: the levels of the criterion "scene" stand in another order than in en/evaluation.yaml'],
    ),
    "another criterion in one language": (
        NB_FORM,
        "- key: scene",
        "- key: stage",
        [
            f'{NB_FORM}, line 2: the criterion "scene" is missing; en/evaluation.yaml has it',
            f'{NB_FORM}, line 3: the criterion "stage" is not in en/evaluation.yaml',
        ],
    ),
    "no overall prompt": (
        FORM,
        "overall_prompt: What will you remember?",
        "",
        [f'{FORM}, line 1: "overall_prompt" is missing'],
    ),
    "HTML in a sentence": (
        ESSAY,
        "**one** scene",
        "**one**\n<b>scene</b>",
        [f"{ESSAY}, line 2: raw HTML (<b>) is not allowed; code goes between `backticks`"],
    ),
    "HTML on its own": (
        ESSAY,
        "scene.",
        "scene.\n\n<script>\nalert(1)\n</script>",
        [f"{ESSAY}, line 3: raw HTML (<script>) is not allowed; code goes between `backticks`"],
    ),
    "a picture": (
        ESSAY,
        "scene.",
        "scene.\n\n![A scene](https://example.org/a.png)",
        [f"{ESSAY}, line 3: pictures are not shown; describe it in words or link to it"],
    ),
    "a link into the folders": (
        ESSAY,
        "scene",
        "[scene](../../secret)",
        [f"{ESSAY}, line 1: the link to ../../secret is not a full address (https://...)"],
    ),
    "an empty essay prompt": (ESSAY, "Write about **one** scene.", " ", [f"{ESSAY}, line 1: the file is empty"]),
    "a short reading": (
        "one/nb/reading.md",
        "ord ord",
        "ord",
        ["one/nb/reading.md: the reading has 899 words; at least 900 are needed"],
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_file_and_line(
    small_pack: Path, file: str, old: str, new: str, expected: list[str]
) -> None:
    edit(small_pack, file, old, new)
    assert mistakes(small_pack) == expected
