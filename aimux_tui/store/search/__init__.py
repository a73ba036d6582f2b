"""Finding words in everything that all sessions say.

A *passage* is one text of a record (`Provider.passages`); what is found is always looked up in the
passages themselves, never only in an index. The index says where to look:

- A *block* is a run of whole records of one log, about 32 KB of it.
- A *segment* is a file with the words of the blocks of some 128 MB of logs: an FTS5 table without
  content and positions, and the list of its words, in which parts of words are found by a plain
  search for bytes. Segments are built aside by other processes and never change: nobody waits for
  a lock, a process killed at any moment leaves a file that nobody knows of, and the newest logs,
  which are read first, are the first that can be searched.
- The *catalog* knows the segments, how far each log is covered, its turns and the files edited.

Measured against one FTS5 table for all: as fast to build, two processes can build at once, and a
log that was replaced does not leave its words behind for ever. Measured against lists of blocks of
our own: half the time to build, the same size.

What the index does not cover (the ends of logs that grow, all logs while there is no index) is read
itself, newest first.
"""

from __future__ import annotations
