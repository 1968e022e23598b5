"""Scripts of the repository, one verb a file."""
