"""A pool for each language of a module, drop-outs that heal, and a log of the allocation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LANGUAGE = sa.String(length=10)
COUNTS = ("to_give", "to_receive", "waived_given", "waived_received")
AUTHOR_RULES = {
    "two_to_give": "to_give >= 0 AND waived_given >= 0 AND to_give + waived_given <= 2",
    "two_to_receive": "to_receive >= 0 AND waived_received >= 0 AND to_receive + waived_received <= 2",
    "withdrawn_lacks_nothing": "withdrawn_at IS NULL OR (to_give = 0 AND to_receive = 0)",
}
EVALUATION_RULES = {
    "two_each": "given_slot IN (1, 2, 3) AND received_slot IN (1, 2)",
    "third_by_volunteers": "volunteered OR given_slot <> 3",
    "one_evaluator": "(evaluator_id IS NULL) <> (staff_id IS NULL)",
    "released_holds_no_place": (
        "(released_at IS NOT NULL) = (received_slot IS NULL) "
        "AND (released_at IS NOT NULL OR staff_id IS NOT NULL) = (given_slot IS NULL)"
    ),
    "released_was_begun": "released_at IS NULL OR status = 'started'",
}
QUEUES = {
    "ix_pool_author_waiting": "placed_at IS NULL AND withdrawn_at IS NULL",
    "ix_pool_author_to_give": "to_give > 0",
    "ix_pool_author_to_receive": "to_receive > 0",
}
KINDS = (
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
WAITED_BEFORE = "placed_at IS NULL"


def default_language(cohort_id: sa.ColumnElement[int]) -> sa.ScalarSelect[Any]:
    """The default language of the cohort's programme, in which everything was written so far."""
    programme = sa.table("programme", sa.column("id"), sa.column("body", sa.JSON()))
    cohort = sa.table("cohort", sa.column("id"), sa.column("programme_id"))
    return (
        sa.select(programme.c.body["default_language"].as_string())
        .join_from(programme, cohort, cohort.c.programme_id == programme.c.id)
        .where(cohort.c.id == cohort_id)
        .scalar_subquery()
    )


def upgrade() -> None:
    languages_of_essays()
    languages_of_pools()
    places()
    create_log()
    create_conflicts()


def languages_of_essays() -> None:
    with op.batch_alter_table("essay") as altered:
        altered.add_column(sa.Column("language", LANGUAGE, nullable=True))
        altered.add_column(sa.Column("submitted_language", LANGUAGE, nullable=True))
    essay = sa.table("essay", *map(sa.column, ("participation_id", "language", "submitted_language", "submitted_at")))
    taken = sa.table("participation", sa.column("id"), sa.column("cohort_id"))
    own = sa.select(taken.c.cohort_id).where(taken.c.id == essay.c.participation_id)
    cohort_id = own.correlate(essay).scalar_subquery()
    op.execute(essay.update().values(language=default_language(cohort_id)))
    op.execute(essay.update().where(essay.c.submitted_at.is_not(None)).values(submitted_language=essay.c.language))
    with op.batch_alter_table("essay") as altered:
        altered.alter_column("language", existing_type=LANGUAGE, nullable=False)
        altered.create_check_constraint(
            "submitted_with_language", "(submitted_at IS NULL) = (submitted_language IS NULL)"
        )


def languages_of_pools() -> None:
    with op.batch_alter_table("pool") as altered:
        altered.add_column(sa.Column("language", LANGUAGE, nullable=True))
    pool = sa.table("pool", sa.column("cohort_id"), sa.column("language"))
    op.execute(pool.update().values(language=default_language(pool.c.cohort_id)))
    with op.batch_alter_table("pool") as altered:
        altered.alter_column("language", existing_type=LANGUAGE, nullable=False)
        altered.drop_constraint(op.f("uq_pool_cohort_id_module_id"), type_="unique")
        altered.create_unique_constraint(
            op.f("uq_pool_cohort_id_module_id_language"), ["cohort_id", "module_id", "language"]
        )


def places() -> None:
    """Nobody is short in the pools there are: whoever is placed has two of each."""
    op.drop_index("ix_pool_author_waiting", table_name="pool_author")
    with op.batch_alter_table("pool_author") as altered:
        altered.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        for name in COUNTS:
            altered.add_column(sa.Column(name, sa.Integer(), nullable=True))
    op.execute("UPDATE pool_author SET " + ", ".join(f"{name} = 0" for name in COUNTS))  # noqa: S608
    with op.batch_alter_table("pool_author") as altered:
        for name in COUNTS:
            altered.alter_column(name, existing_type=sa.Integer(), nullable=False)
        for name, rule in AUTHOR_RULES.items():
            altered.create_check_constraint(name, rule)
    for name, rule in QUEUES.items():
        create_queue(name, rule)
    with op.batch_alter_table("evaluation") as altered:
        altered.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        altered.add_column(sa.Column("volunteered", sa.Boolean(), nullable=True))
    op.execute("UPDATE evaluation SET volunteered = false")
    with op.batch_alter_table("evaluation") as altered:
        altered.alter_column("volunteered", existing_type=sa.Boolean(), nullable=False)
        altered.create_foreign_key(op.f("fk_evaluation_staff_id_person"), "person", ["staff_id"], ["id"])
        altered.create_index(op.f("ix_evaluation_staff_id"), ["staff_id"], unique=False)
        for name in ("evaluator_id", "given_slot", "received_slot"):
            altered.alter_column(name, existing_type=sa.Integer(), nullable=True)
        altered.drop_constraint(op.f("ck_evaluation_two_each"), type_="check")
        for name, rule in EVALUATION_RULES.items():
            altered.create_check_constraint(name, rule)


def create_queue(name: str, rule: str) -> None:
    where = {"sqlite_where": sa.text(rule), "postgresql_where": sa.text(rule)}
    op.create_index(name, "pool_author", ["pool_id", "joined_at"], unique=False, **where)


def create_log() -> None:
    op.create_table(
        "allocation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=20), nullable=False
        ),
        sa.Column("evaluator_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["pool_author.id"], name=op.f("fk_allocation_log_author_id_pool_author")
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["pool_author.id"], name=op.f("fk_allocation_log_cause_id_pool_author")),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["pool_author.id"], name=op.f("fk_allocation_log_evaluator_id_pool_author")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allocation_log_person_id_person")),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_allocation_log_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_log")),
    )
    for column in ("author_id", "evaluator_id", "pool_id"):
        op.create_index(op.f(f"ix_allocation_log_{column}"), "allocation_log", [column], unique=False)


def create_conflicts() -> None:
    op.create_table(
        "pool_conflict",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_pool_conflict_in_order")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_pool_conflict_first_id_person")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_pool_conflict_second_id_person")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_pool_conflict_set_by_person")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_pool_conflict")),
    )
    op.create_index(op.f("ix_pool_conflict_second_id"), "pool_conflict", ["second_id"], unique=False)


def downgrade() -> None:
    op.drop_table("pool_conflict")
    op.drop_table("allocation_log")
    remove_places()
    join_languages()
    with op.batch_alter_table("pool") as altered:
        altered.drop_constraint(op.f("uq_pool_cohort_id_module_id_language"), type_="unique")
        altered.create_unique_constraint(op.f("uq_pool_cohort_id_module_id"), ["cohort_id", "module_id"])
        altered.drop_column("language")
    with op.batch_alter_table("essay") as altered:
        altered.drop_constraint(op.f("ck_essay_submitted_with_language"), type_="check")
        altered.drop_column("submitted_language")
        altered.drop_column("language")


def remove_places() -> None:
    """Evaluations that have lost their place are lost, and whoever has left without any has never been there."""
    op.execute("DELETE FROM evaluation WHERE released_at IS NOT NULL OR staff_id IS NOT NULL OR given_slot = 3")
    op.execute("DELETE FROM pool_author WHERE placed_at IS NULL AND withdrawn_at IS NOT NULL")
    with op.batch_alter_table("evaluation") as altered:
        for name in EVALUATION_RULES:
            altered.drop_constraint(op.f(f"ck_evaluation_{name}"), type_="check")
        altered.create_check_constraint("two_each", "given_slot IN (1, 2) AND received_slot IN (1, 2)")
        for name in ("evaluator_id", "given_slot", "received_slot"):
            altered.alter_column(name, existing_type=sa.Integer(), nullable=False)
        altered.drop_index(op.f("ix_evaluation_staff_id"))
        altered.drop_constraint(op.f("fk_evaluation_staff_id_person"), type_="foreignkey")
        for name in ("released_at", "staff_id", "volunteered"):
            altered.drop_column(name)
    for name in QUEUES:
        op.drop_index(name, table_name="pool_author")
    with op.batch_alter_table("pool_author") as altered:
        for name in AUTHOR_RULES:
            altered.drop_constraint(op.f(f"ck_pool_author_{name}"), type_="check")
        for name in ("withdrawn_at", *COUNTS):
            altered.drop_column(name)
    create_queue("ix_pool_author_waiting", WAITED_BEFORE)


def join_languages() -> None:
    """The pools of a module become one; who evaluates whom stays."""
    first = (
        "SELECT min(one.id) FROM pool AS one JOIN pool AS own USING (cohort_id, module_id) WHERE own.id = {}.pool_id"
    )
    for table in ("pool_author", "evaluation"):
        op.execute(f"UPDATE {table} SET pool_id = ({first.format(table)})")  # noqa: S608
    op.execute("DELETE FROM pool WHERE id NOT IN (SELECT min(id) FROM pool GROUP BY cohort_id, module_id)")
