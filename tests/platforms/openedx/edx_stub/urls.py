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


def launch(request):
    """What the courseware page's iframe loads."""
    html = lms.block_for(request.user).render("student_view").content
    # Taken raw: the block writes the address unescaped, and unescaping would turn "&lti" into a character.
    return HttpResponseRedirect(re.search(r'data-target="([^"]+)"', html).group(1))


def info(_request):
    """What Studio shows to whoever registers the tool."""
    from lti_consumer.api import get_lti_1p3_launch_info
    from lti_consumer.utils import get_lti_api_base

    teacher = get_user_model().objects.get(username="teacher")
    found = get_lti_1p3_launch_info(lms.block_for(teacher).get_lti_1p3_launch_data())
    return JsonResponse({**found, "issuer": get_lti_api_base()})


def grades(_request):
    rows = Grade.objects.order_by("id").values("user__username", "value", "max_value")
    return JsonResponse({"grades": list(rows)})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
    path("_/as/<username>", sign_in),
    path("_/launch", launch),
    path("_/info", info),
    path("_/grades", grades),
]
