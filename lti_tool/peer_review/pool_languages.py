"""With whom an essay is evaluated: with others in its language or, where the programme wants it so, with all."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Pool
from lti_tool.programme.queries import programme_in
from lti_tool.reflection.models import Essay

# The language of a pool that takes essays in any: "multiple languages" in ISO 639-2.
MANY = "mul"


def language_of_new_pool(session: Session, participation: Participation) -> str:
    """Of the pool that is made for the essay of this participation, because there is none yet that takes it.

    The pools of a module and cohort stay of the kind that they began as, whatever the programme says later.
    """
    others = exists().where(Pool.cohort_id == participation.cohort_id, Pool.module_id == participation.module_id)
    pools = programme_in(session, participation.cohort_id).content.pools
    if pools.languages == "together" and not session.scalar(select(others)):
        return MANY
    language = select(Essay.submitted_language).where(Essay.participation_id == participation.id)
    return str(session.scalars(language).one())
