"""Whether clients that were generated from the API document lost something of it.

lossless.py DOCUMENT typescript          prints a program that holds every example in its generated type, for tsc --strict
lossless.py DOCUMENT check FOLDER        looks through the clients in the folder; fails with what is missing

Every operation has its function, every schema its type with all members, and every example of a request comes out of a
client's model as it went in.
"""

import importlib
import json
import re
import sys
from datetime import datetime
from pathlib import Path

METHODS = {"get", "put", "post", "delete"}


class Api:
    def __init__(self, path):
        self.document = json.loads(Path(path).read_text())
        self.schemas = self.document["components"]["schemas"]
        paths = self.document["paths"].values()
        self.operations = [operation for path in paths for method, operation in path.items() if method in METHODS]

    def examples(self):
        """Names of schemas with an example of each."""
        for operation in self.operations:
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in body:
                yield body["schema"]["$ref"].rsplit("/", 1)[1], body["example"]


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("__", "_").lower()


def camel(name):
    """As the generators name a class: `Price_Money` is PriceMoney."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def same(one, other):
    """Equal, but that one instant may be written in several ways."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if one == other:
        return True
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False


def typescript(api):
    print('import type { components, operations } from "./gongshi";')
    for number, (schema, example) in enumerate(api.examples()):
        value = json.dumps(example, ensure_ascii=False)
        print(f'export const example{number}: components["schemas"]["{schema}"] = {value};')
    for number, operation in enumerate(api.operations):
        print(f'export type Operation{number} = operations["{operation["operationId"]}"];')


def python_client(api, folder):
    """The client of openapi-python-client."""
    models = importlib.import_module("gongshi_client.models")
    files = {path.stem for path in (folder / "gongshi_client/api").glob("*/*.py")}
    for operation in api.operations:
        if snake(operation["operationId"]) not in files:
            yield f"no {operation['operationId']}"
    for schema, example in api.examples():
        if not same(getattr(models, camel(schema)).from_dict(example).to_dict(), example):
            yield f"{schema} comes out otherwise"
    for schema, name, _ in members(api):
        model = getattr(models, camel(schema), None)
        if model is None or not any(snake(name) == field.name.rstrip("_") for field in model.__attrs_attrs__):
            yield f"no {schema}.{name}"


def python_of_openapi_generator(api, folder):
    """The Python client of openapi-generator."""
    models = importlib.import_module("gongshi_og.models")
    text = "".join(path.read_text() for path in (folder / "gongshi_og/api").glob("*.py"))
    for operation in api.operations:
        if f"    def {snake(operation['operationId'])}(" not in text:
            yield f"no {operation['operationId']}"
    for schema, example in api.examples():
        model = getattr(models, camel(schema)).from_json(json.dumps(example))
        if not same(json.loads(model.to_json()), example):
            yield f"{schema} comes out otherwise: {model.to_json()}"
    for schema, name, _ in members(api):
        model = getattr(models, camel(schema), None)
        if model is None or name not in {field.alias or key for key, field in model.model_fields.items()}:
            yield f"no {schema}.{name}"


def java_of_openapi_generator(api, folder):
    """The Java client of openapi-generator, read as text: nobody compiles it here."""
    sources = folder / "java/src/main/java/org/openapitools/client"
    text = "".join(path.read_text() for path in (sources / "api").glob("*.java"))
    for operation in api.operations:
        if f" {operation['operationId']}(" not in text:
            yield f"no {operation['operationId']}"
    for schema, name, member in members(api):
        path = sources / f"model/{camel(schema)}.java"
        model = path.read_text() if path.exists() else ""
        declared = re.search(rf'SERIALIZED_NAME_\w+ = "{re.escape(name)}";.*?private (.*?) \w+( = .*?)?;', model, re.S)
        if not declared:
            yield f"no {schema}.{name}"
        elif member.get("format") == "int64" and declared[1] != "Long":
            yield f"{schema}.{name} is {declared[1]}"
        elif "$ref" in member and declared[1].split(".")[-1] != camel(member["$ref"].rsplit("/", 1)[1]):
            yield f"{schema}.{name} is {declared[1]}"


def members(api):
    for schema, described in api.schemas.items():
        for name, member in described.get("properties", {}).items():
            yield schema, name, member


def check(api, folder):
    sys.path.insert(0, str(folder))
    lost = [f"{client.__doc__} {what}" for client in (python_client, python_of_openapi_generator, java_of_openapi_generator)
            for what in client(api, folder)]
    print("\n".join(lost) or f"nothing is lost of {len(api.operations)} operations, {len(api.schemas)} schemas, "
          f"{len(list(api.examples()))} examples")
    sys.exit(bool(lost))


api = Api(sys.argv[1])
if sys.argv[2] == "typescript":
    typescript(api)
else:
    check(api, Path(sys.argv[3]))
