"""lti_consumer's own addresses under /api/, as in the LMS, and what the tests ask for under /_/."""

import re

from django.contrib.auth import get_user_model, login
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import include, path

from . import lms
from .models import Grade


def sign_in(request, username):
    user = get_user_model().objects.get(username=username)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return JsonResponse({"user": username})


def launch(request, block):
    """What the courseware page's iframe loads."""
    html = lms.block_for(request.user, block).render("student_view").content
    # Taken raw: the block writes the address unescaped, and unescaping would turn "&lti" into a character.
    return HttpResponseRedirect(re.search(r'data-target="([^"]+)"', html).group(1))


def select(request, block):
    """What Studio opens for an author who wants to select content."""
    from lti_consumer.api import get_lti_1p3_launch_start_url

    data = lms.block_for(request.user, block).get_lti_1p3_launch_data()
    return HttpResponseRedirect(get_lti_1p3_launch_start_url(data, deep_link_launch=True))


def info(_request, block):
    """What Studio shows to whoever registers the tool."""
    from lti_consumer.api import get_lti_1p3_launch_info
    from lti_consumer.utils import get_lti_api_base

    teacher = get_user_model().objects.get(username="teacher")
    found = get_lti_1p3_launch_info(lms.block_for(teacher, block).get_lti_1p3_launch_data())
    return JsonResponse({**found, "issuer": get_lti_api_base()})


def grades(_request, block):
    rows = Grade.objects.filter(block=block).order_by("id").values("user__username", "value", "max_value")
    return JsonResponse({"grades": list(rows)})


def line_items(_request, block):
    """The block's line items, as the platform keeps them."""
    from lti_consumer.models import LtiAgsLineItem

    rows = LtiAgsLineItem.objects.filter(lti_configuration__location=lms.usage_key(block)).order_by("id")
    found = [
        {
            "label": row.label,
            "maximum": row.score_maximum,
            "resource_id": row.resource_id,
            "tag": row.tag,
            "block": row.resource_link_id.block_id,
        }
        for row in rows
    ]
    return JsonResponse({"line_items": found})


def content(_request, block):
    """What was selected for the block, as the platform keeps it."""
    from lti_consumer.models import LtiDlContentItem

    rows = LtiDlContentItem.objects.filter(lti_configuration__location=lms.usage_key(block)).order_by("id")
    return JsonResponse({"content": [{"type": row.content_type, **row.attributes} for row in rows]})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
    path("_/as/<username>", sign_in),
    path("_/launch/<block>", launch),
    path("_/select/<block>", select),
    path("_/info/<block>", info),
    path("_/grades/<block>", grades),
    path("_/line-items/<block>", line_items),
    path("_/content/<block>", content),
]
