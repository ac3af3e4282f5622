#!/usr/bin/env python3
"""Makes the files of the vectors, out of the captures and the edits. Python's standard library only.

    python3 build.py FOLDER [PATTERN]      such as: python3 build.py out 'header/*'

Each file is FOLDER/<vector's id>.mr, with holes where it has zeros, or .zst where it is packed, and is held against its SHA-256. Of a writing task,
FOLDER/<its id>/ gets what is to be written: the memory of each block, 0.raw and on, and rest.bin."""

import fnmatch
import gzip
import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHUNK = 4096


def load_capture(capture_id):
    """A capture as its bytes: the extents stand in the packed file one after the other."""
    folder = os.path.join(HERE, "captures", capture_id)
    info = load_json("captures", capture_id, "capture.json")
    with gzip.open(os.path.join(folder, "extents.bin.gz")) as file:
        packed = file.read()
    image = bytearray(info["sizeBytes"])
    at = 0
    for offset, length in info["extents"]:
        image[offset : offset + length] = packed[at : at + length]
        at += length
    return image


def apply_edit(image, edit):
    """One step of a mutation: an offset counts in what the edit before left."""
    op = edit["op"]
    if op == "truncate":
        del image[edit["size"] :]
        return
    offset = edit["offset"]
    if op == "patch":
        content = bytes.fromhex(edit["hex"])
        if offset > len(image):
            image.extend(bytes(offset - len(image)))
        image[offset : offset + len(content)] = content
    elif op == "insert":
        image[offset:offset] = bytes.fromhex(edit["hex"])
    elif op == "insert-zeros":
        image[offset:offset] = bytes(edit["length"])
    elif op == "copy":
        image[edit["to"] : edit["to"]] = image[offset : offset + edit["length"]]
    elif op == "remove":
        del image[offset : offset + edit["length"]]
    elif op == "zero":
        image[offset : offset + edit["length"]] = bytes(min(edit["length"], len(image) - offset))
    else:
        raise ValueError(f"unknown edit {op}")


def build_vector(vector, folder):
    image = load_capture(vector["base"])
    for edit in vector["edits"]:
        apply_edit(image, edit)
    if hashlib.sha256(image).hexdigest() != vector["file"]["sha256"]:
        sys.exit(f"{vector['id']}: the file is not the one that the vector describes")
    write_sparse(image, os.path.join(folder, f"{vector['id']}.mr"), vector["file"].get("storage") == "dense")


def build_packed(vector, folder):
    with open(os.path.join(HERE, "packed", vector["base"]), "rb") as file:
        image = bytearray(file.read())
    for edit in vector["edits"]:
        apply_edit(image, edit)
    if hashlib.sha256(image).hexdigest() != vector["file"]["sha256"]:
        sys.exit(f"{vector['id']}: the file is not the one that the vector describes")
    write_sparse(image, os.path.join(folder, f"{vector['id']}.zst"), True)


def build_task(task, folder):
    base = load_capture(task["base"])
    folder = os.path.join(folder, task["id"])
    for index, (block, expected) in enumerate(zip(task["blocks"], task["expected"]["blocks"])):
        if block.get("ignored"):
            continue
        memory = bytearray(block["usedLength"])
        for piece in block["memory"]:
            start, length = piece["offset"], piece["lengthBytes"]
            source = piece.get("baseOffset")
            content = bytes.fromhex(piece["fill"]) * length if source is None else base[source : source + length]
            memory[start : start + length] = content
        if hashlib.sha256(memory).hexdigest() != expected["sha256"]:
            sys.exit(f"{task['id']}: the memory of {block['id']} is not the one that the task describes")
        write_sparse(memory, os.path.join(folder, f"{index}.raw"), False)
    rest = task["rest"]
    content = base[rest["baseOffset"] : rest["baseOffset"] + rest["lengthBytes"]]
    write_sparse(content, os.path.join(folder, "rest.bin"), True)


def load_json(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return json.load(file)


def write_sparse(image, path, is_dense):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    zeros = bytes(CHUNK)
    with open(path, "wb") as file:
        for at in range(0, len(image), CHUNK):
            chunk = image[at : at + CHUNK]
            if is_dense or chunk != zeros[: len(chunk)]:
                file.seek(at)
                file.write(chunk)
        file.truncate(len(image))


def main(folder, pattern="*"):
    index = load_json("index.json")
    vectors = fnmatch.filter(index["vectors"], pattern)
    packed = fnmatch.filter(index["packed"], pattern)
    tasks = fnmatch.filter(index["writing"], pattern)
    if not vectors and not packed and not tasks:
        sys.exit(f"no vector fits {pattern}")
    for vector_id in vectors:
        build_vector(load_json("vectors", f"{vector_id}.json"), folder)
    for packed_id in packed:
        build_packed(load_json(f"{packed_id}.json"), folder)
    for task_id in tasks:
        build_task(load_json(f"{task_id}.json"), folder)
    print(
        f"{len(vectors)} files, {len(packed)} packed files and the memory of {len(tasks)} writing tasks in {folder}"
    )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
