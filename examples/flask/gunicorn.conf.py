"""The settings that `gunicorn app:app` reads in this folder."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '3000')}"
workers = 2

# Loads the application once, before the workers, so that an application that refuses to start ends gunicorn too.
preload_app = True
