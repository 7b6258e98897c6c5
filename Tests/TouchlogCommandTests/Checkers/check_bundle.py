#!/usr/bin/env python3
"""Checks a bundle of `touchlog prove` with nothing of Touchlog: Python, and PyPI's cryptography for Ed25519 and AES-GCM.

    check_bundle.py BUNDLE VERIFIER-KEY

Ends with 0 and a line of counts where all holds, and with 1 and the first fault where it does not. It holds `data` of
readable events against the opened payloads, but for references, which records have as numbers.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NOTHING_BEFORE = 2**64 - 1
NO_DATA = 2**32 - 1


class Fault(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Fault(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def decode(text):
    return base64.b64decode(text, validate=True)


def signed_checkpoint(note, key):
    """Size and root of a checkpoint, once its signature holds: C2SP signed-note and tlog-checkpoint."""
    name, key_id, encoded = key.split("+", 2)
    public = decode(encoded)
    check(public[0] == 1 and len(public) == 33, "the key is not for Ed25519")
    check(sha256(name.encode(), b"\n", public)[:4].hex() == key_id, "the key's id is not its own")
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    found = [line.split(" ") for line in signatures.splitlines()]
    own = [decode(word[2]) for word in found if word[0] == "\u2014" and word[1] == name]
    own = [signature for signature in own if signature[:4].hex() == key_id]
    check(own, "the checkpoint is not signed by the key")
    for signature in own:
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], text.encode())
    origin, size, root = text.splitlines()[:3]
    check(origin == name, "the checkpoint is another log's")
    return int(size), decode(root)


def root_of(leaf, index, size, path):
    """The root that an audit path leads to: RFC 9162, section 2.1.3.2."""
    check(index < size, "the position is not in the log")
    node, last = leaf, size - 1
    for sibling in path:
        check(last > 0, "the path is too long")
        if index & 1 or index == last:
            node = sha256(b"\1", sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    check(last == 0, "the path is too short")
    return node


def opened(header, sealed, source, key):
    """The id and the data of a sealed payload."""
    id_size, interaction_size = struct.unpack_from("<HH", sealed)
    texts = 4 + id_size + interaction_size
    name, interaction = sealed[4 : 4 + id_size], sealed[4 + id_size : texts]
    bound = header[:16]
    for text in (name, interaction, source.encode()):
        bound += struct.pack("<H", len(text)) + text
    plain = AESGCM(key).decrypt(sealed[texts : texts + 12], sealed[texts + 12 :], bound)
    (size,) = struct.unpack_from("<I", plain)
    data = None if size == NO_DATA else json.loads(plain[4 : 4 + size])
    return name.decode(), data


def check_bundle(lines, key):
    head = json.loads(lines[0])
    check(head["format"] == "touchlog-bundle/1", "it is no bundle")
    size, root = signed_checkpoint(head["checkpoint"], key)
    customers = {customer["number"]: customer for customer in head["customers"]}
    names = {name["number"]: name["text"] for name in head["names"]}
    streams = {number: (0, NOTHING_BEFORE) for number in customers}
    last_position, last_recorded = -1, -(2**63)
    for line in lines[1:]:
        record = json.loads(line)
        position, header, sealed = record["position"], decode(record["header"]), decode(record["sealed"])
        leaf = sha256(b"\0", header, sha256(sealed))
        check(root_of(leaf, position, size, map(decode, record["path"])) == root, f"{position} is not in the log")
        happened, recorded, number, version, previous, source, _ = struct.unpack_from("<qqIIQII", header, 8)
        check(position > last_position and recorded >= last_recorded, f"{position} is out of order")
        check(streams[number] == (version, previous), f"before {position} something is missing")
        streams[number] = version + 1, position
        last_position, last_recorded = position, recorded
        check(("event" in record) == ("key" in customers[number]), f"{position} is readable, or it is not")
        if "event" not in record:
            continue
        event = record["event"]
        name, data = opened(header, sealed, names[source], decode(customers[number]["key"]))
        for key_, value in (data or {}).items():
            check(value == "" or event["data"][key_] == value, f"{position} says something else")
        check(name == event["id"] and names[source] == event["source"], f"{position} has another identity")
        check((version, number) == (event["streamversion"], event["customernumber"]), f"{position} is another's")
    for number, customer in customers.items():
        check(streams[number][0] == customer["events"], f"the stream of {number} has another length")
    return len(lines) - 1, len(customers), size


def main():
    with open(sys.argv[1], encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    try:
        check(lines.pop() == "", "the last line is cut off")
        events, customers, size = check_bundle(lines, sys.argv[2])
    except (Fault, InvalidSignature, InvalidTag, LookupError, ValueError, struct.error) as fault:
        print(f"{type(fault).__name__}: {fault}")
        sys.exit(1)
    print(f"{events} events of {customers} customers, in a log of {size}")


main()
