"""What each agent is made to do in the end-to-end tests, and what its log must then hold."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.script import Script, act, call, custom, failing, say, script, think

PROMPT = "Please greet aimux instead of the world"
SECOND_PROMPT = "Thank you. What did you change?"
AGENT_TASK = "Count the lines of hello.py and report the number"
FAILING_COMMAND = "ls /nowhere/at/all; exit 3"
GREETING = '# greeting\nprint("Hello, world")\n'
NOTES = "# Notes\n\n- the greeting was changed\n- café ✓ 🚀\n"

SAID = "All done: `hello.py` greets **aimux** now."
SECOND_SAID = "One line of `hello.py`, and I wrote `notes.md`."
AGENT_SAID = "hello.py has 2 lines."


@dataclass(frozen=True, slots=True)
class Expected:
    """What a reader must find in the log of the main agent, and in that of its sub-agent."""

    tools: Mapping[str, int]
    agent_tools: Mapping[str, int]
    failed: int
    exit_code: int | None = 3
    """Of the failing command; None where it is buried in the output of a script."""
    edits: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {"hello.py": (1, 1), "notes.md": (4, 0)}
    )
    """File name: lines added, lines removed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A run of an agent: two prompts, the second in the resumed session."""

    name: str
    agent: str
    model: str
    scripts: Callable[[Path], list[Script]]
    expected: Expected
    is_code_mode: bool = False
    """The agent wraps its tools in JavaScript; how they are named is the reader's choice."""


def prepare_work(folder: Path) -> None:
    """A repository with one file in it."""
    (folder / "hello.py").write_text(GREETING)
    identity = ["-c", "user.name=dev", "-c", "user.email=dev@example.invalid"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "Greet the world"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def claude(work: Path) -> list[Script]:
    """Claude Code: an overloaded API, parallel tools, an edit, failures, a sub-agent."""
    hello = f"{work}/hello.py"
    run = call("Bash", command="python3 hello.py", description="Greet")
    fail = call("Bash", command=FAILING_COMMAND, description="Fail on purpose")
    delegate = call(
        "Agent",
        description="Count lines",
        subagent_type="general-purpose",
        run_in_background=False,
        prompt=AGENT_TASK,
    )
    first = script(
        PROMPT,
        think("Read it first.", call("Read", file_path=hello), text="I read the file first."),
        say(
            "Now an edit and a new file, at once.",
            call("Edit", file_path=hello, old_string="world", new_string="aimux"),
            call("Write", file_path=f"{work}/notes.md", content=NOTES),
        ),
        failing(say("Running it.", run, fail), 529, "overloaded_error", "Overloaded"),
        say("Somebody else counts.", delegate),
        act(call("Read", file_path=f"{work}/missing.txt")),
        say(SAID),
    )
    count = call("Bash", command="wc -l hello.py", description="Count")
    agent = script(AGENT_TASK, act(count, call("Read", file_path=hello)), say(AGENT_SAID))
    return [first, agent, script(SECOND_PROMPT, say(SECOND_SAID))]


PATCH = """\
*** Begin Patch
*** Update File: hello.py
@@
 # greeting
-print("Hello, world")
+print("Hello, aimux")
*** Add File: notes.md
+# Notes
+
+- the greeting was changed
+- café ✓ 🚀
*** End Patch
"""


def codex(_work: Path) -> list[Script]:
    """Codex with plain tools."""
    first = script(
        PROMPT,
        think("**Reading the file**", call("exec_command", cmd="cat hello.py"), text="I read it."),
        say("Now an edit and a new file.", custom("apply_patch", PATCH)),
        failing(
            act(
                call("exec_command", cmd="python3 hello.py"),
                call("exec_command", cmd=FAILING_COMMAND),
            ),
            503, "server_error", "Service Unavailable",
        ),
        act(call("spawn_agent", task_name="count_lines", message=AGENT_TASK)),
        act(call("wait_agent", timeout_ms=30_000)),
        say(SAID),
    )  # fmt: skip
    count = act(call("exec_command", cmd="wc -l hello.py"))
    return [
        first,
        script(AGENT_TASK, count, say(AGENT_SAID)),
        script(SECOND_PROMPT, say(SECOND_SAID)),
    ]


def javascript(*commands: str) -> str:
    """Code that runs commands side by side and prints what they print."""
    calls = ", ".join(f"tools.exec_command({{cmd: {command!r}}})" for command in commands)
    return (
        f"const results = await Promise.all([{calls}]);\n"
        "for (const result of results) text(`exit ${result.exit_code}\\n${result.output}`);"
    )


def codex_code(_work: Path) -> list[Script]:
    """Codex with a model that calls its tools from JavaScript."""
    patch = f"text(await tools.apply_patch(`{PATCH}`));"
    first = script(
        PROMPT,
        think("**Reading the file**", custom("exec", javascript("cat hello.py")), text="So."),
        say("Now an edit and a new file.", custom("exec", patch)),
        act(custom("exec", f"text(await tools.apply_patch(`{PATCH}`));")),
        act(custom("exec", javascript("python3 hello.py", FAILING_COMMAND))),
        act(call("spawn_agent", task_name="count_lines", message=AGENT_TASK)),
        act(call("wait_agent", timeout_ms=30_000)),
        say(SAID),
    )
    count = act(custom("exec", javascript("wc -l hello.py")))
    return [
        first,
        script(AGENT_TASK, count, say(AGENT_SAID)),
        script(SECOND_PROMPT, say(SECOND_SAID)),
    ]


def gemini(work: Path) -> list[Script]:
    """Gemini CLI."""
    hello = f"{work}/hello.py"
    edit = call(
        "replace",
        file_path=hello,
        old_string="world",
        new_string="aimux",
        instruction="Change the greeting",
        allow_multiple=False,
    )
    first = script(
        PROMPT,
        think("**Reading**\n\nRead it first.", call("read_file", file_path=hello), text="So."),
        say("Now an edit and a new file, at once.", edit,
            call("write_file", file_path=f"{work}/notes.md", content=NOTES)),
        failing(
            act(
                call("run_shell_command", command="python3 hello.py", description="Greet"),
                call("run_shell_command", command=FAILING_COMMAND, description="Fail"),
            ),
            503, "UNAVAILABLE", "The model is overloaded.",
        ),
        act(call("invoke_agent", agent_name="generalist", prompt=AGENT_TASK)),
        act(call("read_file", file_path=f"{work}/missing.txt")),
        say(SAID),
    )  # fmt: skip
    agent = script(
        AGENT_TASK,
        act(
            call("read_file", file_path=hello),
            call("run_shell_command", command="wc -l hello.py", description="Count"),
        ),
        act(call("complete_task", result={"response": AGENT_SAID})),
    )
    return [first, agent, script(SECOND_PROMPT, say(SECOND_SAID))]


SCENARIOS = (
    Scenario(
        "claude", "claude", "claude-sonnet-4-5", claude,
        Expected(
            tools={"Read": 2, "Edit": 1, "Write": 1, "Bash": 2, "Agent": 1},
            agent_tools={"Bash": 1, "Read": 1},
            failed=2,
        ),
    ),
    Scenario(
        "codex", "codex", "gpt-5.5", codex,
        Expected(
            tools={"exec_command": 3, "apply_patch": 1, "spawn_agent": 1,
                   "wait_agent": 1},
            agent_tools={"exec_command": 1},
            failed=1,
        ),
    ),
    Scenario(
        "codex-code", "codex", "gpt-6-astra", codex_code,
        Expected(
            tools={"exec": 4, "spawn_agent": 1, "wait_agent": 1},
            agent_tools={"exec": 1},
            failed=1,
            exit_code=None,
        ),
        is_code_mode=True,
    ),
    Scenario(
        "gemini", "gemini", "gemini-2.5-pro", gemini,
        Expected(
            tools={"read_file": 2, "replace": 1, "write_file": 1, "run_shell_command": 2,
                   "invoke_agent": 1},
            agent_tools={"read_file": 1, "run_shell_command": 1, "complete_task": 1},
            failed=1,
        ),
    ),
)  # fmt: skip
