"""Registrations by invitation, placements, rosters that are kept, results that are read back."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# What a visit may leave empty from now on.
VISIT_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "person_id": sa.Integer(),
    "course_id": sa.Integer(),
    "link_id": sa.Integer(),
    "role": sa.String(length=20),
}
VISIT_RULES = {
    "purpose": "purpose IN ('training', 'placing', 'operating')",
    "operator_is_nobody": "(purpose = 'operating') = (person_id IS NULL)",
    "operator_has_no_role": "(purpose = 'operating') = (role IS NULL)",
    "training_has_link": "(purpose = 'training') = (link_id IS NOT NULL)",
    "training_has_course": "purpose <> 'training' OR course_id IS NOT NULL",
    "operator_has_no_course": "purpose <> 'operating' OR course_id IS NULL",
}
PLAIN_COLUMNS = {
    "tool_key": ("signs_from",),
    "platform": ("trusts_administrators", "product"),
    "membership": ("left_at", "launched"),
    "score": ("sent_share",),
}


def add_filled(table: str, column: sa.Column[Any], value: str) -> None:
    """A column that is never empty, filled with the SQL expression `value` in the rows there are."""
    with op.batch_alter_table(table) as altered:
        altered.add_column(column)
    op.execute(sa.update(sa.table(table, sa.column(column.name))).values({column.name: sa.text(value)}))
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column.name, existing_type=column.type, nullable=False)


def upgrade() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_one_time_link_code_hash")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "registration_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_registration_invitation_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_registration_invitation_code_hash")),
    )
    with op.batch_alter_table("registration_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_invitation_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "deep_linking_request",
        sa.Column("visit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("accept_types", sa.JSON(), nullable=False),
        sa.Column("accept_targets", sa.JSON(), nullable=False),
        sa.Column("accept_multiple", sa.Boolean(), nullable=False),
        sa.Column("accept_lineitem", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deep_linking_request_deployment_id_deployment")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["launch_session.id"],
            name=op.f("fk_deep_linking_request_visit_id_launch_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_deep_linking_request")),
    )
    op.create_table(
        "platform_result",
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["line_item.id"], name=op.f("fk_platform_result_line_item_id_line_item")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_platform_result_person_id_person")),
        sa.PrimaryKeyConstraint("line_item_id", "person_id", name=op.f("pk_platform_result")),
    )
    with op.batch_alter_table("platform_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_platform_result_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("course") as course:
        course.add_column(sa.Column("roster_synced_at", sa.DateTime(timezone=True), nullable=True))
        course.add_column(sa.Column("roster_due_at", sa.DateTime(timezone=True), nullable=True))
        course.add_column(sa.Column("roster_failure", sa.String(length=20), nullable=True))
        course.add_column(sa.Column("groups_url", sa.Text(), nullable=True))
        course.add_column(sa.Column("group_sets_url", sa.Text(), nullable=True))
        course.create_index("ix_course_roster_due_at", ["roster_due_at"], unique=False)
    add_filled("course", sa.Column("roster_failures", sa.Integer()), "0")

    with op.batch_alter_table("line_item") as line_item:
        line_item.add_column(sa.Column("results_due_at", sa.DateTime(timezone=True), nullable=True))
        line_item.create_index("ix_line_item_results_due_at", ["results_due_at"], unique=False)
    add_filled("line_item", sa.Column("results_failures", sa.Integer()), "0")

    with op.batch_alter_table("membership") as membership:
        membership.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    add_filled("membership", sa.Column("launched", sa.Boolean()), "true")

    with op.batch_alter_table("platform") as platform:
        platform.add_column(sa.Column("product", sa.String(length=255), nullable=True))
    add_filled("platform", sa.Column("trusts_administrators", sa.Boolean()), "false")

    with op.batch_alter_table("score") as score:
        score.add_column(sa.Column("sent_share", sa.Float(), nullable=True))
    op.execute("UPDATE score SET sent_share = given / maximum WHERE sent_at IS NOT NULL")

    add_filled("tool_key", sa.Column("signs_from", sa.DateTime(timezone=True)), "created_at")

    add_filled("launch_session", sa.Column("administrator", sa.Boolean()), "false")
    add_filled("launch_session", sa.Column("purpose", sa.String(length=20)), "'training'")
    with op.batch_alter_table("launch_session") as visit:
        for column, kind in VISIT_COLUMNS.items():
            visit.alter_column(column, existing_type=kind, nullable=True)
        for name, rule in VISIT_RULES.items():
            visit.create_check_constraint(name, rule)


def downgrade() -> None:
    op.execute("DELETE FROM deep_linking_request")
    op.execute("DELETE FROM launch_session WHERE purpose <> 'training'")
    with op.batch_alter_table("launch_session") as visit:
        for name in VISIT_RULES:
            visit.drop_constraint(op.f(f"ck_launch_session_{name}"), type_="check")
        for column, kind in VISIT_COLUMNS.items():
            visit.alter_column(column, existing_type=kind, nullable=False)
        visit.drop_column("administrator")
        visit.drop_column("purpose")
    for table, names in PLAIN_COLUMNS.items():
        with op.batch_alter_table(table) as altered:
            for name in names:
                altered.drop_column(name)
    with op.batch_alter_table("line_item") as line_item:
        line_item.drop_index("ix_line_item_results_due_at")
        line_item.drop_column("results_failures")
        line_item.drop_column("results_due_at")
    with op.batch_alter_table("course") as course:
        course.drop_index("ix_course_roster_due_at")
        for name in ("group_sets_url", "groups_url"):
            course.drop_column(name)
        for name in ("roster_failure", "roster_failures", "roster_due_at", "roster_synced_at"):
            course.drop_column(name)
    with op.batch_alter_table("platform_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_platform_result_person_id"))

    op.drop_table("platform_result")
    op.drop_table("deep_linking_request")
    with op.batch_alter_table("registration_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_invitation_expires_at"))

    op.drop_table("registration_invitation")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_expires_at"))

    op.drop_table("one_time_link")
