"""The edx-platform tables that lti_consumer reads, cut to the columns it uses, and a gradebook."""

import uuid

from django.db import models


class UserProfile(models.Model):
    user = models.OneToOneField("auth.User", related_name="profile", on_delete=models.CASCADE)
    name = models.CharField(max_length=255, blank=True)


class Enrollment(models.Model):
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    role = models.CharField(max_length=32)


class ExternalIdType(models.Model):
    name = models.CharField(max_length=32, unique=True)


class ExternalId(models.Model):
    external_user_id = models.UUIDField(default=uuid.uuid4, unique=True)
    external_id_type = models.ForeignKey(ExternalIdType, on_delete=models.CASCADE)
    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)

    @classmethod
    def add_new_user_id(cls, user, type_name):
        kind, _ = ExternalIdType.objects.get_or_create(name=type_name)
        return cls.objects.get_or_create(user=user, external_id_type=kind)[0]

    @classmethod
    def batch_get_or_create_user_ids(cls, users, type_name):
        return {user.id: cls.add_new_user_id(user, type_name) for user in users}


class Grade(models.Model):
    """One row per grade event that an LTI block published."""

    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    block = models.CharField(max_length=255)
    value = models.FloatField(null=True)
    max_value = models.FloatField(null=True)


def users_with_roles():
    rows = Enrollment.objects.select_related("user__profile").order_by("user_id")
    return [(row.user, row.role) for row in rows]
