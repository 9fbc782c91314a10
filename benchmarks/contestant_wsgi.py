"""What gunicorn serves for the side-by-side harness."""

from app.core import settling
from benchmarks.contestant_app import make

app = make()
settling.later(app)
