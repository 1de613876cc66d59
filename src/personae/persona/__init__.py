"""Who: the persona and its parts, how it is read, written, checked, compared and put into words.

persona, parts, original   the types
formats                    files in and out: `load`, `dump`
find                       a file or the id of a starter → a persona
statements, kinds          free text → atomic facts
convert, perspective       one fact in another form or person
render, tokens             persona → text, and what it costs
lint, diff                 what is wrong, what changed
lorebook, macros           facts that enter a prompt when the talk touches them
"""
