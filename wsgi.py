"""The site of a finished draw, for a WSGI server (`gunicorn wsgi:app`), or `python wsgi.py` for a look at the demo.

The folder is that of the environment variable YAOHAO_DEMO, "demo" where it is not set.
"""

import os
from pathlib import Path

from web.app import create_app

HOST, PORT = "127.0.0.1", int(os.environ.get("YAOHAO_PORT", "8000"))

app = create_app(Path(os.environ.get("YAOHAO_DEMO", "demo")))

if __name__ == "__main__":
    # Werkzeug's own server, on this machine only: enough to look at a demo, never for production
    app.run(host=HOST, port=PORT)
