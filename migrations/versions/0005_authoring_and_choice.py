"""Versions of modules with a number, drafts, files of questions, pictures, and the choice of modules."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
IMPORT_STATES = ("waiting", "reading", "read", "failed", "added")
TABLES = ("question_import", "module_draft", "module_choice", "content_image")


def upgrade() -> None:
    create_drafts()
    create_imports()
    op.create_table(
        "module_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        references("module_choice", "person_id", "person"),
        references("module_choice", "cohort_id", "cohort"),
        references("module_choice", "module_id", "online_module"),
        sa.PrimaryKeyConstraint("person_id", "cohort_id", "module_id", name=op.f("pk_module_choice")),
    )
    op.create_index(op.f("ix_module_choice_module_id"), "module_choice", ["module_id"], unique=False)
    # Whoever had begun to work in a module has chosen it.
    op.execute(
        "INSERT INTO module_choice (person_id, cohort_id, module_id, chosen_at) "
        "SELECT person_id, cohort_id, module_id, created_at FROM participation"
    )
    op.create_table(
        "content_image",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content_image")),
    )
    number_versions()
    with op.batch_alter_table("online_module") as altered:
        altered.add_column(sa.Column("retired_at", MOMENT, nullable=True))
        altered.create_check_constraint("retired_is_not_offered", "retired_at IS NULL OR content_id IS NULL")
    with op.batch_alter_table("test_answer") as altered:
        altered.add_column(sa.Column("seconds", sa.Integer(), nullable=True))


def references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def create_drafts() -> None:
    op.create_table(
        "module_draft",
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_module_draft_version_from_one")),
        references("module_draft", "module_id", "online_module"),
        references("module_draft", "saved_by", "person"),
        sa.PrimaryKeyConstraint("module_id", name=op.f("pk_module_draft")),
    )


def create_imports() -> None:
    op.create_table(
        "question_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*IMPORT_STATES, name="import_state", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_question_import_progress")),
        references("question_import", "module_id", "online_module"),
        references("question_import", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_import_public_id")),
    )
    op.create_index(op.f("ix_question_import_module_id"), "question_import", ["module_id"], unique=False)


def number_versions() -> None:
    """Which module a version is of stands in its body only, so far."""
    with op.batch_alter_table("module_content") as altered:
        altered.add_column(sa.Column("module_key", sa.String(length=64), nullable=True))
        altered.add_column(sa.Column("number", sa.Integer(), nullable=True))
        altered.add_column(sa.Column("published_by", sa.Integer(), nullable=True))
        altered.add_column(sa.Column("note", sa.String(length=500), nullable=False, server_default=""))
    fill_in_numbers()
    with op.batch_alter_table("module_content") as altered:
        altered.alter_column("module_key", existing_type=sa.String(length=64), nullable=False)
        altered.alter_column("number", existing_type=sa.Integer(), nullable=False)
        altered.alter_column("note", existing_type=sa.String(length=500), server_default=None)
        altered.create_foreign_key(op.f("fk_module_content_published_by_person"), "person", ["published_by"], ["id"])
        altered.create_check_constraint("number_from_one", "number >= 1")
        altered.create_unique_constraint(op.f("uq_module_content_module_key_number"), ["module_key", "number"])


def fill_in_numbers() -> None:
    version = sa.table(
        "module_content", sa.column("id"), sa.column("body", sa.JSON), sa.column("module_key"), sa.column("number")
    )
    connection, newest = op.get_bind(), dict[str, int]()
    for row in connection.execute(sa.select(version.c.id, version.c.body).order_by(version.c.id)).all():
        key = row.body["key"]
        newest[key] = newest.get(key, 0) + 1
        connection.execute(version.update().where(version.c.id == row.id).values(module_key=key, number=newest[key]))


def downgrade() -> None:
    """A module that was retired is simply not offered; drafts, choices and pictures are lost."""
    with op.batch_alter_table("test_answer") as altered:
        altered.drop_column("seconds")
    with op.batch_alter_table("online_module") as altered:
        altered.drop_constraint(op.f("ck_online_module_retired_is_not_offered"), type_="check")
        altered.drop_column("retired_at")
    with op.batch_alter_table("module_content") as altered:
        altered.drop_constraint(op.f("uq_module_content_module_key_number"), type_="unique")
        altered.drop_constraint(op.f("ck_module_content_number_from_one"), type_="check")
        altered.drop_constraint(op.f("fk_module_content_published_by_person"), type_="foreignkey")
        for name in ("note", "published_by", "number", "module_key"):
            altered.drop_column(name)
    for name in TABLES:
        op.drop_table(name)
