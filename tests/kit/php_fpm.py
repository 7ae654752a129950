"""A PHP script as it is deployed: under php-fpm, behind nginx."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.kit.servers import Server, accepts, free_ports

POOL = """\
[global]
error_log = {folder}/fpm.log
[receiver]
listen = {socket}
pm = static
pm.max_children = 2
{variables}
php_admin_value[error_log] = {folder}/php.log
php_admin_flag[log_errors] = on
{user}
"""

NGINX = """\
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ }}
http {{
    access_log off;
    server_tokens off;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    client_max_body_size 2m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {script};
            fastcgi_pass {fpm};
            fastcgi_hide_header X-Powered-By;
        }}
    }}
}}
"""


def make_servers(
    folder: Path, script: Path, env: Mapping[str, str], variables: Iterable[str]
) -> list[Server]:
    """php-fpm, and nginx that forwards to it. PHP sees the given variables, and logs to ``php.log`` in the folder."""
    fpm_port, port = free_ports(2)
    root = os.geteuid() == 0

    user = "user = root\ngroup = root" if root else ""
    pool = folder / "fpm.conf"
    pool.write_text(
        POOL.format(
            folder=folder,
            socket=f"127.0.0.1:{fpm_port}",
            user=user,
            variables=passed(*variables),
        )
    )
    fpm = [system_command(fpm_name()), "--nodaemonize", "--fpm-config", str(pool)]
    if root:
        fpm.append("--allow-to-run-as-root")

    conf = folder / "nginx.conf"
    user = "user root;" if root else ""
    conf.write_text(
        NGINX.format(
            folder=folder, port=port, fpm=f"127.0.0.1:{fpm_port}", script=script, user=user
        )
    )
    nginx = [system_command("nginx"), "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]

    return [
        Server(
            "php-fpm", fpm, folder, env, log=folder / "fpm.out", port=fpm_port, is_ready=accepts
        ),
        Server("nginx", nginx, folder, env, log=folder / "nginx.out", port=port),
    ]


def passed(*variables: str) -> str:
    """The lines of a pool that let PHP see these variables. php-fpm does not start when one is not set."""
    return "\n".join(f"env[{name}] = ${name}" for name in variables)


def fpm_name() -> str:
    """The php-fpm of the same version as the ``php`` for which the extension was built."""
    code = "echo 'php-fpm', PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"
    return subprocess.run(
        ["php", "-n", "-r", code], check=True, capture_output=True, text=True
    ).stdout


def system_command(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert path is not None, f"{name} is not installed"
    return path
