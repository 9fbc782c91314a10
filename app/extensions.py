"""The Flask extensions the portal shares; bound to an application in `create_app`."""

from flask_appbuilder.models.sqla.base import SQLA
from flask_wtf.csrf import CSRFProtect

db = SQLA()
csrf = CSRFProtect()
