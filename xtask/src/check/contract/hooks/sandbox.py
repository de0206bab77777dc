"""What the providers' hooks have in common: their own calls to the sandbox, and the secrets that no report may show."""

import itertools

import requests


class Sandbox:
    """One provider of a running sandbox. Its subclasses say which values exist there, and how a request is proved."""

    name = ""
    # Operations that never succeed there, and why.
    never = {}

    def __init__(self, printed):
        self.control = printed["control"]
        self.printed = printed["providers"][self.name]
        self.url = self.printed["base_url"]
        self.secrets = []
        self._numbers = itertools.count(1)
        # Of its own for this provider: the numbers that follow begin at 1 in every run.
        requests.post(f"{self.control}/modes", json={self.name: self.modes()}, timeout=10).raise_for_status()
        self.start()

    def modes(self):
        """The sandbox's modes that differ from its default, and why."""
        return {}

    def start(self):
        """Logs in, and makes what reads can find."""

    def values(self, operation):
        """Values with which an operation succeeds: `path_parameters`, `query`, `body`."""
        return {}

    def prepare(self, operation, request, anonymous):
        """Puts on the finished request what proves who sends it."""
        return request

    def number(self):
        """Another number at each call."""
        return next(self._numbers)

    def secret(self, text):
        """Remembers a text that no report may show."""
        self.secrets.append(text)
        return text

    def steer(self, path, body=None):
        """A call to the control plane: what people do, or other systems."""
        answer = requests.post(f"{self.control}/{self.name}/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()


def answered(answer):
    """The JSON of an answer that must be a success."""
    answer.raise_for_status()
    return answer.json()
