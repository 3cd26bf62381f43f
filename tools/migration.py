"""Write a new version of the database's tables: what `doorward.store.tables` has and the versions lack."""

import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from doorward.store import migrations


def main(name: str) -> None:
    """Write `src/doorward/store/migrations/versions/<number>_<name>.py`."""
    engine = create_engine("sqlite://")
    config = migrations.configuration()
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        command.revision(
            config, message=name.replace("_", " ").capitalize(), autogenerate=True, rev_id=f"{number:04d}"
        )


if __name__ == "__main__":
    main(sys.argv[1])
