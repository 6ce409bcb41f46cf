# SPDX-License-Identifier: MIT
"""with_http_server.py <folder> <command...>: runs the command with BOLTZ_TEST_URL naming a local server of the folder."""

import functools
import http.server
import os
import pathlib
import subprocess
import sys
import threading

folder, command = sys.argv[1], sys.argv[2:]
pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    status = subprocess.run(command, env={**os.environ, "BOLTZ_TEST_URL": url}).returncode
    server.shutdown()
sys.exit(status)
