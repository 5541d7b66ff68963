"""Employed people, equivalents, certificates, and completed programmes in the gradebook."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "completion_check",
    "certificate",
    "equivalence_event",
    "equivalence_application",
    "employment_list",
    "employment",
)


def upgrade() -> None:
    create_employment()
    create_equivalence()
    create_completion()
    with op.batch_alter_table("resource_link") as altered:
        altered.add_column(sa.Column("programme_key", sa.String(length=64), nullable=True))
        altered.create_check_constraint("one_subject", "module_key IS NULL OR programme_key IS NULL")
        altered.create_index(op.f("ix_resource_link_programme_key"), ["programme_key"], unique=False)


def references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def create_employment() -> None:
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("course_code", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("matched_at", MOMENT, nullable=True),
        sa.Column("matched_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) = (matched_at IS NULL)", name=op.f("ck_employment_matched_at_some_time")
        ),
        sa.CheckConstraint("hours IS NULL OR hours > 0", name=op.f("ck_employment_some_hours")),
        references("employment", "cohort_id", "cohort"),
        references("employment", "matched_by", "person"),
        references("employment", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        sa.UniqueConstraint(
            "cohort_id",
            "reference",
            "course_code",
            "position",
            name=op.f("uq_employment_cohort_id_reference_course_code_position"),
        ),
    )
    op.create_index(op.f("ix_employment_cohort_id_person_id"), "employment", ["cohort_id", "person_id"], unique=False)
    op.create_index(op.f("ix_employment_person_id"), "employment", ["person_id"], unique=False)
    op.create_table(
        "employment_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state", one_of("list_state", "waiting", "reading", "read", "failed", "taking", "taken"), nullable=False
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_employment_list_progress")),
        references("employment_list", "cohort_id", "cohort"),
        references("employment_list", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment_list")),
        sa.UniqueConstraint("public_id", name=op.f("uq_employment_list_public_id")),
    )
    op.create_index(op.f("ix_employment_list_cohort_id"), "employment_list", ["cohort_id"], unique=False)


def create_equivalence() -> None:
    op.create_table(
        "equivalence_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("decision", one_of("decision", "pending", "approved", "declined", "withdrawn"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(document IS NULL) = (filename IS NULL)", name=op.f("ck_equivalence_application_document_has_name")
        ),
        sa.CheckConstraint(
            "(document IS NULL) = (media_type IS NULL)", name=op.f("ck_equivalence_application_document_has_type")
        ),
        references("equivalence_application", "cohort_id", "cohort"),
        references("equivalence_application", "person_id", "person"),
        references("equivalence_application", "programme_id", "programme"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equivalence_application")),
        sa.UniqueConstraint("public_id", name=op.f("uq_equivalence_application_public_id")),
    )
    op.create_index(
        op.f("ix_equivalence_application_cohort_id"), "equivalence_application", ["cohort_id"], unique=False
    )
    op.create_index(
        op.f("ix_equivalence_application_person_id"), "equivalence_application", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_equivalence_application_programme_id"), "equivalence_application", ["programme_id"], unique=False
    )
    op.create_index(
        "uq_equivalence_application_pending",
        "equivalence_application",
        ["person_id", "programme_id"],
        unique=True,
        sqlite_where=sa.text("decision = 'pending'"),
        postgresql_where=sa.text("decision = 'pending'"),
    )
    op.create_table(
        "equivalence_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("decision", one_of("event_decision", "pending", "approved", "declined", "withdrawn"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references("equivalence_event", "application_id", "equivalence_application"),
        references("equivalence_event", "by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equivalence_event")),
    )
    op.create_index(op.f("ix_equivalence_event_application_id"), "equivalence_event", ["application_id"], unique=False)


def create_completion() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_because IS NULL)", name=op.f("ck_certificate_revoked_with_reason")
        ),
        references("certificate", "cohort_id", "cohort"),
        references("certificate", "issued_by", "person"),
        references("certificate", "person_id", "person"),
        references("certificate", "revoked_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    op.create_index(op.f("ix_certificate_cohort_id"), "certificate", ["cohort_id"], unique=False)
    op.create_index(
        "uq_certificate_valid",
        "certificate",
        ["person_id", "cohort_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "completion_check",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        references("completion_check", "cohort_id", "cohort"),
        references("completion_check", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "cohort_id", name=op.f("pk_completion_check")),
    )
    op.create_index(op.f("ix_completion_check_cohort_id"), "completion_check", ["cohort_id"], unique=False)


def downgrade() -> None:
    # Links for a completed programme stay as links without a subject.
    with op.batch_alter_table("resource_link") as altered:
        altered.drop_index(op.f("ix_resource_link_programme_key"))
        altered.drop_constraint("one_subject", type_="check")
        altered.drop_column("programme_key")
    for table in TABLES:
        op.drop_table(table)
