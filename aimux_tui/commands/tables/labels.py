"""Saying what one thinks: labels and notes of turns, verdicts of sessions, and marking many."""

from __future__ import annotations

from aimux_tui.commands.base import LISTS, OPENED, Argument, ArgumentKind, Command, Group

VERDICT = Argument(
    "VERDICT",
    ArgumentKind.CHOICE,
    choices=("achieved", "partial", "failed", "abandoned", "none"),
    is_required=False,
)

LABELS = (
    Command(
        "turn.label-good",
        "Label the turn, or every marked one, as good; once more takes the label away",
        Group.LABELS,
        "good",
        keys=("g",),
        label="good",
        in_footer=True,
    ),
    Command(
        "turn.label-bad",
        "Label the turn, or every marked one, as bad; once more takes the label away",
        Group.LABELS,
        "bad",
        keys=("b",),
        label="bad",
        in_footer=True,
    ),
    Command(
        "turn.label-waste",
        "Label the turn, or every marked one, as waste; once more takes the label away",
        Group.LABELS,
        "waste",
        keys=("w",),
        label="waste",
        in_footer=True,
    ),
    Command(
        "turn.label-cycle",
        "Give the turn, or every marked one, the next label: good, bad, waste, none",
        Group.LABELS,
        "next-label",
        keys=("a",),
        label="next label",
    ),
    Command(
        "turn.note",
        "Write a note on the turn; with words, they become its note",
        Group.LABELS,
        "note",
        keys=("n",),
        arguments=(Argument("WORDS", ArgumentKind.TEXT, is_required=False),),
        label="note",
        in_footer=True,
    ),
    Command(
        "turn.next-unlabelled",
        "Go to the next turn without a label",
        Group.LABELS,
        "unlabelled",
        keys=(".",),
        panes=OPENED,
        label="unlabelled",
    ),
    Command(
        "session.verdict",
        "Judge the whole session: verdict, tags, note; with a verdict, give that",
        Group.LABELS,
        "verdict",
        keys=("L",),
        arguments=(VERDICT,),
        label="verdict",
        in_footer=True,
    ),
    Command(
        "label.undo",
        "Take the last label, note or verdict back, and the one before, and so on",
        Group.LABELS,
        "undo",
        keys=("u",),
        label="undo",
    ),
    Command(
        "list.mark",
        "Mark the row and go to the next, or take the mark away; esc takes all away",
        Group.LABELS,
        "mark",
        keys=("space",),
        panes=LISTS,
        label="mark",
    ),
    Command(
        "list.mark-range",
        "Mark every row from here to where the cursor goes, until the same key again",
        Group.LABELS,
        "mark-range",
        keys=("v",),
        panes=LISTS,
        label="mark range",
    ),
)
