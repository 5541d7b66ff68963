"""The kinds of texts and figures that everything authors write is made of. Texts are plain unless their type says
Markdown; languages are codes such as "en" and "nb"."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Markdown = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]
MaybeMarkdown = Annotated[str, StringConstraints(strip_whitespace=True)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$", max_length=500)]
Titles = Annotated[dict[Language, Title], Field(min_length=1)]
Markdowns = Annotated[dict[Language, Markdown], Field(min_length=1)]
Hours = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]


class Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
