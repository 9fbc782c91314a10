"""The platform every list stands on. It knows no domain."""

from typing import Final

from flask_appbuilder import Model

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite can only alter constraints that have a name, and the name must be the same on every database. It stands here,
# because a table takes the names that are known when its class is read.
Model.metadata.naming_convention = NAMING
