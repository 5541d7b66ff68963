"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "module_content",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_content")),
        sa.UniqueConstraint("digest", name=op.f("uq_module_content_digest")),
    )
    op.create_table(
        "platform",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("auth_url", sa.Text(), nullable=False),
        sa.Column("token_url", sa.Text(), nullable=False),
        sa.Column("jwks_url", sa.Text(), nullable=False),
        sa.Column("token_audience", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_platform_issuer_client_id")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("key", name=op.f("uq_programme_key")),
    )
    op.create_table(
        "tool_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_tool_key_kid")),
    )
    op.create_table(
        "used_nonce",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_used_nonce")),
    )
    with op.batch_alter_table("used_nonce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_used_nonce_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_cohort_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("programme_id", "term", name=op.f("uq_cohort_programme_id_term")),
    )
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.create_index(
            "uq_cohort_open",
            ["programme_id"],
            unique=True,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )

    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending", "approved", "inactive", name="status", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_deployment_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("platform_id", "deployment_id", name=op.f("uq_deployment_platform_id_deployment_id")),
    )
    op.create_table(
        "online_module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["content_id"], ["module_content.id"], name=op.f("fk_online_module_content_id_module_content")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_online_module_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_module")),
        sa.UniqueConstraint("key", name=op.f("uq_online_module_key")),
    )
    with op.batch_alter_table("online_module", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_online_module_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_person_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("platform_id", "subject", name=op.f("uq_person_platform_id_subject")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(length=265), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("roster_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_course_deployment_id_deployment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("deployment_id", "context_id", name=op.f("uq_course_deployment_id_context_id")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_enrolment_cohort_id_person_id")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_participation_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["content_id"], ["module_content.id"], name=op.f("fk_participation_content_id_module_content")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["online_module.id"], name=op.f("fk_participation_module_id_online_module")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint(
            "person_id", "module_id", "cohort_id", name=op.f("uq_participation_person_id_module_id_cohort_id")
        ),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participation_module_id"), ["module_id"], unique=False)

    op.create_table(
        "pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_pool_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["module_id"], ["online_module.id"], name=op.f("fk_pool_module_id_online_module")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool")),
        sa.UniqueConstraint("cohort_id", "module_id", name=op.f("uq_pool_cohort_id_module_id")),
    )
    op.create_table(
        "essay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_text", sa.Text(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_text IS NULL)", name=op.f("ck_essay_submitted_with_text")
        ),
        sa.CheckConstraint(
            "locked_at IS NULL OR submitted_at IS NOT NULL", name=op.f("ck_essay_locked_after_submitted")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_essay_version_from_one")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_essay_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay")),
        sa.UniqueConstraint("participation_id", name=op.f("uq_essay_participation_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_essay_public_id")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("learner", "instructor", name="role", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_membership_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_course_id_role"), ["course_id", "role"], unique=False)

    op.create_table(
        "resource_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("module_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_resource_link_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_link")),
        sa.UniqueConstraint("course_id", "resource_link_id", name=op.f("uq_resource_link_course_id_resource_link_id")),
    )
    with op.batch_alter_table("resource_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_link_module_key"), ["module_key"], unique=False)

    op.create_table(
        "staff_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("coordinator", "administrator", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("granted_by", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'coordinator') = (cohort_id IS NOT NULL)", name=op.f("ck_staff_grant_coordinator_has_cohort")
        ),
        sa.CheckConstraint(
            "kind = 'coordinator' OR person_id IS NOT NULL", name=op.f("ck_staff_grant_administrator_is_person")
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (course_id IS NULL)", name=op.f("ck_staff_grant_one_receiver")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_staff_grant_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_staff_grant_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_grant_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grant")),
        sa.UniqueConstraint("cohort_id", "course_id", name=op.f("uq_staff_grant_cohort_id_course_id")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_staff_grant_cohort_id_person_id")),
    )
    with op.batch_alter_table("staff_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_grant_course_id"), ["course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_staff_grant_administrator",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'administrator'"),
            postgresql_where=sa.text("kind = 'administrator'"),
        )

    op.create_table(
        "step_result",
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum("test", "essay", "evaluations", name="step", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=50), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_step_result_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("participation_id", "step", name=op.f("pk_step_result")),
    )
    op.create_table(
        "test_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("right_answers", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (right_answers IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)",
            name=op.f("ck_test_attempt_marked_when_submitted"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_test_attempt_number_from_one")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_test_attempt_participation_id_participation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_attempt")),
        sa.UniqueConstraint("participation_id", "number", name=op.f("uq_test_attempt_participation_id_number")),
    )
    with op.batch_alter_table("test_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "uq_test_attempt_open",
            ["participation_id"],
            unique=True,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )

    op.create_table(
        "launch_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("learner", "instructor", name="role", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_launch_session_course_id_course")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["resource_link.id"], name=op.f("fk_launch_session_link_id_resource_link")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_launch_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_launch_session_public_id")),
    )
    with op.batch_alter_table("launch_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_launch_session_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "line_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("container_url", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_line_item_deployment_id_deployment")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["resource_link.id"], name=op.f("fk_line_item_link_id_resource_link")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_line_item_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_item")),
        sa.UniqueConstraint("link_id", name=op.f("uq_line_item_link_id")),
    )
    op.create_table(
        "link_visit",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["resource_link.id"], name=op.f("fk_link_visit_link_id_resource_link")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_visit_person_id_person")),
        sa.PrimaryKeyConstraint("link_id", "person_id", name=op.f("pk_link_visit")),
    )
    with op.batch_alter_table("link_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_visit_person_id"), ["person_id"], unique=False)

    op.create_table(
        "pool_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("participation_id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_pool_author_essay_id_essay")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participation.id"], name=op.f("fk_pool_author_participation_id_participation")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_pool_author_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_author")),
        sa.UniqueConstraint("essay_id", name=op.f("uq_pool_author_essay_id")),
        sa.UniqueConstraint("participation_id", name=op.f("uq_pool_author_participation_id")),
    )
    with op.batch_alter_table("pool_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pool_author_pool_id"), ["pool_id"], unique=False)
        batch_op.create_index(
            "ix_pool_author_waiting",
            ["pool_id", "joined_at"],
            unique=False,
            sqlite_where=sa.text("placed_at IS NULL"),
            postgresql_where=sa.text("placed_at IS NULL"),
        )

    op.create_table(
        "test_answer",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["test_attempt.id"], name=op.f("fk_test_answer_attempt_id_test_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_key", name=op.f("pk_test_answer")),
    )
    op.create_table(
        "column_search",
        sa.Column("line_item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["line_item.id"], name=op.f("fk_column_search_line_item_id_line_item")
        ),
        sa.PrimaryKeyConstraint("line_item_id", name=op.f("pk_column_search")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("evaluator_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("given_slot", sa.Integer(), nullable=False),
        sa.Column("received_slot", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open", "started", "submitted", name="status", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("reciprocal", sa.Boolean(), nullable=False),
        sa.Column("shuffle_key", sa.Float(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'open') = (started_at IS NULL)", name=op.f("ck_evaluation_started")),
        sa.CheckConstraint("(status = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_evaluation_submitted")),
        sa.CheckConstraint("evaluator_id <> author_id", name=op.f("ck_evaluation_not_oneself")),
        sa.CheckConstraint("given_slot IN (1, 2) AND received_slot IN (1, 2)", name=op.f("ck_evaluation_two_each")),
        sa.CheckConstraint(
            "submitted_at IS NOT NULL OR (read_at IS NULL AND approved_at IS NULL)", name=op.f("ck_evaluation_closed")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_evaluation_approved_by_person")),
        sa.ForeignKeyConstraint(["author_id"], ["pool_author.id"], name=op.f("fk_evaluation_author_id_pool_author")),
        sa.ForeignKeyConstraint(
            ["content_id"], ["module_content.id"], name=op.f("fk_evaluation_content_id_module_content")
        ),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["pool_author.id"], name=op.f("fk_evaluation_evaluator_id_pool_author")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_evaluation_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("author_id", "received_slot", name=op.f("uq_evaluation_author_id_received_slot")),
        sa.UniqueConstraint("evaluator_id", "author_id", name=op.f("uq_evaluation_evaluator_id_author_id")),
        sa.UniqueConstraint("evaluator_id", "given_slot", name=op.f("uq_evaluation_evaluator_id_given_slot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evaluation_public_id")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index("ix_evaluation_draw", ["pool_id", "status", "shuffle_key"], unique=False)
        batch_op.create_index("ix_evaluation_reciprocal", ["pool_id", "status", "reciprocal"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "failed", name="state", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=50), nullable=True),
        sa.Column("failure_status", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_score_failure_has_reason")),
        sa.CheckConstraint("given >= 0 AND maximum > 0", name=op.f("ck_score_sound")),
        sa.ForeignKeyConstraint(["line_item_id"], ["line_item.id"], name=op.f("fk_score_line_item_id_line_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("line_item_id", "person_id", name=op.f("uq_score_line_item_id_person_id")),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index("ix_score_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_person_id"))
        batch_op.drop_index("ix_score_due")

    op.drop_table("score")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index("ix_evaluation_reciprocal")
        batch_op.drop_index("ix_evaluation_draw")

    op.drop_table("evaluation")
    op.drop_table("column_search")
    op.drop_table("test_answer")
    with op.batch_alter_table("pool_author", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_pool_author_waiting",
            sqlite_where=sa.text("placed_at IS NULL"),
            postgresql_where=sa.text("placed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_pool_author_pool_id"))

    op.drop_table("pool_author")
    with op.batch_alter_table("link_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_visit_person_id"))

    op.drop_table("link_visit")
    op.drop_table("line_item")
    with op.batch_alter_table("launch_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_session_expires_at"))

    op.drop_table("launch_session")
    with op.batch_alter_table("test_attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_test_attempt_open",
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )

    op.drop_table("test_attempt")
    op.drop_table("step_result")
    with op.batch_alter_table("staff_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_staff_grant_administrator",
            sqlite_where=sa.text("kind = 'administrator'"),
            postgresql_where=sa.text("kind = 'administrator'"),
        )
        batch_op.drop_index(batch_op.f("ix_staff_grant_person_id"))
        batch_op.drop_index(batch_op.f("ix_staff_grant_course_id"))

    op.drop_table("staff_grant")
    with op.batch_alter_table("resource_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_link_module_key"))

    op.drop_table("resource_link")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_course_id_role"))

    op.drop_table("membership")
    op.drop_table("essay")
    op.drop_table("pool")
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_module_id"))
        batch_op.drop_index(batch_op.f("ix_participation_cohort_id"))

    op.drop_table("participation")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_person_id"))

    op.drop_table("enrolment")
    op.drop_table("course")
    op.drop_table("person")
    with op.batch_alter_table("online_module", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_online_module_programme_id"))

    op.drop_table("online_module")
    op.drop_table("deployment")
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_index("uq_cohort_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open"))

    op.drop_table("cohort")
    with op.batch_alter_table("used_nonce", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_used_nonce_expires_at"))

    op.drop_table("used_nonce")
    op.drop_table("tool_key")
    op.drop_table("programme")
    op.drop_table("platform")
    op.drop_table("module_content")
