"""How every web process runs under gunicorn; addresses and sizes come from the environment.

BIND (`127.0.0.1:8000`), WEB_WORKERS, WEB_THREADS. Behind one gateway or reverse proxy.
"""

import os
from pathlib import Path

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Parts are put together once and shared by the workers; a fault in the settings stops the start with one message.
preload_app = True
# It would be one file under the home folder for all instances.
control_socket_disable = True
timeout = 150
graceful_timeout = 10
keepalive = 5
# A worker's heartbeat is a file: on a disk that is busy it would look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# The services read X-Forwarded-* themselves, from the one proxy in front (werkzeug's ProxyFix).
forwarded_allow_ips = ""
errorlog = "-"
loglevel = "warning"
