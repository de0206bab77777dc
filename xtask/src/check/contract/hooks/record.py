"""What came of it: cases and statuses of each operation, and each failed check with a request that shows it again."""

import collections
import json
import re
import shlex

# Answers give out tokens that nobody could remember before. Schemathesis cuts them off, so the closing quote may be missing.
TOKEN = re.compile(r'("\w*token\w*"\s*:\s*")[^"\s]+', re.IGNORECASE)


class Record:
    def __init__(self, provider):
        self._provider = provider
        self._turns = collections.Counter()
        self._statuses = collections.defaultdict(collections.Counter)
        self._problems = {}

    def turn(self, operation):
        """How many cases of this operation came before."""
        self._turns[operation] += 1
        return self._turns[operation] - 1

    def answer(self, case, response):
        self._statuses[name_of(case)][str(response.status_code)] += 1

    def problem(self, failure, case, response):
        # One of a kind is enough.
        key = (name_of(case), failure.title, response.status_code)
        self._problems.setdefault(key, (failure, case, response))

    def write(self, path):
        problems = []
        for (operation, title, status), (failure, case, response) in self._problems.items():
            problem = {
                "operation": operation,
                "what": f"{title} (status {status}): {failure.message}",
                "request": curl(case, response.request),
                "answer": response.text,
            }
            problems.append({key: self._shown(value) for key, value in problem.items()})
        report = {"operations": self._statuses, "problems": problems, "never": self._provider.never}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(report, file)

    def _shown(self, text):
        """On one line, not too long, and without what must not be shown."""
        text = " ".join(str(text).split())
        for secret in self._provider.secrets:
            text = text.replace(secret, "<secret>")
        text = TOKEN.sub(r"\1<secret>", text)
        return text if len(text) <= 600 else f"{text[:600]}..."


def name_of(case):
    return case.operation.definition.raw["operationId"]


def curl(case, request):
    """The request as one would type it: its body before it was sealed, and none of the headers that prove who sends it."""
    parts = ["curl", "-X", request.method, request.url]
    if media := request.headers.get("Content-Type"):
        parts += ["-H", f"Content-Type: {media}"]
    body = request.body
    if body and case.operation.definition.raw.get("x-pay-seal"):
        body = json.dumps(case.body, default=str)
    if body:
        parts += ["-d", body.decode(errors="replace") if isinstance(body, bytes) else body]
    return shlex.join(parts)
