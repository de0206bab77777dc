"""What the providers' hooks have in common: their own calls to the sandbox, and the secrets that no report may show."""

import itertools

import requests


class Sandbox:
    """One provider of a running sandbox. Its subclasses say which values exist there, and how a request is proved."""

    name = ""
    # Operations that never succeed there, and why.
    never = {}

    # Modes that give answers another form of those that the documents, or third parties, show.
    other_forms = {}

    def __init__(self, printed, other_forms):
        self.control = printed["control"]
        self.printed = printed["providers"][self.name]
        self.url = self.printed["base_url"]
        self.secrets = []
        self._numbers = itertools.count(1)
        # So that every run begins alike.
        self.call("reset")
        self.call("modes", {self.name: self.modes()})
        self.start()
        if other_forms:
            self.call("modes", {self.name: self.other_forms})

    def modes(self):
        """The sandbox's modes that must not be its default, and why."""
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
        """What people do, or other systems."""
        return self.call(f"{self.name}/{path}", body)

    def call(self, path, body=None):
        return answered(requests.post(f"{self.control}/{path}", json=body, timeout=10))


def answered(answer):
    """The JSON of an answer that must be a success."""
    answer.raise_for_status()
    return answer.json()
