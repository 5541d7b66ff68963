"""Sessions with sign-up, preparation and marks; what departments agree on and evaluate."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "final_evaluation",
    "agreement_share",
    "agreement",
    "attendance_report",
    "check_in",
    "mark_event",
    "attendance_mark",
    "preparation",
    "calendar_feed",
    "sign_up_event",
    "sign_up",
    "training_session",
)


def upgrade() -> None:
    create_sessions()
    create_marks()
    create_course_modules()


def references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def create_sessions() -> None:
    op.create_table(
        "training_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("meeting_key", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sign_up_until", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("online_url", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("leader", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("check_in_until", MOMENT, nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("place <> '' OR online_url <> ''", name=op.f("ck_training_session_somewhere")),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 1", name=op.f("ck_training_session_room_for_one")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_session_ends_after_start")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_training_session_counts_for_something")),
        sa.CheckConstraint("sign_up_until <= starts_at", name=op.f("ck_training_session_signed_up_before")),
        sa.CheckConstraint(
            "taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name=op.f("ck_training_session_not_overbooked")
        ),
        references("training_session", "cohort_id", "cohort"),
        references("training_session", "course_id", "course"),
        references("training_session", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
        sa.UniqueConstraint("uid", name=op.f("uq_training_session_uid")),
    )
    op.create_index(
        op.f("ix_training_session_cohort_id_starts_at"), "training_session", ["cohort_id", "starts_at"], unique=False
    )
    op.create_index(op.f("ix_training_session_course_id"), "training_session", ["course_id"], unique=False)
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("meeting_key", sa.String(length=64), nullable=False),
        sa.Column("state", one_of("sign_up_state", "place", "waiting"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references("sign_up", "cohort_id", "cohort"),
        references("sign_up", "person_id", "person"),
        references("sign_up", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_sign_up_session_id_person_id")),
    )
    op.create_index(op.f("ix_sign_up_cohort_id"), "sign_up", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_sign_up_person_id"), "sign_up", ["person_id"], unique=False)
    op.create_index(
        "uq_sign_up_place",
        "sign_up",
        ["person_id", "cohort_id", "meeting_key"],
        unique=True,
        sqlite_where=sa.text("state = 'place'"),
        postgresql_where=sa.text("state = 'place'"),
    )
    op.create_table(
        "sign_up_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            one_of("sign_up_change", "signed-up", "waiting", "promoted", "cancelled", "called-off"),
            nullable=False,
        ),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        references("sign_up_event", "by", "person"),
        references("sign_up_event", "person_id", "person"),
        references("sign_up_event", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up_event")),
    )
    op.create_index(op.f("ix_sign_up_event_person_id_change"), "sign_up_event", ["person_id", "change"], unique=False)
    op.create_index(op.f("ix_sign_up_event_session_id"), "sign_up_event", ["session_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references("calendar_feed", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
    )

    op.create_table(
        "preparation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("meeting_key", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        references("preparation", "cohort_id", "cohort"),
        references("preparation", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "cohort_id", "meeting_key", name=op.f("pk_preparation")),
    )
    op.create_index(op.f("ix_preparation_cohort_id"), "preparation", ["cohort_id"], unique=False)


def create_marks() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("presence", one_of("presence", "present", "late", "absent"), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("source", one_of("source", "list", "check-in", "report"), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        references("attendance_mark", "marked_by", "person"),
        references("attendance_mark", "person_id", "person"),
        references("attendance_mark", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_attendance_mark")),
    )
    op.create_index(op.f("ix_attendance_mark_person_id"), "attendance_mark", ["person_id"], unique=False)
    op.create_table(
        "mark_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("before", one_of("presence_before", "present", "late", "absent"), nullable=True),
        sa.Column("after", one_of("presence_after", "present", "late", "absent"), nullable=True),
        sa.Column("source", one_of("event_source", "list", "check-in", "report"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=True),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references("mark_event", "by", "person"),
        references("mark_event", "person_id", "person"),
        references("mark_event", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_event")),
        sa.UniqueConstraint("device_key", name=op.f("uq_mark_event_device_key")),
    )
    op.create_index(op.f("ix_mark_event_person_id"), "mark_event", ["person_id"], unique=False)
    op.create_index(op.f("ix_mark_event_session_id_person_id"), "mark_event", ["session_id", "person_id"], unique=False)
    op.create_table(
        "check_in",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("refused_at", MOMENT, nullable=True),
        references("check_in", "person_id", "person"),
        references("check_in", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_person_id"), "check_in", ["person_id"], unique=False)
    op.create_table(
        "attendance_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("report_kind", "zoom", "teams"), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_attendance_report_percent")),
        references("attendance_report", "created_by", "person"),
        references("attendance_report", "session_id", "training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_report")),
    )
    op.create_index(op.f("ix_attendance_report_session_id"), "attendance_report", ["session_id"], unique=False)


def create_course_modules() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("communication", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_agreement_from_one")),
        references("agreement", "cohort_id", "cohort"),
        references("agreement", "course_id", "course"),
        references("agreement", "recorded_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("course_id", "cohort_id", name=op.f("uq_agreement_course_id_cohort_id")),
    )
    op.create_index(op.f("ix_agreement_cohort_id"), "agreement", ["cohort_id"], unique=False)
    op.create_table(
        "agreement_share",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("addition", sa.Text(), nullable=False),
        sa.Column("addition_revision", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("confirmed_revision", sa.Integer(), nullable=True),
        sa.Column("confirmed_addition", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        references("agreement_share", "agreement_id", "agreement"),
        references("agreement_share", "person_id", "person"),
        sa.PrimaryKeyConstraint("agreement_id", "person_id", name=op.f("pk_agreement_share")),
    )
    op.create_index(op.f("ix_agreement_share_person_id"), "agreement_share", ["person_id"], unique=False)
    op.create_table(
        "final_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("side", one_of("side", "assistant", "department"), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        references("final_evaluation", "cohort_id", "cohort"),
        references("final_evaluation", "course_id", "course"),
        references("final_evaluation", "person_id", "person"),
        references("final_evaluation", "written_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_evaluation")),
        sa.UniqueConstraint(
            "course_id",
            "cohort_id",
            "person_id",
            "side",
            name=op.f("uq_final_evaluation_course_id_cohort_id_person_id_side"),
        ),
    )
    op.create_index(op.f("ix_final_evaluation_cohort_id"), "final_evaluation", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_final_evaluation_person_id"), "final_evaluation", ["person_id"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
