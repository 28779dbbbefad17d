"""Checks our statements and receipts with software that we did not write.

    python check.py FOLDER

FOLDER is written by the test `third_party_software`: a manifest.json that names the files beside
it. Prints a line a check and exits with 1 at the first that fails.

A stock tool checks ONE validator's receipt. That is not finality: this script also adds up the
voting power of receipts over the same batch, as everybody must who builds on such a tool.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import cbor2
import cwt
import pycddl
import scitt_cose
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose.statement import extract_receipts

BATCH_LABEL = -65541
CONTEXT_LABEL = -65542


class Refused(Exception):
    """A check that did not hold."""


def require(holds, what):
    if not holds:
        raise Refused(what)


def say(what):
    print(f"ok: {what}", flush=True)


def flips(data):
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << (bit % 8)
        yield bytes(flipped)


def cwt_reads(message, pem, root=None):
    """The payload as `cwt` verifies it, or None where it does not."""
    kid = cbor2.loads(cbor2.loads(message).value[0])[4]
    key = cwt.COSEKey.from_pem(pem, alg="EdDSA", kid=kid)
    try:
        return cwt.COSE.new().decode(message, key, detached_payload=root)
    except (cwt.VerifyError, cwt.DecodeError, ValueError):
        return None


def check_statements(folder, manifest):
    for entry in manifest["statements"]:
        message = (folder / entry["file"]).read_bytes()
        pem = (folder / entry["key"]).read_text()
        payload = cbor2.loads(message).value[2]
        if entry["algorithm"] == -8:
            parsed = scitt_cose.parse_signed_statement(message, public_key_pem=pem)
            require(parsed["signature_verified"] is True, f"scitt-cose refuses {entry['file']}")
            require(parsed["payload"] == payload, "scitt-cose reads another payload")
            require(cwt_reads(message, pem) == payload, f"cwt refuses {entry['file']}")
        else:
            cwt_reads_newer(message, pem, payload)
        say(f"{entry['file']}: signature by algorithm {entry['algorithm']}")


def cwt_reads_newer(message, pem, payload):
    """Algorithm -19 (RFC 9864) under its own name; scitt-cose does not know it yet."""
    kid = cbor2.loads(cbor2.loads(message).value[0])[4]
    key = cwt.COSEKey.from_pem(pem, alg="Ed25519", kid=kid)
    require(cwt.COSE.new().decode(message, key) == payload, "cwt refuses algorithm -19")


def check_receipts(folder, case):
    leaf = (folder / case["leaf"]).read_bytes()
    root = bytes.fromhex(case["root"])
    batches, power, harmless = set(), 0, 0
    for entry in case["receipts"]:
        receipt = (folder / entry["file"]).read_bytes()
        pem = (folder / entry["key"]).read_text()
        found = verify(receipt, leaf, pem)
        require(found.ok, f"scitt-cose refuses {entry['file']}: {found.errors}")
        require(found.root == case["root"], "scitt-cose rebuilds another root")
        place = (found.tree_size, found.leaf_index)
        require(place == (case["size"], case["index"]), f"another place: {place}")
        require(found.issuer.startswith("urn:countersign:"), f"issuer {found.issuer}")
        require(found.subject == "log", f"subject {found.subject}")
        batches.add(cbor2.dumps(found.protected_header_ext[BATCH_LABEL]))
        power += entry["power"]
        require(cwt_reads(receipt, pem, root) == root, f"cwt refuses {entry['file']}")
        require(cwt_reads(receipt, pem, bytes(32)) is None, "cwt takes another root")
        require(not verify(receipt, leaf + b"\0", pem).ok, "scitt-cose takes another leaf")
        other = (folder / case["stranger"]).read_text()
        require(not verify(receipt, leaf, other).ok, "scitt-cose takes another key")
        harmless += check_flips(receipt, leaf, pem, case)
    require(len(batches) == 1, "the receipts are over different batches")
    quorum = power * 3 > case["power"] * 2
    require(quorum == case["final"], f"power {power} of {case['power']}: final is {quorum}")
    count = len(case["receipts"])
    say(f"{case['name']}: {count} receipts, power {power} of {case['power']}, final: {quorum}, "
        f"flips of the unsigned tree size alone that a stock tool lets through: {harmless}")


def check_flips(receipt, leaf, pem, case):
    """Every flipped bit must be refused, but for one gap of RFC 9942 that is not ours: nobody
    signs the tree size in the proof, so a bit of it may change where the path stays the same."""
    passed = 0
    for flipped in flips(receipt):
        found = verify(flipped, leaf, pem)
        if found.ok:
            same = (found.root, found.leaf_index) == (case["root"], case["index"])
            require(same and found.tree_size != case["size"], "a flipped bit went unnoticed")
            passed += 1
    require(passed == 0 or not case["every_flip_fails"], f"{passed} flipped bits went unnoticed")
    return passed


def verify(receipt, leaf, pem):
    return scitt_cose.verify_receipt(receipt, leaf_entry_hex=leaf.hex(), log_public_key_pem=pem)


def finality(message, keys, total):
    """What everybody must do who builds on a stock tool: the whole file, or `Refused`.

    Every signature and path is the tools' work. What is added here: the receipts are over one
    batch, their signers have more than two thirds of the power, the header that comes with them is
    the one that they signed, and the tree is as large as that header says.
    """
    tag = cbor2.loads(message)
    require(cbor2.dumps(tag, canonical=True) == message, "not the one encoding")
    protected, unprotected, payload, signature = tag.value
    leaf = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    context = cbor2.loads(unprotected[CONTEXT_LABEL])
    require(cbor2.dumps(context, canonical=True) == unprotected[CONTEXT_LABEL], "context bytes")
    require(set(context) == {1, 2, 3} and context[3] == [], "another founding set of validators")
    header, signer = context[2], context[1]
    digest = hashlib.sha256(cbor2.dumps(header, canonical=True)).digest()
    thumbprint = hashlib.sha256(cbor2.dumps({1: 1, -1: 6, -2: signer}, canonical=True)).digest()
    require(cbor2.loads(protected)[4] == thumbprint, "another signer")
    pem = Ed25519PublicKey.from_public_bytes(signer).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    parsed = scitt_cose.parse_signed_statement(message, public_key_pem=pem)
    require(parsed["signature_verified"] is True, "the signer's signature")
    signed = {}
    for receipt in unprotected[394]:
        kid = cbor2.loads(cbor2.loads(receipt).value[0])[4]
        require(kid in keys and kid not in signed, "a stranger's receipt, or the same twice")
        found = verify(receipt, leaf, keys[kid][0])
        require(found.ok, "a receipt")
        batch = [header[1], header[2], found.protected_header_ext[BATCH_LABEL][2], digest]
        require(found.protected_header_ext[BATCH_LABEL] == batch, "over another batch")
        require(found.tree_size == header[5], "the size of the tree")
        require(found.root == header[6].hex(), "the root of the log")
        signed[kid] = (keys[kid][1], batch[2])
    require(len({round for _, round in signed.values()}) == 1, "receipts of different rounds")
    require(sum(power for power, _ in signed.values()) * 3 > total * 2, "no quorum")


def check_every_flip(folder, case):
    """Of a whole file not one bit may change unnoticed, the size of the tree included."""
    message = (folder / case["transparent"]).read_bytes()
    keys = {}
    for entry in case["receipts"]:
        receipt = (folder / entry["file"]).read_bytes()
        kid = cbor2.loads(cbor2.loads(receipt).value[0])[4]
        keys[kid] = ((folder / entry["key"]).read_text(), entry["power"])
    finality(message, keys, case["power"])
    for bit, flipped in enumerate(flips(message)):
        try:
            finality(flipped, keys, case["power"])
        except Exception:  # whatever a tool raises over broken bytes, it is a refusal
            continue
        raise Refused(f"bit {bit} of {case['transparent']} can be flipped unnoticed")
    say(f"{case['name']}: each of {len(message) * 8} flipped bits of the file is refused")


def check_transparent(folder, case):
    message = (folder / case["transparent"]).read_bytes()
    pem = (folder / case["signer"]).read_text()
    parsed = scitt_cose.parse_signed_statement(message, public_key_pem=pem)
    require(parsed["signature_verified"] is True, "scitt-cose refuses the transparent statement")
    files = [(folder / entry["file"]).read_bytes() for entry in case["receipts"]]
    require(extract_receipts(message) == files, "scitt-cose finds other receipts in it")
    protected, unprotected, payload, signature = cbor2.loads(message).value
    require(set(unprotected) == {394, CONTEXT_LABEL}, f"labels {list(unprotected)}")
    bare = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    require(bare == (folder / case["leaf"]).read_bytes(), "without receipts it is not the leaf")
    say(f"{case['name']}: transparent statement")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def state_root(proof):
    """The root that a state proof leads to, worked out from what record.cddl says alone."""
    siblings, key = proof[5], proof[10]
    require(key == sha256(f"{proof[8]}/{proof[9]}".encode(), b"\0"), "the key is another's")
    if 11 in proof:
        below = sha256(b"JMT::LeafNode", key, sha256(sha256(proof[11])))
    elif 12 in proof:
        bits = int.from_bytes(key) ^ int.from_bytes(proof[12][0])
        require(0 < bits < 1 << 256 - len(siblings), "the other leaf does not stand there")
        below = sha256(b"JMT::LeafNode", *proof[12])
    else:
        below = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
    for depth, sibling in zip(reversed(range(len(siblings))), siblings):
        right = int.from_bytes(key) >> 255 - depth & 1
        pair = [sibling, below] if right else [below, sibling]
        below = sha256(b"JMT::IntrnalNode", *pair)
    return below


def check_states(folder, manifest):
    for path in manifest["states"]:
        proof = cbor2.loads((folder / path).read_bytes())
        header = proof[6][1]
        require(state_root(proof) == header[7], f"{path} leads to another state root")
        bent = {**proof, 5: [bytes(32), *proof[5][1:]]}
        require(state_root(bent) != header[7], f"{path} leads there on another path too")
    say(f"{len(manifest['states'])} state proofs lead to their state roots")


BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text):
    """RFC 9285; none of its packages is strict about what stands for no bytes."""
    out = b""
    for start in range(0, len(text), 3):
        three = text[start:start + 3]
        value = sum(BASE45.index(c) * 45 ** i for i, c in enumerate(three))
        out += value.to_bytes(len(three) - 1)
    return out


def code_proves(data, codes):
    """What a state code proves, worked out from what record.cddl says alone: subject and digest of
    the record."""
    (family, subject, record, digest, path, height, time, parent, log_size, log_root, refused,
     refusals, following, rules, proposer, round_, signed, links) = cbor2.loads(data)
    require(cbor2.dumps(cbor2.loads(data), canonical=True) == data, "not the one encoding")
    require((record is None) != (digest is None) and links == [], "record, digest or links")
    require(refusals != sha256() and len(path) % 32 == 0, "written out, or cut")
    network, validators = (bytes.fromhex(codes[name]) for name in ("network", "validators"))
    require(following != validators, "written out")
    # Absent is null alone: undefined, a bit away from it, is something else.
    refusals = sha256() if refusals is None else refusals
    following = validators if following is None else following
    siblings = [path[at:at + 32] for at in range(0, len(path), 32)]
    key = sha256(f"{family}/{subject}".encode(), b"\0")
    found = sha256(record) if digest is None else digest
    below = sha256(b"JMT::LeafNode", key, sha256(found))
    for depth, sibling in zip(reversed(range(len(siblings))), siblings):
        pair = [sibling, below] if int.from_bytes(key) >> 255 - depth & 1 else [below, sibling]
        below = sha256(b"JMT::IntrnalNode", *pair)
    header = dict(enumerate((
        network, height, parent, time, log_size, log_root, below, refused, refusals,
        validators, following, rules, proposer), 1))
    batch = [network, height, round_, sha256(cbor2.dumps(header, canonical=True))]
    require([n for n, _ in signed] == sorted({n for n, _ in signed}), "order of the signatures")
    for number, signature in signed:
        raw = bytes.fromhex(codes["keys"][number])
        kid = sha256(cbor2.dumps({1: 1, -1: 6, -2: raw}, canonical=True))
        claims = {1: f"urn:countersign:{network.hex()[:16]}", 2: "log"}
        protected = {1: -8, 4: kid, 15: claims, 395: 1, BATCH_LABEL: batch}
        signed_bytes = ["Signature1", cbor2.dumps(protected, canonical=True), b"", log_root]
        key = Ed25519PublicKey.from_public_bytes(raw)
        key.verify(signature, cbor2.dumps(signed_bytes, canonical=True))
    require(len(signed) * 3 > len(codes["keys"]) * 2, "no quorum")
    return f"{family}/{subject}", found


def check_codes(codes):
    expected = (codes["subject"], sha256(bytes.fromhex(codes["record"])))
    for text in codes["texts"]:
        data = base45(text.removeprefix("CSGN1:"))
        require(code_proves(data, codes) == expected, "a code proves something else")
        for bit, flipped in enumerate(flips(data)):
            try:
                code_proves(flipped, codes)
            except Exception:  # whatever a tool raises over broken bytes, it is a refusal
                continue
            raise Refused(f"bit {bit} of a code can be flipped unnoticed")
        say(f"a state code of {len(data)} bytes holds, and none of its bits can be flipped")


def check_cddl(folder, manifest):
    """Every format against record.cddl, by a CDDL tool. It cannot follow `.cbor` inside of an
    array beside other types, so what such byte strings hold is listed and checked by itself."""
    text = re.sub(r"bytes \.cbor [\w-]+", "bytes", Path(manifest["cddl"]).read_text())
    schemas = {}
    for entry in manifest["formats"]:
        rule = entry["rule"]
        if rule not in schemas:
            schemas[rule] = pycddl.Schema(f"root = {rule}\n{text}")
        for path in entry["files"]:
            schemas[rule].validate_cbor((folder / path).read_bytes())
        for path in entry["not"]:
            try:
                schemas[rule].validate_cbor((folder / path).read_bytes())
            except pycddl.ValidationError:
                continue
            raise Refused(f"{path} passes for {rule}")
        say(f"record.cddl describes {rule}: {len(entry['files'])} files")


def canonical(folder, manifest):
    """Another library writes the same bytes for the same data."""
    count = 0
    for entry in manifest["formats"]:
        for path in entry["files"]:
            data = (folder / path).read_bytes()
            again = cbor2.dumps(cbor2.loads(data), canonical=True)
            require(again == data, f"cbor2 writes {path} otherwise")
            count += 1
    say(f"cbor2 writes all {count} files in the same bytes")


def main():
    folder = Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text())
    try:
        check_statements(folder, manifest)
        for case in manifest["cases"]:
            check_receipts(folder, case)
            check_transparent(folder, case)
            if case["final"]:
                check_every_flip(folder, case)
        check_states(folder, manifest)
        check_codes(manifest["codes"])
        check_cddl(folder, manifest)
        canonical(folder, manifest)
    except (Refused, pycddl.ValidationError) as refused:
        print(f"FAILED: {refused}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
