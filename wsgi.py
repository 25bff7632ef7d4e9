"""The web application for a WSGI server (`gunicorn wsgi:app`); its settings come from the environment."""

from web.app import create_app
from web.settings import from_environment

app = create_app(from_environment())
