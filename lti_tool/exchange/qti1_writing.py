"""A QTI 1.2 package as Canvas exports and imports it; other platforms take it as well."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from lti_tool.exchange.found import FoundOption, FoundQuestion, Image
from lti_tool.exchange.text import to_html
from lti_tool.exchange.zipping import put

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1" identifier="questions">
<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>
<organizations/>
<resources>
<resource identifier="questions" type="imsqti_xmlv1p2"><file href="questions/questions.xml"/></resource>
{resources}</resources>
</manifest>
"""
_ASSESSMENT = """<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
<assessment ident="questions" title="Questions">
<section ident="root_section">
{items}</section>
</assessment>
</questestinterop>
"""


def write_qti1(questions: Sequence[FoundQuestion]) -> bytes:
    packed = io.BytesIO()
    numbered = list(enumerate(questions, 1))
    images = [(_address(number, image), image) for number, question in numbered for image in question.images]
    items = "".join("".join(_item(number, question)) for number, question in numbered)
    with zipfile.ZipFile(packed, "w") as package:
        resources = "".join(_resource(number, address) for number, (address, _image) in enumerate(images, 1))
        put(package, "imsmanifest.xml", _MANIFEST.format(resources=resources).encode())
        put(package, "questions/questions.xml", _ASSESSMENT.format(items=items).encode())
        for address, image in images:
            put(package, address, image.data)
    return packed.getvalue()


def _resource(number: int, address: str) -> str:
    href = quote(address)
    return f'<resource identifier="image{number}" type="webcontent" href="{href}"><file href="{href}"/></resource>\n'


def _address(number: int, image: Image) -> str:
    return f"images/q{number:05}/{image.name}"


def _item(number: int, question: FoundQuestion) -> Iterator[str]:
    single = question.kind == "single"
    kind = "multiple_choice_question" if single else "multiple_answers_question"
    yield f'<item ident="q{number:05}" title="{html.escape(question.name)}">\n'
    yield "<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel>"
    yield f"<fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>\n"
    yield f"<presentation>{_material(_text(number, question))}"
    yield f'<response_lid ident="response1" rcardinality="{"Single" if single else "Multiple"}"><render_choice>\n'
    for name, option in _named(question):
        yield f'<response_label ident="{name}">{_material(to_html(option.text))}</response_label>\n'
    yield "</render_choice></response_lid></presentation>\n"
    yield from _processing(question)
    yield from _feedback(question)
    yield "</item>\n"


def _text(number: int, question: FoundQuestion) -> str:
    shown = "".join(
        f'<p><img src="$IMS-CC-FILEBASE$/{quote(_address(number, image))}" alt="{html.escape(image.alt)}"></p>'
        for image in question.images
    )
    return f"<div>{to_html(question.text)}</div>{shown}"


def _material(source: str) -> str:
    return f'<material><mattext texttype="text/html">{html.escape(source, quote=False)}</mattext></material>'


def _named(question: FoundQuestion) -> Iterator[tuple[str, FoundOption]]:
    # Canvas keeps numbers as the names of options, and changes others.
    return ((str(1000 + number), option) for number, option in enumerate(question.options, 1))


def _processing(question: FoundQuestion) -> Iterator[str]:
    yield "<resprocessing><outcomes>"
    yield '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>\n'
    if question.general_feedback:
        yield f"{_condition('<other/>', 'general_fb')}\n"
    for name, option in _named(question):
        if option.feedback:
            yield f"{_condition(_chosen(name), f'{name}_fb')}\n"
    tests = [_chosen(name) if option.correct else f"<not>{_chosen(name)}</not>" for name, option in _named(question)]
    right = next(_chosen(name) for name, option in _named(question) if option.correct)
    test = right if question.kind == "single" else f"<and>{''.join(tests)}</and>"
    yield f'<respcondition continue="No"><conditionvar>{test}</conditionvar>'
    yield '<setvar action="Set" varname="SCORE">100</setvar></respcondition>\n</resprocessing>\n'


def _chosen(name: str) -> str:
    return f'<varequal respident="response1">{name}</varequal>'


def _condition(test: str, shown: str) -> str:
    show = f'<displayfeedback feedbacktype="Response" linkrefid="{shown}"/>'
    return f'<respcondition continue="Yes"><conditionvar>{test}</conditionvar>{show}</respcondition>'


def _feedback(question: FoundQuestion) -> Iterator[str]:
    named = [("general_fb", question.general_feedback)]
    named += [(f"{name}_fb", option.feedback) for name, option in _named(question)]
    for name, text in named:
        if text:
            yield f'<itemfeedback ident="{name}"><flow_mat>{_material(to_html(text))}</flow_mat></itemfeedback>\n'
