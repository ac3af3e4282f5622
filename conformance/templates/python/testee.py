"""A testee: answers what the conformance runner asks, a JSON object a line. See PROTOCOL.md."""

import json
import sys


class Rejected(Exception):
    """The file is not one that is read here."""


def read(path, stream_offset):
    """The RAM blocks of a snapshot, in the order of the file, each as
    {"id": "pc.ram", "usedLength": 8388608, "pageSize": 4096, "setPages": 512, "sha256": "..."}, the hash over all the memory
    of the block, with zeros for pages whose bit is clear."""
    raise Rejected("nothing is read yet")


def answer(request):
    try:
        return {"ok": {"blocks": read(request["file"], request.get("streamOffset", 0))}}
    except Rejected as error:
        return {"rejected": {"code": "rejected", "message": str(error)}}
    except Exception as error:
        return {"errored": {"message": f"{type(error).__name__}: {error}"}}


for line in sys.stdin:
    request = json.loads(line)
    if request["cmd"] == "stop":
        break
    if request["cmd"] == "start":
        reply = {"protocol": 1, "name": "NAME", "version": "0.1", "operations": ["read"]}
    else:
        reply = {"seq": request["seq"], **answer(request)}
    print(json.dumps(reply), flush=True)
