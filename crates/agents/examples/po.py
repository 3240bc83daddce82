#!/usr/bin/env python3
"""A PO of one's own that thinks, in the place of a model a few lines of Python. It is run turn by turn by the driver `command`:

    drivers: {command: {run: po.py --bridge {bridge} [--resume {conversation}]}}
    agents: {po: command}

Its message says what is new, and, on lines of their own, which calls of the Bus's tools the fixed program would make. It makes them, through the
bridge, but for one thing that it knows better: a ticket that failed once gets a word for its next builder. What a spawn's prompt has to say stands
quoted before its call.
"""
import argparse
import json
import re
import subprocess
import sys
import uuid

CALL = re.compile(r"(?:^Its prompt has to say this:\n((?:> .*\n)+))?^    (bus_\w+) (\{.*\})$", re.MULTILINE)

PROMPT = """# You build {task} of project {project}

## Ticket

{title}

{description}

{advice}

## Verification

Your keeper runs these after you have ended: {verify}.
"""


def tell(**line):
    """Says a line of the protocol."""
    print(json.dumps(line), flush=True)


class Bridge:
    """The Bus's tools, by the command that the driver was given."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        about = {"name": "po", "version": "1"}
        self.ask("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=about)
        self.send(method="notifications/initialized")

    def send(self, **message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, method, **params):
        self.send(id=str(uuid.uuid4()), method=method, params=params)
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def call(self, tool, arguments):
        """Calls a tool; answers what it says and whether that was what was wanted."""
        tell(type="call", tool=tool, arguments=arguments)
        result = self.ask("tools/call", name=tool, arguments=arguments)
        if result.get("isError"):
            tell(type="said", text=result["content"][0]["text"])
            return None
        return result.get("structuredContent")


def spawn(bridge, arguments, known):
    """A spawn needs a prompt: what its builder has to know, and how its work is verified."""
    task = bridge.call("bus_get_task", {"id": arguments["task"]})
    if task is None:
        return
    advice = f"The last attempt failed: {task['error']}\n" if task.get("error") else ""
    arguments["prompt"] = PROMPT.format(
        task=task["id"],
        project=task["project"],
        title=task["title"],
        description=task.get("description", ""),
        advice=advice + known,
        verify=", ".join(f"`{command}`" for command in task.get("verify", [])) or "nothing",
    )
    bridge.call("bus_spawn_agent", arguments)


def turn(bridge, text):
    """Makes the calls that the message names."""
    calls = CALL.findall(text)
    for known, tool, arguments in calls:
        arguments = json.loads(arguments)
        if tool == "bus_spawn_agent":
            spawn(bridge, arguments, known)
        else:
            bridge.call(tool, arguments)
    return len(calls)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bridge", type=json.loads, required=True)
    parser.add_argument("--resume")
    asked = parser.parse_args()
    # A model's conversation would be looked up here; this one remembers nothing but its name.
    tell(type="conversation", id=asked.resume or f"po-{uuid.uuid4()}")
    bridge = Bridge(asked.bridge)
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("type") == "message":
            made = turn(bridge, message["text"])
            tell(type="spent", model="rules-of-thumb", input_tokens=len(message["text"]) // 4, output_tokens=made, usd="0.0001")
            tell(type="result", ok=True, summary=f"{made} calls made")
    bridge.process.stdin.close()
    bridge.process.wait()


if __name__ == "__main__":
    main()
