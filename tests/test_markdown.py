"""Markdown of people and packs becomes safe HTML."""

import re
from html.parser import HTMLParser

from flask import Flask, render_template_string
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from lti_tool.markdown import render

ALLOWED = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "a"}
ALLOWED |= {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil.test'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='position:fixed'>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    '[x](https://a.test "><script>alert(1)</script>")',
    "[x](https://a.test/'onmouseover='alert(1))",
    "![x](https://evil.test/pixel.png)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '<https://a.test/"onclick=alert(1)>',
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](//evil.test)",
    "[x](/l/visit/modules/om1)",
    "`<script>`",
    "```html\n<script>alert(1)</script>\n```",
    '``` "onclick=alert(1)\nx\n```',
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "|a|\n|-|\n|<script>alert(1)</script>|",
)


class Inventory(HTMLParser):
    """Every element of a fragment, as a browser's parser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


def assert_harmless(html: str) -> None:
    found = Inventory(html)
    assert found.other == []
    for tag, attributes in found.elements:
        assert tag in ALLOWED, tag
        assert set(attributes) <= {"href", "rel", "target", "start", "title"}, attributes
        if "href" in attributes:
            assert re.match(r"(https?://|mailto:)", attributes["href"] or "", re.IGNORECASE), attributes


def test_known_attacks_stay_text() -> None:
    for attack in ATTACKS:
        assert_harmless(render(attack))
        assert_harmless(render(f"- > # {attack}\n\n{attack}"))


@given(st.text())
@example("<" * 50)
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(render(text))


PIECES = st.sampled_from(
    [
        *"<>/[]()!`\n\t\"'&#;*_|-\\\x00x ",
        "```",
        "<!--",
        "-->",
        "&#x6a;",
        "script",
        "img",
        "svg",
        " onerror=",
        "javascript:",
        "https://a.test",
        "data:",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_dangerous_pieces_is_harmless(text: str) -> None:
    assert_harmless(render(text))


def test_ordinary_writing_keeps_its_form() -> None:
    html = render("One *two* **three** `four`\n\n- a\n- b\n\n> c\n\n1. d\n\n|e|f|\n|-|-|\n|1|2|")
    for piece in ("<em>two</em>", "<strong>three</strong>", "<code>four</code>", "<li>a</li>", "<blockquote>", "<ol>"):
        assert piece in html
    assert "<td>2</td>" in html


def test_raw_html_is_shown_and_not_obeyed() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>")


def test_a_link_opens_beside_the_page_and_tells_nobody_where_it_was() -> None:
    _, (tag, link) = Inventory(render("[x](https://a.test/b?c=1&d=2)")).elements
    assert tag == "a"
    assert link["href"] == "https://a.test/b?c=1&d=2"
    assert link["target"] == "_blank"
    assert set((link["rel"] or "").split()) >= {"noopener", "nofollow"}


def test_bare_addresses_are_left_as_text() -> None:
    assert "<a" not in render("see https://a.test")


def test_pictures_are_not_loaded_but_what_they_show_is_named() -> None:
    html = render("![a chart](https://a.test/x.png)")
    assert "<img" not in html
    assert "a chart" in html


def test_the_page_keeps_its_one_first_heading() -> None:
    for text in ("# a\n\n## b", "## a\n\n### b", "a\n=\n\nb\n-"):
        assert "<h2>a</h2>\n<h3>b</h3>" in render(text)
    assert "<h4>a</h4>" in render("# a", 4)
    assert "<h6>f</h6>" in render("# a\n\n###### f", 3)


def test_templates_have_it_as_a_filter(app: Flask) -> None:
    with app.test_request_context():
        assert "<h3>a</h3>" in render_template_string("{{ '# a'|markdown(3) }}")
        assert isinstance(render("a"), Markup)
