#!/usr/bin/env python3
"""Puts the vectors to a testee, an implementation that speaks PROTOCOL.md. Python's standard library only.

    python3 run.py TESTEE [PATTERN]      such as: python3 run.py ../mine 'header/*'

TESTEE is a folder with a testee.json, or a name beside this file. Files are read, and packed ones are unpacked where the testee does that; judging and
writing need QEMU, and the runner of the project. The exit status is 0 where nothing fails, 1 where something does."""

import fnmatch
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading

import build

TIMEOUT_SECONDS = 120
SHOWN_BYTES = 48


class Testee:
    """The program, started again after each answer that is none."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "testee.json"), encoding="utf-8") as file:
            self.command = json.load(file)["command"]
        self.process = None
        self.start()

    def start(self):
        self.stop()
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines = queue.Queue()
        reader = threading.Thread(target=forward, args=(self.process.stdout, self.lines), daemon=True)
        reader.start()
        answer, fault = self.ask({"cmd": "start", "protocol": 1})
        if fault is not None:
            sys.exit(f"the testee does not start: {fault}")
        self.operations = answer.get("operations", [])

    def ask(self, request):
        """The answer, or None and why there is none."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=TIMEOUT_SECONDS)
        except (BrokenPipeError, OSError):
            line = ""
        except queue.Empty:
            return None, f"timed-out: no answer within {TIMEOUT_SECONDS} seconds"
        if line == "":
            return None, f"crashed: the process ended with {self.process.wait()}"
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or ("seq" in request and answer.get("seq") != request["seq"]):
            return None, f"malformed: {line.strip()[:200]}"
        return answer, None

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def forward(stream, lines):
    for line in stream:
        lines.put(line)
    lines.put("")


def faults_of_read(vector, answer):
    wanted = vector["expected"].get("blocks")
    if wanted is None or "skipped" in answer:
        return []
    if "ok" not in answer:
        return [f"wanted {len(wanted)} blocks, got {json.dumps(answer)}"]
    got = answer["ok"].get("blocks", [])
    if len(got) != len(wanted):
        return [f"wanted {len(wanted)} blocks, got {len(got)}"]
    return [
        f"blocks[{index}].{name}: wanted {json.dumps(one[name])}, got {json.dumps(other.get(name))}"
        for index, (one, other) in enumerate(zip(wanted, got))
        for name in ("id", "usedLength", "pageSize", "setPages", "sha256")
        if name in one and one[name] != other.get(name)
    ]


def faults_of_unpacking(vector, answer):
    expected = vector["expected"]
    if "skipped" in answer:
        return []
    if expected["outcome"] == "rejected":
        return [] if "rejected" in answer else [f"wanted rejected, got {json.dumps(answer)}"]
    wanted, got = expected["unpacked"], answer.get("ok", {})
    if all(wanted[name] == got.get(name) for name in ("sizeBytes", "sha256")):
        return []
    return [f"wanted {json.dumps(wanted)}, got {json.dumps(answer)}"]


def bytes_of_fault(vector, path):
    """The bytes where the first edit is, as they are in the file."""
    if not vector["edits"]:
        return "no edit: the capture as it is"
    edit = vector["edits"][0]
    offset = edit.get("to", edit.get("offset", edit.get("size", 0)))
    start = max(0, offset // 16 * 16 - 16)
    with open(path, "rb") as file:
        file.seek(start)
        content = file.read(SHOWN_BYTES)
    rows = [f"  0x{start + at:08x}  {content[at : at + 16].hex(' ')}" for at in range(0, len(content), 16)]
    return "\n".join([f"{edit['op']} at 0x{offset:x}:", *rows])


def main(folder, pattern="*"):
    index = build.load_json("index.json")
    testee = Testee(folder)
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="mapped-ram-") as room:
        for kind, operation in (("vectors", "read"), ("packed", "unpack")):
            if operation not in testee.operations:
                continue
            for seq, vector_id in enumerate(fnmatch.filter(index[kind], pattern)):
                is_packed = kind == "packed"
                vector = build.load_json(*([f"{vector_id}.json"] if is_packed else ["vectors", f"{vector_id}.json"]))
                (build.build_packed if is_packed else build.build_vector)(vector, room)
                path = os.path.join(room, f"{vector_id}{'.zst' if is_packed else '.mr'}")
                request = {"cmd": "run", "seq": seq, "operation": operation, "vector": vector_id, "file": path}
                if "streamOffset" in vector:
                    request["streamOffset"] = vector["streamOffset"]
                answer, fault = testee.ask(request)
                if fault is not None:
                    faults = [fault]
                    testee.start()
                elif "errored" in answer:
                    faults = [f"errored: {answer['errored']['message']}"]
                else:
                    faults = (faults_of_unpacking if is_packed else faults_of_read)(vector, answer)
                if faults:
                    failed += 1
                    print(f"failed {vector_id} ({operation}): {'; '.join(faults)}")
                    print(f"  {vector['what']} Clauses: {', '.join(vector.get('clauses', []))}")
                    print("  " + bytes_of_fault(vector, path).replace("\n", "\n  "))
                else:
                    passed += 1
                os.remove(path)
    testee.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
