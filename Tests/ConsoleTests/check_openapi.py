#!/usr/bin/env python3
"""Checks a running server against its own OpenAPI document.

usage: check_openapi.py BASE-URL FACTS.json
FACTS has the tokens of the roles (read, act, admin) and values for parameters and bodies of operations, by operationId.

Every operation is called with values that must succeed, with values made from its schemas, and in ways that must be refused;
every answer must have a documented status and a body of the documented schema.
"""
import json
import random
import sys
import urllib.error
import urllib.parse
import urllib.request

import jsonschema

base, facts = sys.argv[1], json.load(open(sys.argv[2]))
rng = random.Random(20261125)
failures, calls, seen = [], 0, {}


def send(method, path, headers=None, body=None):
    global calls
    calls += 1
    request = urllib.request.Request(base + path, method=method, headers=headers or {}, data=body)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            kind = answer.headers.get("Content-Type", "")
            data = answer.read(8) if kind.startswith("text/event-stream") else answer.read()
            return answer.status, answer.headers, data
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


document = json.loads(send("GET", "/openapi.json")[2])
assert document["openapi"].startswith("3.1"), "not OpenAPI 3.1"


def resolve(node):
    while "$ref" in node:
        target = document
        for part in node["$ref"][2:].split("/"):
            target = target[part]
        node = target
    return node


def bundle(node):
    """A schema with what it refers to in place."""
    if isinstance(node, dict):
        return bundle(resolve(node)) if "$ref" in node else {key: bundle(value) for key, value in node.items()}
    return [bundle(value) for value in node] if isinstance(node, list) else node


for name, schema in document["components"]["schemas"].items():
    jsonschema.Draft202012Validator.check_schema(bundle(schema))


def check(what, operation, answer, allowed=None):
    status, headers, body = answer
    seen.setdefault(operation["operationId"], set()).add(status)
    documented = operation["responses"].get(str(status))
    if documented is None:
        failures.append(f"{what}: status {status} is not documented: {body[:200]!r}")
        return
    if allowed is not None and status not in allowed:
        failures.append(f"{what}: {status}, not {sorted(allowed)}: {body[:300]!r}")
        return
    (media, content), = resolve(documented)["content"].items()
    if headers.get("Content-Type", "").split(";")[0] != media:
        failures.append(f"{what}: {headers.get('Content-Type')}, not {media}")
        return
    if headers.get("X-Content-Type-Options") != "nosniff" or "default-src 'none'" not in headers.get(
        "Content-Security-Policy", ""
    ):
        failures.append(f"{what}: without the protecting fields")
    if media == "text/event-stream":
        return
    errors = list(jsonschema.Draft202012Validator(bundle(content["schema"])).iter_errors(json.loads(body)))
    for error in errors[:3]:
        failures.append(f"{what}: {status}: {error.message[:200]} at {list(error.path)}")


def role(operation):
    return operation["description"].split("`")[1] if operation["security"] else None


def headers(operation, token=None, body=False):
    fields = {}
    name = role(operation)
    if name:
        fields["Authorization"] = "Bearer " + facts["tokens"][token or name]
    if body:
        fields["Content-Type"] = "application/json"
    return fields


def address(path, operation, given):
    query = []
    for parameter in map(resolve, operation.get("parameters", [])):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = path.replace("{" + name + "}", urllib.parse.quote(str(given.get(name, "case-999999")), safe=""))
        elif parameter["in"] == "query" and name in given:
            query.append((name, str(given[name])))
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


LETTERS = "aZ0-_ .:/<>'\"&\u00e4\u4e16\x01"


def make(schema, depth=0):
    """A value of the schema, mostly; now and then something else."""
    schema = resolve(schema)
    if rng.random() < 0.1:
        return rng.choice([None, True, -1, 10**30, 1.5, "", "x" * 5000, [], {}, [[]], "\ud7ff\u202e"])
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "string")
    if kind == "object":
        return {
            key: make(value, depth + 1)
            for key, value in schema.get("properties", {}).items()
            if key in schema.get("required", []) and rng.random() < 0.95 or rng.random() < 0.5
        }
    if kind == "array":
        return [make(schema["items"], depth + 1) for _ in range(rng.randint(0, 3))]
    if kind == "integer":
        return rng.randint(schema.get("minimum", -5), schema.get("maximum", 1000))
    if kind == "boolean":
        return rng.random() < 0.5
    pattern = schema.get("pattern", "")
    if pattern.startswith("^case-") and rng.random() < 0.8:
        return rng.choice([facts["case"], "case-1", "case-77"])
    if rng.random() < 0.3:
        return rng.choice(["account:acme/joe", "customer:acme", "server:acme/192.0.2.1", facts["case"]])
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 30)))


for path, methods in document["paths"].items():
    for method, operation in methods.items():
        name = operation["operationId"]
        given = facts["operations"].get(name)
        if given is None:
            failures.append(f"{name}: no values to call it with")
            continue
        takes = "requestBody" in operation
        verb = method.upper()
        body = json.dumps(given.get("body", {})).encode() if takes else None
        # With role read every operation is seen, in the order of the document.
        success = {int(code) for code in operation["responses"] if code.startswith("2")}
        here = address(path, operation, given.get("parameters", {}))
        check(f"{name} as it is meant", operation, send(verb, here, headers(operation, body=takes), body), success)
        if role(operation):
            check(f"{name} without a token", operation, send(verb, here, {}, body), {401})
            lower = {"act": "read", "admin": "act"}.get(role(operation))
            if lower:
                check(f"{name} as {lower}", operation, send(verb, here, headers(operation, lower, takes), body), {403})
            wrong = here + ("&" if "?" in here else "?") + "nothing=1"
            check(f"{name} with an unknown parameter", operation, send(verb, wrong, headers(operation), body), {400})
            if name not in ("events",):
                for other in ("PUT", "PATCH", "DELETE", "POST", "GET", "QUERY"):
                    if other.lower() not in methods:
                        status, fields, _ = send(other, here, headers(operation, "admin"))
                        if status != 405 or verb not in fields.get("Allow", ""):
                            failures.append(f"{other} {path}: {status}, Allow: {fields.get('Allow')}")
        if takes:
            fields = headers(operation, body=True)
            if not operation["security"]:
                check(f"{name}, no report", operation, send(verb, here, fields, b'{"a":1}'), {422})
            else:
                for text in (b"{", b"\xff\xfe", b"[" * 500, b'{"a":' * 200):
                    check(f"{name}, {text[:8]}", operation, send(verb, here, fields, text), {400, 422})
                check(f"{name}, no object", operation, send(verb, here, fields, b"[]"), {422})
                check(f"{name}, unknown member", operation, send(verb, here, fields, b'{"nothing": 1}'), {422})
                twice = b'{"reason":"a","reason":"b","text":"a","text":"b","nothing":1}'
                check(f"{name}, twice", operation, send(verb, here, fields, twice), {422})
                big = b'{"text":"' + b"x" * 70000 + b'"}'
                # Reports may be larger.
                refused = {413, 422} if name in ("takeReport", "reportEvents") else {413}
                check(f"{name}, large", operation, send(verb, here, fields, big), refused)
            packed = dict(fields, **{"Content-Encoding": "gzip"})
            check(f"{name}, packed", operation, send(verb, here, packed, b"\x1f\x8b\x08"), {415})
            plain = dict(fields, **{"Content-Type": "text/plain"})
            check(f"{name}, text/plain", operation, send(verb, here, plain, b"hello"), {415})
        if name in ("events", "sendReport"):
            continue
        # Whatever comes: a documented answer.
        for _ in range(12):
            values = dict(given.get("parameters", {}))
            for parameter in map(resolve, operation.get("parameters", [])):
                if parameter["in"] == "query" and rng.random() < 0.5:
                    values[parameter["name"]] = make(parameter["schema"])
                elif parameter["in"] == "path" and rng.random() < 0.2:
                    values[parameter["name"]] = make(parameter["schema"])
            content = None
            if takes:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                content = json.dumps(make(schema)).encode()
            target = address(path, operation, values)
            if any(part in ("", ".", "..") for part in target.split("?")[0].split("/")[1:]):
                continue
            answer = send(verb, target, headers(operation, body=takes), content)
            if answer[0] == 404 and "404" not in operation["responses"]:
                continue
            check(f"{name} {target} {content}", operation, answer)

for failure in failures[:40]:
    print(failure)
print(f"{calls} requests, {len(seen)} operations, {len(failures)} failures")
sys.exit(1 if failures else 0)
