"""Multiple-choice questions as files: GIFT, Moodle XML, Aiken and IMS QTI, in and out.

Pure: bytes in, values out. Nothing here knows the database, the pages or any language; what the pages say about
a note they say by its code.

Small parsers of our own, because no maintained library fits (searched on PyPI, 2026): `pygiftparser` needs a
Markdown and an HTML writer, knows no encodings and stops at the first fault; the packages around QTI write it
(`text2qti`, `qti-package-maker`), convert it between versions or read one dialect and skip the rest without a
word. XML is read by lxml, which libxml2's own limits guard; `defusedxml` has given up its lxml half as no longer
needed (https://docs.astral.sh/ruff/rules/suspicious-xmle-tree-usage/).
"""
