#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Checks JSON documents, one a line, against a schema of doc/schema.

usage: schema.py SCHEMA.json <documents

Knows the part of JSON Schema that our schemas use and refuses a schema that
uses more. Prints what does not match; exit status 1 if anything did not, or if
there was no document.
"""
import json
import sys

KNOWN = {"$schema", "title", "description", "type", "required", "enum",
         "const", "properties", "additionalProperties", "items"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "integer": int, "null": type(None)}


def has_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def problems(value, schema, where):
    unknown = set(schema) - KNOWN
    if unknown:
        yield f"{where}: schema uses {', '.join(sorted(unknown))}"
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(has_type(value, name) for name in types):
        yield f"{where}: {value!r} is no {' or '.join(types)}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from problems(item, schema.get("items", {}),
                                f"{where}[{i}]")
    if isinstance(value, dict):
        yield from object_problems(value, schema, where)


def object_problems(value, schema, where):
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: {name} is missing"
    for name, member in value.items():
        if name in known:
            yield from problems(member, known[name], f"{where}.{name}")
        elif rest is False:
            yield f"{where}: {name} is not in the schema"
        else:
            yield from problems(member, rest, f"{where}.{name}")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    documents = [json.loads(line) for line in sys.stdin if line.strip()]
    found = [p for i, d in enumerate(documents, 1)
             for p in problems(d, schema, f"line {i}")]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found or not documents else 0)


if __name__ == "__main__":
    main()
