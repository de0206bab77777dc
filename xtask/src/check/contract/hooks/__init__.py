"""The hooks that the step `contract` gives to Schemathesis: they log in, sign, seal, and put values in that exist.

Settings come by environment: CONTRACT_PROVIDER, CONTRACT_SANDBOX (what `pay-sandbox serve --json` prints),
CONTRACT_FORMS (`default` or `other`) and CONTRACT_REPORT (where the report goes).
"""

import atexit
import importlib
import json
import os

import schemathesis

from .record import Record

_module = importlib.import_module(f".{os.environ['CONTRACT_PROVIDER'].replace('-', '_')}", __name__)
_printed = json.loads(os.environ["CONTRACT_SANDBOX"])
_provider = _module.Provider(_printed, other_forms=os.environ["CONTRACT_FORMS"] == "other")
_record = Record(_provider)
atexit.register(_record.write, os.environ["CONTRACT_REPORT"])


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Makes of the document what there is to generate."""
    raw_schema.pop("security", None)
    for path in raw_schema["paths"].values():
        for operation in path.values():
            # `prepare` gives the credential, to any case that shall have one.
            operation["security"] = []
            if inside := operation.get("x-pay-seal"):
                # The envelope alone says nothing of what is sealed.
                for media in operation["requestBody"]["content"].values():
                    media["schema"] = {"$ref": inside}


@schemathesis.hook
def before_call(context, case, kwargs):
    """By turns of four: values that exist alone, what was generated, both, and again what was generated.

    Every eighth request comes from nobody, so that the answer to that is looked at too.
    """
    operation = case.operation.definition.raw
    name = operation["operationId"]
    turn = _record.turn(name)
    if turn % 4 in (0, 2):
        put_in(case, operation, _provider.values(name), alone=turn % 4 == 0)
    kwargs["auth"] = lambda request: _provider.prepare(operation, request, anonymous=turn % 8 == 1)


@schemathesis.hook
def after_call(context, case, response):
    _record.answer(case, response)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps every failure, and remembers it with a request that shows it."""
    _record.problem(failure, case, response)
    return True


@schemathesis.check
def status_is_named(ctx, response, case):
    """Of requests with a wrong form, such as another media type, too: the check that comes with Schemathesis passes those over."""
    named = case.operation.responses.status_codes
    assert str(response.status_code) in named, f"the document names {', '.join(named)}"


def put_in(case, operation, values, alone):
    """Puts values that exist into a case; `alone`: in the place of everything that was generated."""
    for place in ("path_parameters", "query"):
        wanted = values.get(place, {})
        setattr(case, place, wanted if alone else {**(getattr(case, place) or {}), **wanted})
    if "body" in values:
        body = values["body"]
        mixed = not alone and isinstance(case.body, dict) and isinstance(body, dict)
        case.body = {**case.body, **body} if mixed else body
        # A case that was to have no body has no media type either.
        case.media_type = next(iter(operation["requestBody"]["content"]))
