"""The web application for a WSGI server (`gunicorn wsgi:app`), with its ticker; its settings come from the environment."""

from web import worker
from web.app import create_app
from web.settings import from_environment

app = create_app(from_environment())
worker.start(app)
