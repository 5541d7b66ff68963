"""Dates of the steps, the coordinator's review, what essays have in common, and digests."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS_BEFORE = (
    "joined",
    "given",
    "taken-back",
    "released",
    "restored",
    "not-avoided",
    "withdrawn",
    "rejoined",
    "moved",
    "waived",
    "taken",
    "volunteered",
    "undone",
)
NEW_KINDS = ("lapsed", "resumed", "voided")
TWO_TO_GIVE_BEFORE = "to_give >= 0 AND waived_given >= 0 AND to_give + waived_given <= 2"
TWO_TO_GIVE = "to_give >= 0 AND waived_given >= 0 AND lapsed >= 0 AND to_give + waived_given + lapsed <= 2"
RELEASED = (
    "(released_at IS NOT NULL) = (received_slot IS NULL) "
    "AND (released_at IS NOT NULL OR staff_id IS NOT NULL) = (given_slot IS NULL)"
)
LOST = (
    "(released_at IS NOT NULL OR voided_at IS NOT NULL) = (received_slot IS NULL) AND "
    "(released_at IS NOT NULL OR voided_at IS NOT NULL OR staff_id IS NOT NULL) = (given_slot IS NULL)"
)
EVALUATION_RULES = {
    "lost_holds_no_place": LOST,
    "voided_was_submitted": "voided_at IS NULL OR (status = 'submitted' AND approved_at IS NULL)",
    "returned_was_submitted": (
        "returned_at IS NULL OR (status = 'submitted' AND approved_at IS NULL AND voided_at IS NULL)"
    ),
}
TABLES = (
    "digest",
    "review_log",
    "evaluation_doubt",
    "evaluation_feedback",
    "course_conflict",
    "essay_reading",
    "essay_match",
    "essay_fingerprint",
    "essay_revision",
    "extension",
    "step_date",
)


def upgrade() -> None:
    create_dates()
    create_essay_tables()
    create_review()
    create_digest()
    widen_people()
    widen_essays()
    widen_pools()
    widen_evaluations()


def create_dates() -> None:
    op.create_table(
        "step_date",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum("test", "essay", "evaluations", name="step", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("grace_hours", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("grace_hours >= 0", name=op.f("ck_step_date_grace")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_step_date_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["module_id"], ["online_module.id"], name=op.f("fk_step_date_module_id_online_module")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_step_date_set_by_person")),
        sa.PrimaryKeyConstraint("cohort_id", "module_id", "step", name=op.f("pk_step_date")),
    )
    op.create_table(
        "extension",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum("test", "essay", "evaluations", name="step", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_extension_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["module_id"], ["online_module.id"], name=op.f("fk_extension_module_id_online_module")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extension_person_id_person")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_extension_set_by_person")),
        sa.PrimaryKeyConstraint("cohort_id", "module_id", "person_id", "step", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_person_id"), "extension", ["person_id"], unique=False)


def create_essay_tables() -> None:
    op.create_table(
        "essay_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_revision_essay_id_essay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_revision")),
        sa.UniqueConstraint("essay_id", "number", name=op.f("uq_essay_revision_essay_id_number")),
    )
    op.create_table(
        "essay_fingerprint",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_fingerprint_essay_id_essay")),
        sa.PrimaryKeyConstraint("hash", "essay_id", name=op.f("pk_essay_fingerprint")),
    )
    op.create_index(op.f("ix_essay_fingerprint_essay_id"), "essay_fingerprint", ["essay_id"], unique=False)
    op.create_table(
        "essay_match",
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.Column("cleared_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("essay_id <> other_id", name=op.f("ck_essay_match_not_itself")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_essay_match_share")),
        sa.ForeignKeyConstraint(["cleared_by"], ["person.id"], name=op.f("fk_essay_match_cleared_by_person")),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_match_essay_id_essay")),
        sa.ForeignKeyConstraint(["other_id"], ["essay.id"], name=op.f("fk_essay_match_other_id_essay")),
        sa.PrimaryKeyConstraint("essay_id", "other_id", name=op.f("pk_essay_match")),
    )
    op.create_index(op.f("ix_essay_match_other_id"), "essay_match", ["other_id"], unique=False)
    op.create_table(
        "essay_reading",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_reading_essay_id_essay")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_essay_reading_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "essay_id", name=op.f("pk_essay_reading")),
    )
    op.create_index(op.f("ix_essay_reading_essay_id"), "essay_reading", ["essay_id"], unique=False)


def create_review() -> None:
    op.create_table(
        "course_conflict",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_course_conflict_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_conflict_course_id_course")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_course_conflict_set_by_person")),
        sa.PrimaryKeyConstraint("cohort_id", "course_id", name=op.f("pk_course_conflict")),
    )
    op.create_index(op.f("ix_course_conflict_course_id"), "course_conflict", ["course_id"], unique=False)
    op.create_table(
        "evaluation_feedback",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column(
            "useful",
            sa.Enum("yes", "partly", "no", name="useful", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("flagged_at", MOMENT, nullable=True),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(flagged_at IS NULL) = (flag IS NULL)", name=op.f("ck_evaluation_feedback_flagged_with_words")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_feedback_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation_feedback")),
    )
    op.create_table(
        "evaluation_doubt",
        sa.Column("evaluation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=True),
        sa.Column("gap_on", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("distinct_words", sa.Integer(), nullable=False),
        sa.Column("words_min", sa.Integer(), nullable=False),
        sa.Column("copied_id", sa.Integer(), nullable=True),
        sa.Column("copied_share", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seconds_needed", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("not_useful", sa.Boolean(), nullable=False),
        sa.Column("weighed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(copied_id IS NULL) = (copied_share IS NULL)", name=op.f("ck_evaluation_doubt_copied_share")
        ),
        sa.CheckConstraint("(gap IS NULL) = (gap_on IS NULL)", name=op.f("ck_evaluation_doubt_gap_on")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_evaluation_doubt_points")),
        sa.ForeignKeyConstraint(
            ["copied_id"], ["evaluation.id"], name=op.f("fk_evaluation_doubt_copied_id_evaluation")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_doubt_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation_doubt")),
    )
    op.create_index(op.f("ix_evaluation_doubt_copied_id"), "evaluation_doubt", ["copied_id"], unique=False)
    op.create_index(op.f("ix_evaluation_doubt_points"), "evaluation_doubt", ["points"], unique=False)
    op.create_table(
        "review_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moment", MOMENT, nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "reopened",
                "returned",
                "voided",
                "taken",
                "essay-returned",
                "undone",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("essay_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(decision = 'undone') = (undoes_id IS NOT NULL)", name=op.f("ck_review_log_undoes_something")
        ),
        sa.CheckConstraint("(evaluation_id IS NULL) <> (essay_id IS NULL)", name=op.f("ck_review_log_one_subject")),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_review_log_essay_id_essay")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_review_log_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_log_person_id_person")),
        sa.ForeignKeyConstraint(["undoes_id"], ["review_log.id"], name=op.f("fk_review_log_undoes_id_review_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_log")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_review_log_undoes_id")),
    )
    op.create_index(op.f("ix_review_log_essay_id"), "review_log", ["essay_id"], unique=False)
    op.create_index(op.f("ix_review_log_evaluation_id"), "review_log", ["evaluation_id"], unique=False)


def create_digest() -> None:
    op.create_table(
        "digest",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refused", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digest_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digest")),
        sa.UniqueConstraint("key", name=op.f("uq_digest_key")),
    )
    op.create_index(op.f("ix_digest_due_at"), "digest", ["due_at"], unique=False)


def widen_people() -> None:
    with op.batch_alter_table("person") as altered:
        altered.add_column(sa.Column("timezone", sa.String(length=64), nullable=True))
        altered.add_column(sa.Column("email", sa.String(length=254), nullable=True))
    add_number("cohort", "days_to_evaluate", 7)
    with op.batch_alter_table("cohort") as altered:
        altered.create_check_constraint("time_to_evaluate", "days_to_evaluate >= 1")


def add_number(table: str, column: str, value: int) -> None:
    with op.batch_alter_table(table) as altered:
        altered.add_column(sa.Column(column, sa.Integer(), nullable=True))
    op.execute(f"UPDATE {table} SET {column} = {value}")  # noqa: S608
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column, existing_type=sa.Integer(), nullable=False)


def widen_essays() -> None:
    """What is submitted already is compared, too."""
    with op.batch_alter_table("essay") as altered:
        altered.add_column(sa.Column("returned_at", MOMENT, nullable=True))
        altered.add_column(sa.Column("returned_comment", sa.Text(), nullable=True))
        altered.add_column(sa.Column("compare_at", MOMENT, nullable=True))
        altered.create_index(op.f("ix_essay_compare_at"), ["compare_at"], unique=False)
        altered.create_check_constraint("returned_after_submitted", "returned_at IS NULL OR submitted_at IS NOT NULL")
        altered.create_check_constraint("returned_with_comment", "(returned_at IS NULL) = (returned_comment IS NULL)")
    op.execute("UPDATE essay SET compare_at = submitted_at")


def widen_pools() -> None:
    add_number("pool_author", "lapsed", 0)
    with op.batch_alter_table("pool_author") as altered:
        altered.drop_constraint(op.f("ck_pool_author_two_to_give"), type_="check")
        altered.create_check_constraint("two_to_give", TWO_TO_GIVE)
    allow_kinds((*KINDS_BEFORE, *NEW_KINDS))


def allow_kinds(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("allocation_log") as altered:
        altered.drop_constraint(op.f("ck_allocation_log_kind"), type_="check")
        altered.create_check_constraint("kind", f"kind IN ({listed})")


def widen_evaluations() -> None:
    """What is submitted already is weighed, too."""
    with op.batch_alter_table("evaluation") as altered:
        for name in ("returned_at", "voided_at", "weigh_at"):
            altered.add_column(sa.Column(name, MOMENT, nullable=True))
        altered.create_index(op.f("ix_evaluation_weigh_at"), ["weigh_at"], unique=False)
        altered.drop_constraint(op.f("ck_evaluation_released_holds_no_place"), type_="check")
        for name, rule in EVALUATION_RULES.items():
            altered.create_check_constraint(name, rule)
    op.execute("UPDATE evaluation SET weigh_at = submitted_at")


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    narrow_evaluations()
    op.execute("DELETE FROM allocation_log WHERE kind IN ('lapsed', 'resumed', 'voided')")
    allow_kinds(KINDS_BEFORE)
    narrow_pools()
    with op.batch_alter_table("essay") as altered:
        altered.drop_constraint(op.f("ck_essay_returned_with_comment"), type_="check")
        altered.drop_constraint(op.f("ck_essay_returned_after_submitted"), type_="check")
        altered.drop_index(op.f("ix_essay_compare_at"))
        altered.drop_column("compare_at")
        altered.drop_column("returned_comment")
        altered.drop_column("returned_at")
    with op.batch_alter_table("cohort") as altered:
        altered.drop_constraint(op.f("ck_cohort_time_to_evaluate"), type_="check")
        altered.drop_column("days_to_evaluate")
    with op.batch_alter_table("person") as altered:
        altered.drop_column("email")
        altered.drop_column("timezone")


def narrow_evaluations() -> None:
    """Evaluations that do not count any more are lost."""
    op.execute("DELETE FROM evaluation WHERE voided_at IS NOT NULL")
    with op.batch_alter_table("evaluation") as altered:
        for name in EVALUATION_RULES:
            altered.drop_constraint(op.f(f"ck_evaluation_{name}"), type_="check")
        altered.create_check_constraint("released_holds_no_place", RELEASED)
        altered.drop_index(op.f("ix_evaluation_weigh_at"))
        for name in ("returned_at", "voided_at", "weigh_at"):
            altered.drop_column(name)


def narrow_pools() -> None:
    """What had lapsed is looked for again."""
    op.execute("UPDATE pool_author SET to_give = to_give + lapsed, lapsed = 0 WHERE withdrawn_at IS NULL")
    with op.batch_alter_table("pool_author") as altered:
        altered.drop_constraint(op.f("ck_pool_author_two_to_give"), type_="check")
        altered.create_check_constraint("two_to_give", TWO_TO_GIVE_BEFORE)
        altered.drop_column("lapsed")
