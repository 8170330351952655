"""/openapi.json is correct: schemathesis calls every endpoint, and no response is a 5xx or differs from the description."""

import subprocess
import sys
from pathlib import Path

from conftest import CLIENT, Server

POLICY = """
format = 1
name = "open"
extends = ["minimal"]
[reset.limits]
per_account = "100000/h"
per_address = "100000/h"
per_requester = "100000/h"
per_peer = "100000/h"
"""


def test_every_endpoint_responds_as_described(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    server = Server(tmp_path / "data", "--policy", str(policy))
    try:
        checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
        run = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "run",
                f"{server.url}/openapi.json",
                "--checks",
                checks,
                "--max-examples",
                "40",
                "--phases",
                "examples,coverage,fuzzing",
                "--header",
                f"X-client-id: {CLIENT}",
                "--suppress-health-check",
                "all",
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
        assert "not_a_server_error" not in run.stdout
    finally:
        server.stop()
