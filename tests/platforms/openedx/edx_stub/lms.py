"""Stands in for edx-platform under the module names that lti_consumer's compat.py imports.

The LTI block itself is the real LtiConsumerXBlock in a small runtime.
"""

import sys
import types
import uuid

from django.conf import settings

COURSE = "course-v1:Demo+LTI+2026"
PEOPLE = {"teacher": "instructor", **{f"student{number}": "student" for number in range(1, 6)}}
# The LTI blocks of the course, by the end of their usage keys, and what their author set differently from the others.
BLOCKS = {
    "om1": {"custom_parameters": ["module=om1"]},
    # "programmatic": the tool makes the line item.
    "programmatic": {"custom_parameters": ["module=om1"], "lti_advantage_ags_mode": "programmatic"},
    # What it opens is chosen in the tool, by Deep Linking.
    "chosen": {"lti_advantage_deep_linking_enabled": True},
}

_passports = {}
_values = None


def install():
    """Put the stub modules where lti_consumer looks for edx-platform's."""
    from django.dispatch import Signal

    class SignalHandler:
        pre_item_delete = Signal()

    class Store:
        def get_item(self, key):
            return block_for(None, key.block_id)

        def update_item(self, block, _user_id):
            block.save()

    course = types.SimpleNamespace(
        display_name_with_default="LAOS", display_org_with_default="Demo", lti_passports=[], id=COURSE
    )
    _module("openedx.core.djangoapps.waffle_utils", CourseWaffleFlag=NeverFlag)
    _module("openedx.core.djangoapps.xblock.api")
    _module("openedx.core.djangoapps.xblock", api=sys.modules["openedx.core.djangoapps.xblock.api"])
    _module("openedx.core.djangoapps.external_user_ids.models", __getattr__=_external_id)
    _module("openedx.core.lib.courses", get_course_by_id=lambda _key: course)
    _module("xmodule.modulestore.django", modulestore=Store, SignalHandler=SignalHandler)
    _module(
        "lms.djangoapps.courseware.block_render",
        get_block_for_descriptor=lambda user, block, **_rest: bind(block, user),
    )
    _module("lms.djangoapps.courseware.access", has_access=lambda user, *_rest, **_more: _role(user) is not None)
    _module("lms.djangoapps.courseware.courses", check_course_access=lambda _course, user, *_r, **_m: bool(_role(user)))
    _module("lms.djangoapps.course_api.api", get_course_members=_course_members)
    _module("lms.djangoapps.course_api.exceptions", OverEnrollmentLimitException=OverEnrollmentLimitException)
    _module("common.djangoapps.student.auth", has_studio_write_access=lambda user, _key: _role(user) == "instructor")


class NeverFlag:
    def __init__(self, *_args, **_kwargs):
        pass

    def is_enabled(self, course_key=None):
        return False


class OverEnrollmentLimitException(Exception):
    pass


def _module(name, **attributes):
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        path = ".".join(parts[:end])
        if path not in sys.modules:
            module = types.ModuleType(path)
            module.__path__ = []
            sys.modules[path] = module
            if end > 1:
                setattr(sys.modules[".".join(parts[: end - 1])], parts[end - 1], module)
    for key, value in attributes.items():
        setattr(sys.modules[name], key, value)


def _external_id(name):
    if name == "ExternalId":
        from .models import ExternalId

        return ExternalId
    raise AttributeError(name)


def _role(user):
    from .models import Enrollment

    return Enrollment.objects.filter(user_id=user.id or 0).values_list("role", flat=True).first()


def _course_members(_course_key):
    from .models import users_with_roles

    return {
        user.id: {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "name": user.profile.name,
            "roles": [role],
        }
        for user, role in users_with_roles()
    }


class UserService:
    def __init__(self, user):
        self.user = user

    def get_current_user(self):
        from xblock.reference.user_service import XBlockUser

        user = self.user
        known = bool(user and user.is_authenticated)
        shown = XBlockUser(
            is_current_user=True,
            emails=[user.email] if known else [],
            full_name=user.profile.name if known else None,
        )
        shown.opt_attrs["edx-platform.is_authenticated"] = known
        if known:
            shown.opt_attrs.update(
                {
                    "edx-platform.user_id": user.id,
                    "edx-platform.username": user.username,
                    "edx-platform.anonymous_user_id": f"anon-{user.id}",
                    "edx-platform.user_is_staff": user.is_staff,
                    "edx-platform.user_role": _role(user),
                }
            )
        return shown

    def get_external_user_id(self, type_name):
        from .models import ExternalId

        return str(ExternalId.add_new_user_id(self.user, type_name).external_user_id)


class RebindUser:
    def rebind_noauth_module_to_user(self, block, user):
        bind(block, user)


def _runtime(user):
    from lti_consumer.models import CourseAllowPIISharingInLTIFlag
    from xblock.core import XBlockMixin
    from xblock.fields import DateTime, Float, Scope, Timedelta
    from xblock.runtime import KvsFieldData, MemoryIdManager, NullI18nService, Runtime

    class Inherited(XBlockMixin):
        """What edx-platform's InheritanceMixin gives each block, in part."""

        start = DateTime(default=None, scope=Scope.settings)
        due = DateTime(default=None, scope=Scope.settings)
        graceperiod = Timedelta(default=None, scope=Scope.settings)
        weight = Float(default=1.0, scope=Scope.settings)

    class LmsRuntime(Runtime):
        def handler_url(self, block, handler_name, suffix="", query="", thirdparty=False):
            return f"{settings.LMS_ROOT_URL}/xblock/{block.scope_ids.usage_id}/handler/{handler_name}/{suffix}"

        def resource_url(self, resource):
            return "/static/" + resource

        def local_resource_url(self, block, uri):
            return "/static/" + uri

        def publish(self, block, event_type, event_data):
            if event_type == "grade":
                from .models import Grade

                Grade.objects.create(
                    user_id=event_data["user_id"],
                    block=block.scope_ids.usage_id.block_id,
                    value=event_data["value"],
                    max_value=event_data["max_value"],
                )

    ids = MemoryIdManager()
    services = {
        "i18n": NullI18nService(),
        "user": UserService(user),
        "rebind_user": RebindUser(),
        "lti-configuration": types.SimpleNamespace(configuration=CourseAllowPIISharingInLTIFlag),
    }
    return LmsRuntime(ids, field_data=KvsFieldData(_values), mixins=(Inherited,), id_generator=ids, services=services)


def usage_key(name):
    from opaque_keys.edx.keys import UsageKey

    return UsageKey.from_string(f"block-v1:Demo+LTI+2026+type@lti_consumer+block@{name}")


def block_for(user, name):
    """The real LtiConsumerXBlock, one of `BLOCKS`, bound to `user`."""
    from lti_consumer.lti_xblock import LtiConsumerXBlock
    from xblock.fields import ScopeIds

    key = usage_key(name)
    block = _runtime(user).construct_xblock_from_class(
        LtiConsumerXBlock, ScopeIds(user.id if user else None, "lti_consumer", key, key)
    )
    for field, value in {**_block_fields(), "lti_1p3_passport_id": _passports[name], **BLOCKS[name]}.items():
        setattr(block, field, value)
    return block


def bind(block, user):
    block.runtime._services["user"] = UserService(user)
    block.scope_ids = block.scope_ids._replace(user_id=getattr(user, "id", None))


def seed():
    """One course with its LTI blocks, a teacher and students."""
    global _values
    from django.contrib.auth import get_user_model
    from lti_consumer.models import CourseAllowPIISharingInLTIFlag
    from opaque_keys.edx.keys import CourseKey
    from xblock.runtime import DictKeyValueStore

    from .models import Enrollment, UserProfile

    _values = DictKeyValueStore()
    _passports.update({name: _passport(name) for name in BLOCKS})
    for username, role in PEOPLE.items():
        user = get_user_model().objects.create(username=username, email=f"{username}@example.org")
        UserProfile.objects.create(user=user, name=f"{username.capitalize()} Öztürk")
        Enrollment.objects.create(user=user, role=role)
    CourseAllowPIISharingInLTIFlag.objects.create(course_id=CourseKey.from_string(COURSE), enabled=True)


def _block_fields():
    tool = settings.TOOL
    return {
        "display_name": "Giving feedback",
        "lti_version": "lti_1p3",
        "config_type": "new",
        "launch_target": "iframe",
        "lti_1p3_oidc_url": tool["login"],
        "lti_1p3_launch_url": tool["launch"],
        "lti_1p3_tool_key_mode": "keyset_url",
        "lti_1p3_tool_keyset_url": tool["jwks"],
        "lti_1p3_enable_nrps": True,
        "lti_advantage_ags_mode": "declarative",
        "lti_advantage_deep_linking_launch_url": tool["launch"],
        "has_score": True,
        "weight": 10.0,
        "ask_to_send_email": True,
        "ask_to_send_full_name": True,
        "ask_to_send_username": True,
    }


def _passport(name):
    """A key and client id made beforehand, because pycryptodome takes seconds to make a key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from lti_consumer.models import Lti1p3Passport

    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    passport = Lti1p3Passport.objects.create(
        passport_id=uuid.uuid4(),
        name=name,
        lti_1p3_client_id=f"openedx-{name}",
        lti_1p3_internal_private_key=pem.decode(),
        lti_1p3_internal_private_key_id=f"openedx-{name}-key",
        lti_1p3_tool_keyset_url=settings.TOOL["jwks"],
    )
    return str(passport.passport_id)
