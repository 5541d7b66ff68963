"""A QTI 2.1 package: one item a question, its images beside it, all named in the manifest.

https://www.imsglobal.org/question/qtiv2p1/imsqti_implv2p1.html. Marks are all or nothing, by comparing with the
right answer; the feedback of an option lies within it, the general one is shown at the end.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from lti_tool.exchange.found import FoundOption, FoundQuestion, Image
from lti_tool.exchange.text import to_html
from lti_tool.exchange.zipping import put

_ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{identifier}" title="{title}" \
adaptive="false" timeDependent="false">
<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">
<correctResponse>{right}</correctResponse>
</responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">
<defaultValue><value>0</value></defaultValue>
</outcomeDeclaration>
<outcomeDeclaration identifier="FEEDBACK" cardinality="{cardinality}" baseType="identifier"/>
<outcomeDeclaration identifier="GENERAL" cardinality="single" baseType="identifier"/>
<itemBody>
<p>{text}</p>
{images}<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}">
{choices}</choiceInteraction>
</itemBody>
<responseProcessing>
<responseCondition>
<responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>
</responseCondition>
<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>
<setOutcomeValue identifier="GENERAL"><baseValue baseType="identifier">general</baseValue></setOutcomeValue>
</responseProcessing>
{general}</assessmentItem>
"""
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="questions">
<metadata><schema>IMS Content</schema><schemaversion>1.1</schemaversion></metadata>
<organizations/>
<resources>
{resources}</resources>
</manifest>
"""


def write_qti2(questions: Sequence[FoundQuestion]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        resources = "".join(_resource(number, question) for number, question in enumerate(questions, 1))
        put(package, "imsmanifest.xml", _MANIFEST.format(resources=resources).encode())
        for number, question in enumerate(questions, 1):
            put(package, f"items/{_identifier(number)}.xml", _item(number, question).encode())
            for image in question.images:
                put(package, f"items/{_address(number, image)}", image.data)
    return packed.getvalue()


def _identifier(number: int) -> str:
    return f"q{number:05}"


def _address(number: int, image: Image) -> str:
    return f"{_identifier(number)}/{image.name}"


def _resource(number: int, question: FoundQuestion) -> str:
    identifier = _identifier(number)
    files = "".join(f'<file href="items/{quote(_address(number, image))}"/>' for image in question.images)
    return (
        f'<resource identifier="{identifier}" type="imsqti_item_xmlv2p1" href="items/{identifier}.xml">'
        f'<file href="items/{identifier}.xml"/>{files}</resource>\n'
    )


def _item(number: int, question: FoundQuestion) -> str:
    single = question.kind == "single"
    general = to_html(question.general_feedback)
    return _ITEM.format(
        identifier=_identifier(number),
        title=html.escape(question.name),
        cardinality="single" if single else "multiple",
        right="".join(f"<value>{name}</value>" for name, option in _named(question) if option.correct),
        text=to_html(question.text),
        images="".join(_image(number, image) for image in question.images),
        most=1 if single else 0,
        choices="".join(_choice(name, option) for name, option in _named(question)),
        general=f'<modalFeedback outcomeIdentifier="GENERAL" identifier="general" showHide="show">{general}'
        "</modalFeedback>\n"
        if general
        else "",
    )


def _named(question: FoundQuestion) -> Iterator[tuple[str, FoundOption]]:
    return ((f"option_{number}", option) for number, option in enumerate(question.options, 1))


def _image(number: int, image: Image) -> str:
    return f'<p><img src="{quote(_address(number, image))}" alt="{html.escape(image.alt)}"/></p>\n'


def _choice(name: str, option: FoundOption) -> str:
    shown = f'outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show"'
    feedback = f"<feedbackInline {shown}>{to_html(option.feedback)}</feedbackInline>" if option.feedback else ""
    return f'<simpleChoice identifier="{name}">{to_html(option.text)}{feedback}</simpleChoice>\n'
