"""What must hold between the entries of a file and between languages.

The rules read the file as typed, before it is known to be whole, so that one missing feedback does not hide
a question without a right answer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from pydantic import TypeAdapter, ValidationError

from lti_tool.programme.content import Figures
from lti_tool.programme.pack_words import NOUNS, called
from lti_tool.programme.yaml_lines import Fault, Marked

_bool = TypeAdapter(bool)
_int = TypeAdapter(int)


def programme_faults(programme: Marked) -> Iterator[Fault]:
    for name in ("terms", "learning_outcomes", "work", "requirements", "positions", "equivalents"):
        yield from _twice(programme, name)
        for item in _things(programme, name):
            yield from _missing_titles(programme, *item)
    yield from _meetings_twice(programme)
    yield from _unexplained(programme, "positions", "advice")
    yield from _unexplained(programme, "equivalents", "descriptions")
    for name, requirement in _things(programme, "requirements"):
        yield from _requirement_faults(programme, name, requirement)
    for name, usual in _things(programme, "dates"):
        yield from _unlisted_modules(programme, name, usual)
    texts = programme.get("texts")
    for entry in texts.key_lines if texts else ():
        yield from _missing_words(programme, texts, entry, f'"texts: {entry}"')
    yield from _twice(programme, "terms", entry="starts")
    yield from _twice(programme, "modules")
    default, languages = programme.text("default_language"), programme.keys("titles")
    if default and languages and default not in languages:
        line = programme.key_lines["default_language"]
        yield Fault(line, f'"titles" has no title in the default language, "{default}"')


def _requirement_faults(programme: Marked, name: str, requirement: Marked) -> Iterator[Fault]:
    yield from _missing_words(programme, requirement, "descriptions", f'{name}: "descriptions"')
    yield from _twice(requirement, "meetings", of=name)
    for _name, meeting in _things(requirement, "meetings"):
        yield from _missing_titles(programme, f"{_name} of {name}", meeting)
        yield from _preparation_faults(programme, f"{_name} of {name}", meeting)
    yield from _unlisted_modules(programme, name, requirement)
    offered = len(requirement.items("modules") or programme.items("modules"))
    choose = requirement.text("choose")
    if choose and choose.isdecimal() and int(choose) > offered:
        line = requirement.key_lines["choose"]
        yield Fault(line, f'{name}: "choose" asks for {choose} modules, but there are {offered}')


def _preparation_faults(programme: Marked, name: str, meeting: Marked) -> Iterator[Fault]:
    preparation = meeting.get("preparation")
    if preparation is None:
        return
    yield from _missing_words(programme, preparation, "texts", f'{name}: "preparation: texts"')
    for position, question in enumerate(preparation.items("questions")):
        for language in programme.keys("titles"):
            if question.key_lines and language not in question.key_lines:
                yield Fault(question.line, f'question {position + 1} of {name} lacks the language "{language}"')


def _unexplained(programme: Marked, things: str, entry: str) -> Iterator[Fault]:
    for name, thing in _things(programme, things):
        yield from _missing_words(programme, thing, entry, f'{name}: "{entry}"')


def _meetings_twice(programme: Marked) -> Iterator[Fault]:
    """Sessions name a meeting alone, so its key is unique in the whole programme."""
    owners: dict[str, str] = {}
    for name, requirement in _things(programme, "requirements"):
        for meeting, item in _things(requirement, "meetings"):
            key = item.text("key")
            if key and owners.setdefault(key, name) != name:
                yield Fault(item.line, f"{meeting} stands in {owners[key]} already")


def _missing_words(programme: Marked, parent: Marked | None, entry: str, name: str) -> Iterator[Fault]:
    """Where an entry that may be left out is there, but not in every language."""
    given = parent.keys(entry) if parent else {}
    for language in programme.keys("titles"):
        if parent and given and language not in given:
            yield Fault(parent.key_lines[entry], f'{name} lacks the language "{language}"')


def undated_steps(programme: Marked, steps: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Usual dates that name modules without that step; `steps` are those of each module that could be read."""
    for name, usual in _things(programme, "dates"):
        step = usual.text("step")
        for module in usual.items("modules"):
            if isinstance(module.value, str) and module.value in steps and step not in steps[module.value]:
                yield Fault(module.line, f'{name}: the module "{module.value}" has no step "{step}"')


def _unlisted_modules(programme: Marked, name: str, item: Marked) -> Iterator[Fault]:
    listed = programme.texts("modules")
    for module in item.items("modules"):
        if isinstance(module.value, str) and module.value not in listed:
            yield Fault(module.line, f'{name} names the module "{module.value}", which is not under "modules"')


def module_faults(module: Marked, programme: Marked) -> Iterator[Fault]:
    yield from _word_limits(module)
    yield from _twice(module, "topics")
    for entry in ("learning_outcomes", "work"):
        yield from _twice(module, entry)
        known = {item.text("key") for item in programme.items(entry)}
        for name, item in _things(module, entry):
            if isinstance(item.value, str) and item.value.strip() not in known:
                yield Fault(item.line, f"{name} is not in programme.yaml")
    languages, default = module.keys("languages"), programme.text("default_language")
    if languages and default and default not in languages:
        yield Fault(module.key_lines["languages"], f'"languages" lacks the default language, "{default}"')
    for language, line in languages.items():
        if language not in programme.keys("titles"):
            yield Fault(line, f'the language "{language}" is not among the titles of programme.yaml')


def question_faults(document: Marked) -> Iterator[Fault]:
    yield from _twice(document, "questions")
    for name, question in _things(document, "questions"):
        yield from _twice(question, "options", of=name)
        yield from (Fault(question.line, f"{name} {wrong}") for wrong in _answers(question))


def form_faults(document: Marked) -> Iterator[Fault]:
    yield from _twice(document, "criteria")
    for name, criterion in _things(document, "criteria"):
        yield from _twice(criterion, "levels", of=name)


def video_faults(document: Marked) -> Iterator[Fault]:
    yield from _twice(document, "videos")


def differing_videos(document: Marked, model: Marked, model_file: str) -> Iterator[Fault]:
    """Where `document` has other videos than `model`, the default language's."""
    yield from _differing_keys(document, model, "videos", model_file)


def differing_questions(document: Marked, model: Marked, model_file: str) -> Iterator[Fault]:
    """Where `document` has other questions, options or right answers than `model`, the default language's."""
    yield from _differing_keys(document, model, "questions", model_file)
    for name, question, other in _pairs(document, model, "questions"):
        kind, other_kind = question.text("kind"), other.text("kind")
        if kind and other_kind and kind != other_kind:
            line = question.key_lines["kind"]
            yield Fault(line, f'{name} is "{kind}" here but "{other_kind}" in {model_file}')
        yield from _differing_keys(question, other, "options", model_file, of=name)
        for option_name, option, other_option in _pairs(question, other, "options"):
            right, other_right = _truth(option), _truth(other_option)
            if right is not None and other_right is not None and right != other_right:
                answer = "right here but wrong" if right else "wrong here but right"
                yield Fault(option.line, f"{option_name} of {name} is {answer} in {model_file}")


def differing_forms(document: Marked, model: Marked, model_file: str) -> Iterator[Fault]:
    """Where `document` has other criteria or levels than `model`, or levels in another order."""
    yield from _differing_keys(document, model, "criteria", model_file)
    for name, criterion, other in _pairs(document, model, "criteria"):
        yield from _differing_keys(criterion, other, "levels", model_file, of=name)
        levels, other_levels = _by_key(criterion, "levels"), _by_key(other, "levels")
        if levels.keys() == other_levels.keys() and list(levels) != list(other_levels):
            line = criterion.key_lines["levels"]
            yield Fault(line, f"the levels of {name} stand in another order than in {model_file}")


def _answers(question: Marked) -> Iterator[str]:
    truths = [_truth(option) for option in question.items("options")]
    if not truths or None in truths:
        return
    right = truths.count(True)
    if not right:
        yield "has no right answer"
    if right == len(truths) > 1:
        yield "has no wrong answer"
    if right > 1 and question.text("kind") == "single":
        yield f'has {right} right answers, but its kind, "single", takes exactly one'


def _truth(option: Marked) -> bool | None:
    try:
        return _bool.validate_python(option.text("correct"))
    except ValidationError:
        return None


def _word_limits(module: Marked) -> Iterator[Fault]:
    names = ("essay_words_min", "essay_words_max")
    typed = (module.text(name) or Figures.model_fields[name].default for name in names)
    try:
        least, most = (_int.validate_python(words) for words in typed)
    except ValidationError:
        return
    if least > most:
        line = module.key_lines.get("essay_words_min", module.line)
        yield Fault(line, f'"essay_words_min" ({least}) is more than "essay_words_max" ({most})')


def _missing_titles(programme: Marked, name: str, item: Marked) -> Iterator[Fault]:
    titles = item.keys("titles")
    for language in programme.keys("titles"):
        if titles and language not in titles:
            yield Fault(item.line, f'{name} has no title in the language "{language}"')


def _twice(parent: Marked, name: str, entry: str = "key", of: str = "") -> Iterator[Fault]:
    first: dict[str, int] = {}
    for thing, item in _things(parent, name):
        key = item.value if isinstance(item.value, str) else item.text(entry)
        if not key:
            continue
        if key in first:
            label = f'"{entry}: {key}"' if entry != "key" else thing
            yield Fault(item.line, f"{_of(label, of)} stands twice; it is on line {first[key]} already")
        first.setdefault(key, item.line)


def _differing_keys(document: Marked, model: Marked, name: str, file: str, of: str = "") -> Iterator[Fault]:
    here, there = _by_key(document, name), _by_key(model, name)
    line = document.key_lines.get(name, document.line)
    for key in there.keys() - here.keys():
        yield Fault(line, f"{_named(name, key, of)} is missing; {file} has it")
    for key in here.keys() - there.keys():
        yield Fault(here[key].line, f"{_named(name, key, of)} is not in {file}")


def _pairs(document: Marked, model: Marked, name: str) -> Iterable[tuple[str, Marked, Marked]]:
    there = _by_key(model, name)
    for key, item in _by_key(document, name).items():
        if key in there:
            yield _named(name, key), item, there[key]


def _by_key(parent: Marked, name: str) -> dict[str, Marked]:
    """The items under `name` by their key, the first where a key stands twice."""
    return {key: item for item in reversed(parent.items(name)) if (key := item.text("key"))}


def _things(parent: Marked, name: str) -> Iterator[tuple[str, Marked]]:
    for position, item in enumerate(parent.items(name)):
        yield called(NOUNS[name], item, position), item


def _named(name: str, key: str, owner: str = "") -> str:
    return _of(f'the {NOUNS[name]} "{key}"', owner)


def _of(thing: str, owner: str) -> str:
    return f"{thing} of {owner}" if owner else thing
