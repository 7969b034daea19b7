"""Response times: what can hold what up, and for how long at most; from the linked image, board.yml and measured tasks.

`path` counts the instructions of the longest way through a function, `response` solves the recurrence of fixed-priority scheduling,
`rules` refuses priorities that cannot work, and `system` puts a board's interrupts and tasks together. All of them are pure functions.
"""
