"""The loop of a testee in Python: JSON lines on stdin and stdout, one question at a time."""

import json
import sys


class Rejected(Exception):
    """The file is not one that the testee reads, or could write. `code` is a word of the testee's own."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def serve(name, version, operations):
    """Answers questions until `stop`. `operations` has a function for each operation that the testee knows; it takes
    the question and returns what stands under `ok`. What it throws, but for Rejected, becomes `errored`."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["cmd"] == "stop":
            return
        if request["cmd"] == "start":
            answer = {"protocol": 1, "name": name, "version": version, "operations": list(operations), "knows": "file"}
        else:
            answer = {"seq": request["seq"], **_answer(operations[request["operation"]], request)}
        print(json.dumps(answer), flush=True)


def _answer(operation, request):
    try:
        return {"ok": operation(request)}
    except Rejected as error:
        return {"rejected": {"code": error.code, "message": str(error)}}
    except Exception as error:
        return {"errored": {"message": f"{type(error).__name__}: {error}"}}
