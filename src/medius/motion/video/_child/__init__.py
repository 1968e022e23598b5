"""The decoding process: everything here runs apart from the program, with little more than PyAV and NumPy.

The parent starts ``__main__.py`` by its path, hands it a file and a piece of anonymous shared memory, and talks with it
in lines of JSON (`_talk`). Nothing here is imported by the parent.
"""
