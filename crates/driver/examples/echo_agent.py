#!/usr/bin/env python3
"""An agent for the driver `command`, protocol `lines`: it writes its task's first line into a file.

It needs nothing but Python. Replace `work` by a call of your own model and keep the rest. The protocol is on the page
docs/drivers/command.md; docs/drivers/bring-your-own.md leads through this file.
"""

import argparse
import json
import pathlib
import sys
import uuid


def tell(kind, **fields):
    """Writes one line of the protocol, at once: what is not flushed, nobody hears."""
    print(json.dumps({"type": kind, **fields}), flush=True)


def work(task, text):
    """The work itself: answers a summary, or raises when it can't be done."""
    first = text.strip().splitlines()[0] if text.strip() else "nothing"
    target = pathlib.Path(f"{task}.echo")
    tell("call", tool="write", about=str(target), arguments={"file": str(target), "text": first})
    target.write_text(first + "\n", encoding="utf-8")
    return f"wrote {target}: {first}"


def turn(arguments, text):
    """One message and what comes of it. Every turn ends with one result."""
    tell("said", text=f"{arguments.role} of {arguments.task}: {len(text)} characters to go by")
    if arguments.role == "reviewer":
        there = pathlib.Path(f"{arguments.reviewed}.echo").exists()
        notes = "the echo is there" if there else f"{arguments.reviewed}.echo is missing"
        tell("verdict", verdict="approve" if there else "request_changes", notes=notes)
        tell("result", ok=True, summary=notes)
        return
    try:
        tell("result", ok=True, summary=work(arguments.task, text))
    except OSError as error:
        failure = {"remedy": "retry", "cause": "permission_denied", "detail": str(error)}
        tell("result", ok=False, summary="nothing written", failure=failure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--role", default="worker")
    parser.add_argument("--reviewed", default="")
    parser.add_argument("--resume", help="the conversation to go on with")
    arguments = parser.parse_args()

    tell("conversation", id=arguments.resume or str(uuid.uuid4()))
    heard = 0
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("type") != "message":
            continue  # a type that this agent does not know yet
        heard += len(message["text"])
        turn(arguments, message["text"])
        tell("context", used=min(1.0, heard / 400_000))
        tell("spent", model="echo-1", input_tokens=heard, output_tokens=1, usd="0")


if __name__ == "__main__":
    main()
