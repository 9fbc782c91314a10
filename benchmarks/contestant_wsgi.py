"""What gunicorn serves for the side-by-side harness."""

from benchmarks.contestant_app import make

app = make()
