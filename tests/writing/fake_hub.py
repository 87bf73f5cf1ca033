"""A hub of one process: enough of the API for `datasets` to push a dataset and for a test to see what came."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OWNER = "somebody"
COMMIT = "0" * 40


@dataclass
class FakeHub:
    """What the hub has got.

    Attributes:
        url: where it listens.
        repositories: files by name of the repository.
        private: whether others may not see a repository.
        failing: answer everything that writes files with an error.
    """

    url: str = ""
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    failing: bool = False
    unanswered: list[str] = field(default_factory=list)


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A hub that listens until the end of the block."""
    hub = FakeHub()
    large: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self, content: Any, status: int = 200, **headers: str) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def missing(self, code: str) -> None:
            self.answer({"error": code}, 404, X_Error_Code=code, X_Error_Message=code)

        def told(self, name: str) -> dict[str, Any]:
            files = [{"rfilename": path} for path in hub.repositories[name]]
            return {"id": name, "_id": "1", "sha": COMMIT, "private": hub.private[name], "siblings": files, "tags": []}

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/api/agent-harnesses":
                self.answer({})
            elif path == "/api/whoami-v2":
                self.answer({"type": "user", "name": OWNER, "fullname": OWNER, "orgs": [], "auth": {}})
            elif matched := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(/revision/[^/]+)?", path):
                self.answer(self.told(matched[1])) if matched[1] in hub.repositories else self.missing("RepoNotFound")
            elif matched := re.match(r"/api/datasets/([^/]+/[^/]+)/tree/[^/]+/?(.*)", path):
                files = hub.repositories[matched[1]]
                inside = {name: len(content) for name, content in files.items() if name.startswith(matched[2])}
                listed = [{"type": "file", "path": name, "size": size, "oid": "1"} for name, size in inside.items()]
                self.answer(listed) if listed else self.missing("EntryNotFound")
            elif matched := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
                content = hub.repositories.get(matched[1], {}).get(matched[2])
                if content is None:
                    self.missing("EntryNotFound")
                else:
                    self.answer(content, ETag='"1"', X_Repo_Commit=COMMIT)
            else:
                hub.unanswered.append(f"{self.command} {self.path}")
                self.missing("EntryNotFound")

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.partition("?")[0]
            if path == "/api/repos/create":
                asked = json.loads(content)
                name = f"{asked.get('organization') or OWNER}/{asked['name']}"
                if name in hub.repositories:
                    self.answer({"error": "exists", "url": f"{hub.url}/datasets/{name}"}, 409)
                    return
                hub.repositories[name] = {}
                hub.private[name] = bool(asked.get("private")) or asked.get("visibility") == "private"
                self.answer({"url": f"{hub.url}/datasets/{name}", "name": name})
            elif path.endswith("/preupload/main"):
                files = [each["path"] for each in json.loads(content)["files"]]
                modes = {each: "lfs" if each.endswith(".parquet") else "regular" for each in files}
                told = [{"path": each, "uploadMode": mode, "shouldIgnore": False} for each, mode in modes.items()]
                self.answer({"files": told})
            elif path.endswith("/info/lfs/objects/batch"):
                wanted = json.loads(content)["objects"]
                uploads = [
                    {**each, "actions": {"upload": {"href": f"{hub.url}/large/{each['oid']}"}}} for each in wanted
                ]
                self.answer({"transfer": "basic", "objects": uploads})
            elif matched := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/commit/main", path):
                if hub.failing:
                    self.answer({"error": "the quota is used up"}, 403, X_Error_Message="the quota is used up")
                    return
                files = hub.repositories[matched[1]]
                for line in content.decode().splitlines():
                    change = json.loads(line)
                    if change["key"] == "file":
                        files[change["value"]["path"]] = base64.b64decode(change["value"]["content"])
                    elif change["key"] == "lfsFile":
                        files[change["value"]["path"]] = large[change["value"]["oid"]]
                    elif change["key"].startswith("deleted"):
                        files.pop(change["value"]["path"], None)
                url = f"{hub.url}/datasets/{matched[1]}/commit/{COMMIT}"
                self.answer({"success": True, "commitOid": COMMIT, "commitUrl": url})
            elif path in ("/api/validate-yaml", "/api/validate"):
                self.answer({"errors": [], "warnings": []})
            else:
                hub.unanswered.append(f"{self.command} {self.path}")
                self.missing("EntryNotFound")

        def do_PUT(self) -> None:
            large[self.path.rpartition("/")[2]] = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer({})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
