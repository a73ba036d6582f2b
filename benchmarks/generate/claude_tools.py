"""Tool calls as Claude Code logs them: the input, what the model sees, and `toolUseResult`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    from benchmarks.generate.text import TextPool

Json = dict[str, Any]
_LARGEST_INPUT = 40_000


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call and its outcome."""

    name: str
    input: Json
    content: str | list[Json]
    """What the model gets."""
    result: Json | str
    """The record's `toolUseResult`."""
    is_error: bool = False
    is_edit: bool = False

    @property
    def result_chars(self) -> int:
        """Size of what the model gets, in characters (a picture counts as a page)."""
        return len(self.content) if isinstance(self.content, str) else 5000


def draw(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    """A random call whose output is about `size` characters."""
    if rng.random() < 0.06:
        return _failed(rng, pool, size)
    kind = rng.choices((_bash, _read, _edit, _write, _grep), weights=(40, 28, 18, 5, 9))[0]
    return kind(rng, pool, cwd, size)


def draw_huge(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    """A call with `size` characters of output: a picture or a flood of text."""
    if rng.random() < 0.5:
        return _bash(rng, pool, cwd, size)
    path = f"{cwd}/{pool.path(rng)}.png"
    data = pool.base64(rng, size)
    source = {"type": "base64", "media_type": "image/png", "data": data}
    file = {"base64": data, "type": "image/png", "originalSize": size * 3 // 4}
    return ToolCall(
        "Read",
        {"file_path": path},
        [{"type": "image", "source": source}],
        {"type": "image", "file": file},
    )


def _failed(rng: Random, pool: TextPool, size: int) -> ToolCall:
    text = f"Exit code {rng.randrange(1, 3)}\n{pool.code(rng, min(size, 4000))}"
    command = {"command": f"make {rng.choice(pool.words)}", "description": "Run the checks"}
    return ToolCall("Bash", command, text, f"Error: {text}", is_error=True)


def _bash(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    one, two = rng.choices(pool.words, k=2)
    command = f"cd {cwd} && pytest -q tests/{one} | grep -n '{two}'"
    output = pool.code(rng, size)
    flags = {"interrupted": False, "isImage": False, "noOutputExpected": False}
    return ToolCall(
        "Bash",
        {"command": command, "description": f"Run the tests of {one}"},
        output,
        {"stdout": output, "stderr": "", **flags},
    )


def _read(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    path = f"{cwd}/{pool.path(rng)}"
    code = pool.code(rng, size)
    lines = code.split("\n")
    numbered = "\n".join(f"{number}\t{line}" for number, line in enumerate(lines, 1))
    count = len(lines)
    file = {"filePath": path, "content": code, "numLines": count, "startLine": 1}
    return ToolCall(
        "Read",
        {"file_path": path},
        numbered,
        {"type": "text", "file": {**file, "totalLines": count}},
    )


def _edit(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    path = f"{cwd}/{pool.path(rng)}"
    original = pool.code(rng, 200 + size)
    at = rng.randrange(len(original) // 2)
    old = original[at : at + rng.randrange(40, 400)]
    new = old[: len(old) // 2] + pool.code(rng, rng.randrange(30, 400))
    patch = _patch(old, new, original.count("\n", 0, at) + 1)
    answer = {"filePath": path, "oldString": old, "newString": new}
    # Claude Code leaves the original of large files out.
    kept = original if size < 30_000 else None
    return ToolCall(
        "Edit",
        {"replace_all": False, "file_path": path, "old_string": old, "new_string": new},
        f"The file {path} has been updated.",
        {
            **answer,
            "originalFile": kept,
            "structuredPatch": [patch],
            "userModified": False,
            "replaceAll": False,
        },
        is_edit=True,
    )


def _write(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    path = f"{cwd}/{pool.path(rng)}"
    content = pool.code(rng, min(size, _LARGEST_INPUT))
    result = {"type": "create", "filePath": path, "content": content}
    return ToolCall(
        "Write",
        {"file_path": path, "content": content},
        f"File created successfully at: {path}",
        {**result, "structuredPatch": [], "originalFile": None, "userModified": False},
        is_edit=True,
    )


def _grep(rng: Random, pool: TextPool, cwd: str, size: int) -> ToolCall:
    names = [f"{cwd}/{pool.path(rng)}" for _ in range(max(1, min(size // 40, 200)))]
    text = f"Found {len(names)} files\n" + "\n".join(names)
    pattern = {"pattern": rng.choice(pool.words), "output_mode": "files_with_matches"}
    result = {"mode": "files_with_matches", "filenames": names, "numFiles": len(names)}
    return ToolCall("Grep", pattern, text, result)


def _patch(old: str, new: str, line: int) -> Json:
    """One hunk of `structuredPatch` that replaces `old` by `new`."""
    before, after = old.split("\n"), new.split("\n")
    lines = [f"-{text}" for text in before] + [f"+{text}" for text in after]
    return {
        "oldStart": line,
        "oldLines": len(before),
        "newStart": line,
        "newLines": len(after),
        "lines": lines,
    }
